"""Digests: a list in one post, or a thread of which the first post is for everybody and the replies are quiet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from mastodon import Mastodon

from newswire.api import Retry, Unknown
from newswire.sandbox import Fault, Sandbox
from newswire.testing.stories import a_digest
from newswire_mastodon.formatter import compose
from newswire_mastodon.limits import Limits
from newswire_mastodon.options import MastodonChannelOptions
from newswire_mastodon.statuses import first_address

STATUSES = "/api/v1/statuses"


def public(number: int = 5) -> Any:
    """A digest whose addresses are those of a domain that servers know."""
    story = a_digest(number, url="https://news.anthill.dev/de/a")
    members = tuple(
        replace(member, url=f"https://news.anthill.dev/de/a{place}") for place, member in enumerate(story.digest)
    )
    return replace(story, url="https://news.anthill.dev/#digest-channel-20261123T1700Z", digest=members)


def test_a_list_has_titles_and_addresses() -> None:
    text = compose(public(3), MastodonChannelOptions(), Limits()).text
    assert text == (
        "Täglicher Überblick · 23. November 2026\n\n"
        "https://news.anthill.dev/#digest-channel-20261123T1700Z\n\n"
        "• Der 1. Titel\nhttps://news.anthill.dev/de/a0\n"
        "• Der 2. Titel (Englisch)\nhttps://news.anthill.dev/de/a1\n"
        "• Der 3. Titel\nhttps://news.anthill.dev/de/a2"
    )


def test_a_thread_begins_with_the_titles() -> None:
    post = compose(public(3), MastodonChannelOptions(style="thread"), Limits())
    assert "• Der 1. Titel\n• Der 2. Titel (Englisch)\n• Der 3. Titel" in post.text
    assert post.text.count("https://") == 1
    thread: Any = post.details["thread"]
    assert [reply["visibility"] for reply in thread] == ["unlisted"] * 3
    assert "Was beim 1. Mal geschah." in thread[0]["text"]
    assert thread[0]["text"].endswith("#KI #Chips")


@pytest.mark.parametrize("style", ["card", "thread"])
@pytest.mark.parametrize(
    ("number", "limits"), [(50, Limits()), (50, Limits(1000, 40)), (1, Limits()), (7, Limits(150))]
)
def test_what_has_no_room_is_counted(style: Any, number: int, limits: Limits) -> None:
    text = compose(public(number), MastodonChannelOptions(style=style), limits).text
    assert Mastodon.get_status_length(text) <= limits.max_characters
    shown = len(re.findall("^• ", text, re.MULTILINE))
    left = re.search(r"Weitere Artikel: \D?(\d+)", text)
    assert shown + (int(left[1]) if left else 0) == number


def test_an_article_in_the_style_thread_is_a_card(make_story: Any) -> None:
    story = make_story()
    card, thread = MastodonChannelOptions(), MastodonChannelOptions(style="thread")
    assert compose(story, card, Limits()) == compose(story, thread, Limits())


def standing(sandbox: Sandbox) -> list[tuple[str, str, bool]]:
    return [
        (one.now.text.split("\n")[0], one.visibility, one.in_reply_to is not None)
        for one in sandbox.mastodon.statuses("main")
    ]


WHOLE = [
    ("Täglicher Überblick · 23. November 2026", "public", False),
    ("Der 1. Titel", "unlisted", True),
    ("Der 2. Titel", "unlisted", True),
    ("Der 3. Titel", "unlisted", True),
]


async def test_the_life_of_a_thread(server: str, sandbox: Sandbox, connect: Any) -> None:
    _, channel = connect(server, style="thread")
    story = public(3)
    receipt = await channel.post(channel.compose(story), key="k")
    assert standing(sandbox) == WHOLE
    (head,) = {one.in_reply_to for one in sandbox.mastodon.statuses("main")} - {None}
    assert receipt.remote_id == head
    # One article is corrected, one is withdrawn, one comes in.
    one, _, three = story.digest
    four = replace(one, title="Der 4. Titel", url="https://news.anthill.dev/de/a9")
    changed = replace(story, digest=(replace(one, title="Berichtigt"), three, four))
    before = len(sandbox.journal.calls("PUT"))
    receipt = await channel.edit(receipt, channel.compose(changed))
    assert [text for text, _, _ in standing(sandbox)] == [WHOLE[0][0], "Berichtigt", "Der 3. Titel", "Der 4. Titel"]
    assert len(sandbox.journal.calls("PUT")) - before == 2, "the first post and the corrected reply, no other"
    await channel.delete(receipt)
    assert sandbox.mastodon.texts("main") == []


@pytest.mark.parametrize("skip", [0, 1, 2])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("heeds_keys", [True, False])
async def test_a_thread_that_breaks_off_is_taken_up(
    server: str, sandbox: Sandbox, connect: Any, *, skip: int, when: Any, heeds_keys: bool
) -> None:
    sandbox.mastodon.servers["main"].quirks.idempotency = heeds_keys
    _, channel = connect(server, style="thread")
    post = channel.compose(public(3))
    sandbox.faults.add(Fault(effect="cut", method="POST", path=STATUSES, when=when, skip=skip))
    with pytest.raises(Unknown):
        await channel.post(post, key="k")
    _, restarted = connect(server, style="thread")
    found = await restarted.find(post)
    if found is None:
        assert (skip, when) == (0, "before")
        found = await restarted.post(post, key="k")
    await restarted.edit(found, post)
    assert standing(sandbox) == WHOLE


async def test_a_thread_that_breaks_off_while_it_is_edited(server: str, sandbox: Sandbox, connect: Any) -> None:
    _, channel = connect(server, style="thread")
    receipt = await channel.post(channel.compose(public(1)), key="k")
    longer = channel.compose(public(3))
    sandbox.faults.add(Fault(effect="cut", method="POST", path=STATUSES, when="after", skip=1))
    with pytest.raises(Retry):
        await channel.edit(receipt, longer)
    await channel.edit(receipt, longer)
    assert standing(sandbox) == WHOLE


async def test_a_found_thread_is_deleted_with_its_replies(server: str, sandbox: Sandbox, connect: Any) -> None:
    _, channel = connect(server, style="thread")
    post = channel.compose(public(3))
    await channel.post(post, key="k")
    _, restarted = connect(server, style="thread")
    await restarted.delete(await restarted.find(post))
    assert sandbox.mastodon.texts("main") == []


@pytest.mark.parametrize("style", ["card", "thread"])
async def test_an_article_is_not_taken_for_the_digest_that_lists_it(
    server: str, connect: Any, make_story: Any, style: str
) -> None:
    _, channel = connect(server, style=style)
    await channel.post(channel.compose(public(3)), key="k")
    assert await channel.find(channel.compose(make_story(url="https://news.anthill.dev/de/a1"))) is None


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ('<p>a</p><p><a class="mention hashtag" href="https://m.dev/tags/x">#x</a> <a href="https://a.dev">a</a></p>',
         "https://a.dev"),
        ("<p>see https://news.example/a1<br>and https://news.example/a2</p>", "https://news.example/a1"),
        ("<p>nothing</p>", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_first_address(content: str, address: str | None) -> None:
    assert first_address({"content": content}) == address
