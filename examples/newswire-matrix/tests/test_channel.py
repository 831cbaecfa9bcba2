"""What is Matrix's own."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from newswire.api import Retry
from newswire.testing import RehearsalServices, a_digest, a_story, sample_stories

from homeserver import ROOM, TOKEN, Homeserver
from newswire_matrix.formatter import MOST_BYTES, compose
from newswire_matrix.kind import MatrixAccountOptions, MatrixChannelOptions, MatrixType

KEY = "newswire/channel/a/0"


def opened(url: str) -> Any:
    account = MatrixType().connect(
        "matrix", MatrixAccountOptions.model_validate({"url": url, "token": TOKEN}), RehearsalServices()
    )
    return account, MatrixType().open(account, MatrixChannelOptions(room=ROOM))


def test_a_post_says_what_a_reader_needs() -> None:
    post = compose(sample_stories()["body in another language"])
    assert post.text.split("\n\n")[0] == "Ein Titel"
    assert "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch" in post.text
    assert post.text.endswith(f"\n\n{post.link}")
    assert str(post.details["html"]).startswith("<strong>Ein Titel</strong>")


def test_nothing_in_a_story_is_markup() -> None:
    post = compose(a_story(title="<b>&", summary="<i>"))
    assert "&lt;b&gt;&amp;</strong>" in str(post.details["html"])
    assert "<i>" not in str(post.details["html"])


def test_an_edit_of_the_longest_story_has_room_in_an_event() -> None:
    for name, story in (*sample_stories().items(), ("digest", a_digest(50))):
        post = compose(story)
        assert 2 * len(f"{post.text}{post.details['html']}".encode()) < 65_536 - 2000, name
    assert len(compose(a_story(summary="👨‍👩‍👧‍👦" * 2000)).text.encode()) < 2 * MOST_BYTES


def test_a_server_that_is_not_there_got_nothing() -> None:
    async def run() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            account, channel = opened(f"http://127.0.0.1:{taken.getsockname()[1]}")
            with pytest.raises(Retry, match="no connection"):
                await channel.post(channel.compose(a_story()), key=KEY)
            await account.aclose()

    asyncio.run(run())


def test_check_tells_what_would_go_wrong() -> None:
    async def run() -> list[str]:
        found = []
        async with Homeserver().serving() as server:
            account, channel = opened(server.url)
            found += [one.level for one in (*await account.check(), *await channel.check())]
            server.encrypted = True
            found += [one.level for one in await channel.check()]
            server.joined.clear()
            found += [one.level for one in await channel.check()]
            await account.aclose()
        return found

    assert asyncio.run(run()) == ["ok", "ok", "error", "error"]


def test_notices_are_quiet_and_posts_lead_to_the_room() -> None:
    async def run() -> None:
        async with Homeserver().serving() as server:
            account, channel = opened(server.url)
            receipt = await channel.post(channel.compose(a_story()), key=KEY)
            loud = MatrixType().open(account, MatrixChannelOptions(room=ROOM, loud=True))
            await loud.post(loud.compose(a_story()), key="newswire/loud/a/0")
            assert [event.content["msgtype"] for event in server.events] == ["m.notice", "m.text"]
            assert receipt.url == f"https://matrix.to/#/{ROOM}/{receipt.remote_id}"
            await account.aclose()

    asyncio.run(run())


def test_readers_are_told_where_to_follow() -> None:
    account = MatrixAccountOptions.model_validate({"url": "https://matrix.example", "token": TOKEN})
    options = MatrixChannelOptions(room=ROOM, alias="#news:matrix.example")
    assert MatrixType().follow_address(options, account) == "https://matrix.to/#/#news:matrix.example"
