"""A site on Telegram, on Mastodon and in feeds, that a machine translates: each is upgraded in place, once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from newswire.model import Article
from newswire.store import translations, translators


async def test_a_post_and_a_feed_entry_are_upgraded_in_place_once_each(
    make_desk: Any, edition: Any, openai: Any
) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"), edition("de", body=None))
        stop = asyncio.Event()
        await desk.room.dispatch(stop, patience=timedelta(0))
        (before,) = desk.telegram
        assert "nur in dieser Sprache vor: Englisch" in before
        library = desk.room.services.library
        assert library.stories(["a"], "de")["a"].notice.endswith("Englisch")
        seq = library.entries("de")[0].seq
        await desk.work()
        (after,) = desk.telegram
        assert "Maschinell übersetzt" in after
        assert "Englisch" not in after
        assert after.startswith("Title of a in de")
        assert desk.edits() == {"telegram": 1, "mastodon": 1}
        story = library.stories(["a"], "de")["a"]
        assert story.body == "Aum bodyum ofum **someum wordsum** inum enum, withum [aum linkum](https://a.example/)."
        assert (story.notice, story.machine, story.ask_url) == ("Maschinell übersetzt", "body", None)
        assert library.entries("de")[0].seq > seq
        assert desk.request().state == "done"
        await desk.work()
        assert desk.edits() == {"telegram": 1, "mastodon": 1}
        assert len(openai.asked) == 1


async def test_a_corrected_original_is_told_at_once_and_translated_anew(
    make_desk: Any, edition: Any, openai: Any
) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"), edition("de", body=None))
        await desk.work()
        corrected = "A body of **some words** in en, with [a link](https://a.example/).\n\nA correction."
        desk.publish(edition("en", body=corrected), edition("de", body=None))
        stop = asyncio.Event()
        await desk.room.dispatch(stop, patience=timedelta(0))
        assert "Maschinelle Übersetzung einer früheren Fassung" in desk.telegram[0]
        desk.clock.advance(60)  # a bot edits a chat's posts at its own pace
        await desk.work()
        assert "früheren Fassung" not in desk.telegram[0]
        assert desk.request().stale is False
        assert "correctionum" in desk.room.services.library.stories(["a"], "de")["a"].body
        assert len(openai.asked) == 2
        assert "some words" not in json.dumps(json.loads(openai.asked[1]["messages"][1]["content"])["segments"])


async def test_peoples_translation_takes_the_place_of_a_machines(make_desk: Any, edition: Any) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"))
        await desk.work()
        assert "Maschinell übersetzt" in desk.telegram[0]
        desk.publish(edition("en"), edition("de", title="Von Menschen"))
        await desk.work()
        assert desk.telegram[0].startswith("Von Menschen")
        assert "Maschinell" not in desk.telegram[0]


async def test_rules_look_at_topics_at_age_and_at_what_comes_in(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en", "b"), key="b", topics=())
        await desk.work()
        assert desk.request("b") is None
        old = Article.model_validate(
            {"id": "c", "original_language": "en", "editions": [edition("en", "c")], "topics": ["science"]}
            | {"published": desk.start - timedelta(days=30)}
        )
        desk.room.publisher.publish(old, intake="test")
        desk.publish(edition("de", "d"), edition("en", "d"), key="d")
        await desk.work()
        assert [desk.request(key) for key in "cd"] == [None, None]
        assert openai.asked == []


async def test_nothing_is_translated_twice_after_a_crash_between_paying_and_publishing(
    make_desk: Any, edition: Any, openai: Any
) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"))
        stop = asyncio.Event()
        await desk.room.follow(stop, once=True)
        with desk.room.store.write() as connection:
            translations.change(connection, desk.request().id, state="working")  # as a process left it that is gone
        await desk.work()
        assert (desk.request().state, len(openai.asked)) == ("done", 1)


async def test_a_failing_service_is_tried_again_and_given_up_at_last(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk() as desk:
        openai.faults = ["500"] * 100
        desk.publish(edition("en"))
        await desk.work()
        found = desk.request()
        assert (found.state, found.attempt, found.reason) == ("waiting", 1, "500: <html>oops</html>")
        assert found.due > desk.start
        for _ in range(20):
            desk.clock.advance(7200)
            await desk.work()
        assert desk.request().state == "refused"
        assert desk.request().reason.startswith("given up after 8 attempts: 500")
        openai.faults = []
        desk.room.services.asking.retry(desk.request().id)
        await desk.work()
        assert desk.request().state == "done"


@pytest.mark.parametrize(("fault", "seconds", "note"), [("429", 7, "429: Slow"), ("401", 3600, "credential refused")])
async def test_a_service_that_asks_to_wait_rests(
    make_desk: Any, edition: Any, openai: Any, fault: str, seconds: int, note: str
) -> None:
    async with make_desk() as desk:
        openai.faults = [fault]
        desk.publish(edition("en"))
        await desk.work()
        assert (desk.request().state, desk.request().attempt) == ("waiting", 0)
        with desk.room.store.read() as connection:
            until, why = translators.paused(connection, "model")
        assert until == desk.start + timedelta(seconds=seconds)
        assert (why or "").startswith(note)
        assert "sk-a-key" not in (why or "")


async def test_caps_hold_and_the_bill_is_kept(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk("max_requests_per_hour = 1\nmax_cost_per_month = 5.0") as desk:
        desk.publish(edition("en"))
        desk.publish(edition("en", "b"), key="b")
        await desk.work()
        assert len(openai.asked) == 1
        states = {desk.request(key).state for key in "ab"}
        assert states == {"done", "waiting"}
        done = next(found for key in "ab" if (found := desk.request(key)).state == "done")
        assert (done.requests, done.cost) == (1, 1000 * 1 + 500 * 4)
        with desk.room.store.read() as connection:
            spent = translators.spending(connection, "model", desk.room.world.clock())
            assert translators.paused(connection, "model")[1] == "the cap of 1 requests an hour is reached"
        assert (spent.month.requests, spent.month.cost) == (1, 3000)
        desk.clock.advance(3600)
        await desk.room.translate(asyncio.Event(), patience=timedelta(0))
        assert {desk.request(key).state for key in "ab"} == {"done"}
