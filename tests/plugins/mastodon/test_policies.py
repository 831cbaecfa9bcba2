"""What an admin may ask for: warnings by topic, quiet posts after the first of an hour, posts in the right language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mastodon import Mastodon
from pydantic import ValidationError

from newswire.api import Retry, StoryTopic
from newswire.sandbox import Fault, Sandbox
from newswire.testing import RehearsalClock, RehearsalServices
from newswire_mastodon.formatter import compose
from newswire_mastodon.limits import Limits
from newswire_mastodon.options import MastodonChannelOptions

STATUSES = "/api/v1/statuses"


def topics(**labels: str) -> tuple[StoryTopic, ...]:
    return tuple(StoryTopic(slug, label, label) for slug, label in labels.items())


def with_warnings(*rules: dict[str, str], **given: Any) -> MastodonChannelOptions:
    return MastodonChannelOptions.model_validate({"warnings": rules, **given})


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([{"topics": "war"}], "Krieg"),
        ([{"topics": "war | death"}], "Krieg, Tod"),
        ([{"topics": "war & death", "text": "Grausames"}], "Grausames"),
        ([{"topics": "war & !death", "text": "Grausames"}], None),
        ([{"topics": "war", "text": "Böses"}, {"topics": "death"}, {"topics": "death | war"}], "Böses, Tod, Krieg"),
        ([{"topics": "sport"}], None),
        ([], None),
    ],
)
def test_a_warning_by_topic(make_story: Any, rules: list[dict[str, str]], said: str | None) -> None:
    story = replace(make_story(language="de"), topics=topics(war="Krieg", death="Tod"))
    post = compose(story, with_warnings(*rules), Limits())
    assert (post.details["spoiler_text"], post.details["sensitive"]) == (said, said is not None)


def test_a_warning_counts(make_story: Any) -> None:
    story = make_story(summary="word " * 400, topics=["x"])
    options = with_warnings({"topics": "topic-0", "text": "Violence, and what came of it"})
    post = compose(story, options, Limits())
    warning = str(post.details["spoiler_text"])
    assert 480 < Mastodon.get_status_length(post.text, warning) <= 500
    assert len(compose(story, with_warnings(), Limits()).text) > len(post.text)


def test_a_warning_is_kept_short_and_pings_nobody(make_story: Any) -> None:
    story = make_story(topics=["@everyone " * 40])
    post = compose(story, with_warnings({"topics": "topic-0"}), Limits(max_characters=200))
    warning = str(post.details["spoiler_text"])
    assert Mastodon.get_status_length(warning) <= 60
    assert "@everyone" not in warning
    assert Mastodon.get_status_length(post.text, warning) <= 200


@pytest.mark.parametrize("wrong", [{"text": "x"}, {"topics": "a", "text": ""}, {"topics": "a", "x": 1}])
def test_what_is_no_rule(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        with_warnings(wrong)


async def test_followers_see_the_warning_and_edits_keep_it(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    _, channel = connect(server, warnings=[{"topics": "topic-0", "text": "War"}])
    receipt = await channel.post(channel.compose(make_story(topics=["x"])), key="k")
    (status,) = sandbox.mastodon.statuses("main")
    assert (status.now.spoiler, status.now.sensitive) == ("War", True)
    await channel.edit(receipt, channel.compose(make_story(topics=["x"], title="Corrected")))
    assert (status.now.spoiler, status.now.sensitive) == ("War", True)
    await channel.edit(receipt, channel.compose(make_story(topics=[], title="Calmer")))
    assert (status.now.spoiler, status.now.sensitive) == ("", False)


async def visibilities(sandbox: Sandbox) -> list[str]:
    return [status.visibility for status in sandbox.mastodon.statuses("main")]


async def test_further_posts_of_an_hour_are_quiet(clock: RehearsalClock, connect: Any, make_story: Any) -> None:
    sandbox, services = Sandbox(clock=clock.timestamp), RehearsalServices(clock=clock)
    sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        for minute in range(0, 140, 20):
            # A new process each time: the count outlives it.
            account, channel = connect(f"{url}/mastodon/main", services=services, public_per_hour=2)
            await channel.post(channel.compose(make_story(url=f"https://a.dev/{minute}")), key=str(minute))
            await account.aclose()
            clock.forward(timedelta(minutes=20))
        assert await visibilities(sandbox) == ["public", "public", "unlisted", "public", "public", "unlisted", "public"]
        # Another channel of the account without such a rule is as it was.
        _, loud = connect(f"{url}/mastodon/main", services=services)
        await loud.post(loud.compose(make_story(url="https://a.dev/loud")), key="loud")
        _, quiet = connect(f"{url}/mastodon/main", services=services, public_per_hour=0)
        await quiet.post(quiet.compose(make_story(url="https://a.dev/quiet")), key="quiet")
    assert (await visibilities(sandbox))[-2:] == ["public", "unlisted"]


# An article that was out in English, for want of another, is there in German.


async def in_english(channel: Any, make_story: Any) -> Any:
    return await channel.post(channel.compose(make_story(language="en")), key="k")


async def test_an_edit_cannot_change_the_language(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    receipt = await in_english(channel, make_story)
    german = channel.compose(make_story(language="de", title="Ein Titel"))
    edited = await channel.edit(receipt, german)
    (status,) = sandbox.mastodon.statuses("main")
    assert (status.now.text, status.now.language) == (german.text, "en")
    assert (edited.remote_id, edited.details["asked"]) == (receipt.remote_id, "en")


async def test_a_post_in_the_wrong_language_may_be_made_anew(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    _, channel = connect(server, wrong_language="repost")
    receipt = await in_english(channel, make_story)
    german = channel.compose(make_story(language="de", title="Ein Titel"))
    edited = await channel.edit(receipt, german)
    (status,) = sandbox.mastodon.statuses("main")
    assert (status.now.text, status.now.language) == (german.text, "de")
    assert edited.remote_id == status.id != receipt.remote_id
    again = await channel.edit(edited, channel.compose(make_story(language="de", title="Ein anderer Titel")))
    assert again.remote_id == edited.remote_id
    await channel.delete(again)
    assert sandbox.mastodon.texts("main") == []


async def test_a_server_that_knows_one_language_is_no_reason_to_post_anew(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    sandbox.mastodon.servers["main"].quirks.language = "en"
    _, channel = connect(server, wrong_language="repost")
    receipt = await channel.post(channel.compose(make_story(language="de")), key="k")
    edited = await channel.edit(receipt, channel.compose(make_story(language="de", title="Neu")))
    assert edited.remote_id == receipt.remote_id


@pytest.mark.parametrize("heeds_keys", [True, False])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("then", ["again", "withdrawn"])
async def test_a_lost_answer_while_posting_anew(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any, *, heeds_keys: bool, method: str, when: Any, then: str
) -> None:
    sandbox.mastodon.servers["main"].quirks.idempotency = heeds_keys
    _, channel = connect(server, wrong_language="repost")
    receipt = await in_english(channel, make_story)
    german = channel.compose(make_story(language="de", title="Ein Titel"))
    sandbox.faults.add(Fault(effect="cut", method=method, path=f"{STATUSES}*", when=when))
    with pytest.raises(Retry):
        await channel.edit(receipt, german)
    _, restarted = connect(server, wrong_language="repost")
    if then == "again":
        edited = await restarted.edit(receipt, german)
        (status,) = sandbox.mastodon.statuses("main")
        assert (status.id, status.now.language) == (edited.remote_id, "de")
        await restarted.delete(edited)
    else:
        await restarted.delete(receipt)
    assert sandbox.mastodon.texts("main") == []
