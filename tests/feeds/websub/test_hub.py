"""The hub of our own, by real HTTP, with a subscriber that knows nothing of newswire."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire_feeds.websub.register import SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "a secret that nobody should ever read anywhere"
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}


async def _subscribed(house: Any, subscriber: Any, until: Any, path: str, place: str = "/in", **more: str) -> None:
    before = len(house.kept(SUBSCRIPTIONS))
    answer = await house.subscribe(path, subscriber.url + place, **more)
    assert answer.status_code == 202, answer.text
    await until(lambda: len(house.kept(SUBSCRIPTIONS)) == before + 1, "the subscription was not verified")


@pytest.mark.parametrize("form", TYPES)
async def test_a_subscriber_is_asked_and_then_gets_what_pollers_get(
    form: str, house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    house.publish(article("old"))
    path = f"/feeds/en/topics/science.{form}"
    answer = await house.subscribe(path, f"{subscriber.url}/in?me=1&hub.mode=mine", secret=SECRET, lease_seconds="3600")
    assert answer.status_code == 202
    await until(lambda: house.kept(SUBSCRIPTIONS))
    (asked,) = subscriber.asked
    assert asked.pop("hub.challenge")
    # What the callback had in its query stays, and comes first.
    assert asked == {"me": "1", "hub.mode": "mine", "hub.topic": house.url + path, "hub.lease_seconds": "3600"}
    assert subscriber.got == []  # what was there before is nothing new

    house.publish(article("new"))
    await until(lambda: subscriber.got)
    pushed, polled = subscriber.got[0], await house.poll(path)
    assert pushed.path == "/in?me=1&hub.mode=mine"
    assert pushed.headers["content-type"] == TYPES[form] == polled.headers["content-type"]
    assert pushed.headers["link"] == polled.headers["link"]
    assert f'<{house.url}{path}>; rel="self"' in pushed.headers["link"]
    assert f'<{house.url}/feeds/hub>; rel="hub"' in pushed.headers["link"]
    assert pushed.signed_by(SECRET)
    assert pushed.body == polled.body  # the first push brings the whole feed
    assert pushed.ids == ["tag:news.example,2026:article/new/en", "tag:news.example,2026:article/old/en"]


@pytest.mark.parametrize("form", TYPES)
async def test_pushed_ids_are_the_polled_ids(
    form: str, house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    path = f"/feeds/en.{form}"
    await _subscribed(house, subscriber, until, path)
    house.publish(article("a"))
    await until(lambda: len(subscriber.got) == 1)
    house.publish(article("b"), article("c"))
    await until(lambda: any("/c/" in name for got in subscriber.got for name in got.ids))
    house.publish(article("a", body="Corrected."))
    await until(lambda: b"Corrected." in subscriber.got[-1].body)

    polled = await house.poll(path)
    pushed = {name for got in subscriber.got for name in got.ids}
    assert sorted(pushed) == sorted(polled.ids)
    assert len(polled.ids) == 3
    last = subscriber.got[-1]
    if form == "json":  # only of Atom and RSS may a hub leave out what was delivered
        assert last.body == polled.body
    else:
        assert last.ids == ["tag:news.example,2026:article/a/en"]
        for entry in re.findall(rb"<(?:entry|item)\b.*?</(?:entry|item)>", last.body, re.DOTALL):
            assert entry in polled.body
    assert "x-hub-signature" not in last.headers


async def test_only_what_is_touched_is_pushed(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    for place, path in {"/policy": "/feeds/en/topics/policy.atom", "/de": "/feeds/de.atom"}.items():
        await _subscribed(house, subscriber, until, path, place)
    await _subscribed(house, subscriber, until, "/feeds/en/topics/science.atom", "/science")
    house.publish(article("a"))
    await until(lambda: subscriber.got)
    house.publish(article("a", "en", "de"), article("b", topics=["policy"]))
    await until(lambda: {got.path for got in subscriber.got} == {"/policy", "/de", "/science"})
    by_place = {got.path: got.ids for got in subscriber.got}
    assert by_place["/policy"] == ["tag:news.example,2026:article/b/en"]
    assert by_place["/de"] == ["tag:news.example,2026:article/a/de"]


@pytest.mark.parametrize(
    "refusal",
    [
        {"confirms": False},
        {"challenge_suffix": "!"},
        {"get_status": 403},
        {"where": "http://127.0.0.1:9/"},
    ],
    ids=str,
)
async def test_who_does_not_confirm_is_not_subscribed(
    refusal: dict[str, Any], house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    for name, value in refusal.items():
        setattr(subscriber, name, value)
    assert (await house.subscribe("/feeds/en.atom", f"{subscriber.url}/in")).status_code == 202
    await until(lambda: subscriber.asked)
    await until(lambda: not house.kept("feeds.websub.intents"))
    house.publish(article("a"))
    subscriber.confirms, subscriber.challenge_suffix, subscriber.get_status, subscriber.where = True, "", 200, None
    await _subscribed(house, subscriber, until, "/feeds/en.rss", "/other")
    house.publish(article("b"))
    await until(lambda: subscriber.got)
    assert {got.path for got in subscriber.got} == {"/other"}


async def test_a_callback_that_is_not_there_yet_is_asked_again(house: Any, subscriber: Any, until: Any) -> None:
    await subscriber.down()
    assert (await house.subscribe("/feeds/en.atom", f"{subscriber.url}/in")).status_code == 202
    await asyncio.sleep(0.02)
    await subscriber.up()
    await until(lambda: house.kept(SUBSCRIPTIONS))


async def test_unsubscribing_has_to_be_confirmed_too(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom")
    subscriber.confirms = False
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/in", mode="unsubscribe")
    await until(lambda: len(subscriber.asked) == 2)
    assert "hub.lease_seconds" not in subscriber.asked[1]
    assert subscriber.asked[1]["hub.mode"] == "unsubscribe"
    house.publish(article("a"))
    await until(lambda: subscriber.got)

    subscriber.confirms = True
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/in", mode="unsubscribe")
    await until(lambda: not house.kept(SUBSCRIPTIONS))
    await _subscribed(house, subscriber, until, "/feeds/en.rss", "/other")
    house.publish(article("b"))
    await until(lambda: subscriber.got[-1].path == "/other")
    assert [got.path for got in subscriber.got] == ["/in", "/other"]


async def test_renewing_brings_a_new_secret_and_repeats_nothing(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom", secret="the first one")
    house.publish(article("a"))
    await until(lambda: subscriber.got)
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/in", secret=SECRET)
    await until(lambda: [kept["secret"] for kept in house.kept(SUBSCRIPTIONS).values()] == [SECRET])
    house.publish(article("b"))
    await until(lambda: len(subscriber.got) == 2)
    assert subscriber.got[0].signed_by("the first one")
    assert subscriber.got[1].signed_by(SECRET)
    assert not subscriber.got[1].signed_by("the first one")
    assert subscriber.got[1].ids == ["tag:news.example,2026:article/b/en"]


async def test_a_lease_ends(house: Any, subscriber: Any, until: Any, article: Callable[..., Any]) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom", lease_seconds="99999999999")
    assert subscriber.asked[0]["hub.lease_seconds"] == str(10 * 86_400)  # the most there is
    house.clock.ahead = timedelta(days=9)
    house.publish(article("a"))
    await until(lambda: len(subscriber.got) == 1)
    house.clock.ahead = timedelta(days=10, seconds=1)
    house.publish(article("b"))
    await until(lambda: not house.kept(SUBSCRIPTIONS))
    await _subscribed(house, subscriber, until, "/feeds/en.atom", "/other")
    house.publish(article("c"))
    await until(lambda: subscriber.got[-1].path == "/other")
    assert len(subscriber.got) == 2


async def test_a_subscriber_that_was_away_gets_all_it_missed(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom")
    house.publish(article("a"))
    await until(lambda: subscriber.taken)
    subscriber.statuses = [500, 302, 503]
    house.publish(article("b"))
    await until(lambda: len(subscriber.got) == 4)
    await subscriber.down()
    house.publish(article("c"))
    await until(lambda: any(kept["failures"] > 3 for kept in house.kept(SUBSCRIPTIONS).values()))
    await subscriber.up()
    await until(lambda: len(subscriber.taken) == 2)
    assert subscriber.taken[-1].ids == [f"tag:news.example,2026:article/{key}/en" for key in "cb"]
    await until(lambda: all(kept["failures"] == 0 for kept in house.kept(SUBSCRIPTIONS).values()))


async def test_one_that_is_gone_is_left_alone(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom")
    subscriber.statuses = [410]
    house.publish(article("a"))
    await until(lambda: subscriber.got and not house.kept(SUBSCRIPTIONS))


async def test_a_slow_subscriber_slows_nobody(
    new_house: Callable[..., Any], subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    pace = new_house().pace
    house = await new_house(pace=type(pace)(first_wait=0.05, longest_wait=0.2, timeout=60.0, look=0.05)).up()
    subscriber.hold = asyncio.Event()  # for all of the test
    for number in range(20):
        await house.subscribe("/feeds/en.atom", f"{subscriber.url}/slow{number}")
    # Another host, for deliveries to one host have a few places only.
    quick = await type(subscriber)().up()
    try:
        await house.subscribe("/feeds/en.atom", f"http://localhost:{quick.port}/quick")
        await until(lambda: len(house.kept(SUBSCRIPTIONS)) == 21)
        for key in "abc":
            house.publish(article(key))
            await until(lambda key=key: quick.got and f"article/{key}/en" in quick.got[-1].ids[0])
        assert subscriber.got == []
    finally:
        await quick.down()


async def test_subscribers_and_what_they_miss_survive_a_restart(
    new_house: Callable[..., Any], subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    first = await new_house().up()
    await _subscribed(first, subscriber, until, "/feeds/en.atom", secret=SECRET)
    first.publish(article("a"))
    await until(lambda: subscriber.taken)
    await until(lambda: all(kept["delivered"] for kept in first.kept(SUBSCRIPTIONS).values()))
    subscriber.statuses = [503] * 1000
    first.publish(article("b"))
    await until(lambda: len(subscriber.got) > 2)
    await first.down()

    subscriber.statuses = []
    second = await new_house(port=int(first.url.rpartition(":")[2])).up()
    await until(lambda: len(subscriber.taken) == 2)
    assert subscriber.taken[-1].ids == ["tag:news.example,2026:article/b/en"]
    assert subscriber.taken[-1].signed_by(SECRET)
    second.publish(article("c"))
    await until(lambda: len(subscriber.taken) == 3)


async def test_there_are_no_more_subscriptions_than_may_be(
    new_house: Callable[..., Any], subscriber: Any, until: Any
) -> None:
    house = await new_house('hub = "builtin"\nhub_networks = ["127.0.0.0/8"]\nhub_subscriptions = 2').up()
    for number in range(2):
        await _subscribed(house, subscriber, until, "/feeds/en.atom", f"/{number}")
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/third")
    await until(lambda: subscriber.asked[-1]["hub.mode"] == "denied")
    assert subscriber.asked[-1]["hub.topic"] == f"{house.url}/feeds/en.atom"
    assert "as many" in subscriber.asked[-1]["hub.reason"]
    # Who is subscribed may renew all the same.
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/0", secret=SECRET)
    await until(lambda: SECRET in [kept["secret"] for kept in house.kept(SUBSCRIPTIONS).values()])


async def test_a_withdrawal_is_told_where_a_format_can_tell_it(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    for form in TYPES:
        await _subscribed(house, subscriber, until, f"/feeds/en.{form}", f"/{form}")
    house.publish(article("a"), article("b"))
    await until(lambda: {got.path for got in subscriber.got if len(got.ids) == 2} == {f"/{form}" for form in TYPES})
    await until(lambda: len({kept["seen"] for kept in house.kept(SUBSCRIPTIONS).values()}) == 1)
    subscriber.got.clear()
    house.withdraw("a")
    await until(lambda: len(subscriber.got) == 2)
    by_place = {got.path: got for got in subscriber.got}
    assert by_place["/json"].ids == ["tag:news.example,2026:article/b/en"]
    atom = by_place["/atom"]
    assert atom.ids == []
    assert b'ref="tag:news.example,2026:article/a/en"' in atom.body
    await until(lambda: len({kept["seen"] for kept in house.kept(SUBSCRIPTIONS).values()}) == 1)
    assert len(subscriber.got) == 2  # RSS has no word for it


async def test_no_line_of_the_log_holds_a_callback_or_a_secret(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await _subscribed(house, subscriber, until, "/feeds/en.atom", "/capability-0815?key=4711", secret=SECRET)
    subscriber.statuses = [500, 503]
    house.publish(article("a"))
    await until(lambda: subscriber.taken)
    await subscriber.down()
    house.publish(article("b"))
    await until(lambda: any(kept["failures"] for kept in house.kept(SUBSCRIPTIONS).values()))
    await house.subscribe("/feeds/en.atom", f"{subscriber.url}/capability-0815?key=4712", secret=SECRET)
    await until(lambda: not house.kept("feeds.websub.intents"))
    # The subscriber's own server logs, too, and is not ours.
    ours = [record for record in caplog.records if record.name.startswith(("newswire", "aiohttp.client", "asyncio"))]
    lines = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "delivery to 127.0.0.1 failed" in lines
    assert "127.0.0.1 did not confirm" in lines
    for secret in (SECRET, "capability", "4711", "4712"):
        assert secret not in lines


async def test_a_process_that_was_frozen_takes_the_word_of_the_one_that_worked_meanwhile(
    house: Any, subscriber: Any, until: Any, article: Callable[..., Any]
) -> None:
    await _subscribed(house, subscriber, until, "/feeds/en.atom", "/a", secret="the old one")
    await _subscribed(house, subscriber, until, "/feeds/en.atom", "/b")
    kept = house.kept(SUBSCRIPTIONS)
    renewed, ended = sorted(kept, key=lambda key: kept[key]["callback"])
    # What another process did: /a renewed with a new secret, /b has unsubscribed.
    house.room.store.state(SUBSCRIPTIONS).update({renewed: kept[renewed] | {"secret": SECRET}, ended: None})
    house.stood_still = 60.0
    house.publish(article("a"))
    await until(lambda: any(got.headers.get("x-hub-signature") and got.signed_by(SECRET) for got in subscriber.got))
    assert list(house.kept(SUBSCRIPTIONS)) == [renewed]
    house.stood_still = 120.0
    await house.down()  # and it ends, although it has just overslept
