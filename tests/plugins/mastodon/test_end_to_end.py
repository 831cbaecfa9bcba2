"""From articles to posts on a server of another project, by the real dispatcher, with a relay that loses answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from newswire.config import load_config
from newswire.room import Room
from newswire.store import deliveries
from newswire.testing import (
    DeliveryState,
    RehearsalClock,
    RehearsalRoom,
    RehearsedAccount,
    RehearsedChannel,
    an_article,
)
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOKEN = "alice_token"


class Relay:
    """Passes requests on and answers back, and loses what it is told to: the server has taken it, nobody hears so."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.lose: str | None = None
        """The method of the next call to a status whose answer is lost."""
        self.silent = False
        """Whether, instead of cutting the connection, it just says nothing."""
        self.forgets_keys = False
        """Whether the server behind never sees an idempotency key."""
        self.lost = asyncio.Event()
        self.url = ""
        self.open: set[asyncio.Task[None] | None] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(asyncio.current_task())
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head, body = await _message(reader)
                if self.forgets_keys:
                    head = re.sub(rb"(?i)idempotency-key:.*\r\n", b"", head)
                answer = await self._asked(head, body)
                method, path, _ = head.split(b" ", 2)
                if self.lose and method.decode() == self.lose and path.startswith(b"/api/v1/statuses"):
                    self.lose = None
                    self.lost.set()
                    await asyncio.sleep(60 if self.silent else 0)
                    break
                writer.write(answer)
                await writer.drain()

    async def _asked(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.upstream.hostname, self.upstream.port)
        writer.write(head + body)
        answer = b"".join(await _message(reader))
        writer.close()
        return answer


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return head, await reader.readexactly(int(length[1]) if length else 0)


@pytest.fixture
async def relay(mock: Any) -> AsyncIterator[Relay]:
    made = Relay(mock.base_url)
    running = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    yield made
    running.close()
    for task in made.open:
        if task:
            task.cancel()
    await asyncio.gather(*(task for task in made.open if task), return_exceptions=True)


@pytest.fixture
async def room(relay: Relay, clock: RehearsalClock) -> AsyncIterator[RehearsalRoom]:
    options = {"url": relay.url, "token": TOKEN}
    channel = RehearsedChannel(languages=("de", "en"))
    account = RehearsedAccount(type=MastodonType(), options=options, channels=[channel])
    async with RehearsalRoom(account, clock=clock) as made:
        yield made


def out(mock: Any) -> list[Any]:
    """The posts that followers see, oldest first."""
    alice = mock.client("alice")
    return list(reversed(alice.account_statuses(alice.me().id)))


async def settle(room: RehearsalRoom) -> None:
    for _ in range(12):
        await room.deliver()
        if room.delivery("a").state is not DeliveryState.PENDING:
            return
        room.clock.forward(timedelta(minutes=5))


async def test_the_life_of_a_post(room: RehearsalRoom, mock: Any) -> None:
    room.publish("a")
    await settle(room)
    (status,) = out(mock)
    assert (status.language, status.visibility) == ("en", "public")
    assert "Title of a (en)" in status.content
    room.revise("a")
    await settle(room)
    room.add_edition("a", "de")
    await settle(room)
    (edited,) = out(mock)
    assert edited.id == status.id
    assert "(de)" in edited.content
    room.withdraw("a")
    await settle(room)
    assert out(mock) == []
    room.reinstate("a")
    await settle(room)
    (again,) = out(mock)
    assert again.language == "de"


@pytest.mark.parametrize("forgets_keys", [False, True])
@pytest.mark.parametrize("hours", [0, 2])
async def test_a_lost_answer_to_a_post(
    room: RehearsalRoom, relay: Relay, mock: Any, *, forgets_keys: bool, hours: int
) -> None:
    relay.forgets_keys, relay.lose = forgets_keys, "POST"
    room.publish("a")
    await room.deliver()
    room.forward(hours=hours)
    await settle(room)
    assert (relay.lost.is_set(), len(out(mock)), room.delivery("a").state) == (True, 1, "done")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_lost_answer_to_an_edit_or_a_deletion(
    room: RehearsalRoom, relay: Relay, mock: Any, method: str
) -> None:
    room.publish("a")
    await settle(room)
    relay.lose = method
    if method == "PUT":
        room.revise("a")
    else:
        room.withdraw("a")
    await settle(room)
    assert relay.lost.is_set()
    assert ["Corrected" in status.content for status in out(mock)] == ([True] if method == "PUT" else [])


CONFIG = """
[site]
name = "The Example Wire"
url = "https://news.example.org"
default_language = "en"
languages = ["en"]
tag_authority = "news.example.org,2026"

[store]
url = "sqlite:///newswire.db"

[dispatch]
lease = "1s"

[[accounts]]
name = "newsroom"
type = "mastodon"
url = "{url}"
token = "file:token"

[[channels]]
name = "timeline"
account = "newsroom"
languages = ["en"]
"""


async def newswire(*given: str) -> asyncio.subprocess.Process:
    start = [sys.executable, "-c", "from newswire.cli import main; main()"]
    return await asyncio.create_subprocess_exec(
        *start, *given, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True
    )


async def test_a_process_that_is_killed_between_sending_and_writing_down(
    relay: Relay, mock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG.format(url=relay.url))
    (tmp_path / "token").write_text(TOKEN)
    relay.forgets_keys = relay.silent = True
    relay.lose = "POST"
    room = Room(load_config(tmp_path / "config.toml"))
    room.prepare()
    article = an_article("a")
    room.publisher.publish(article, intake="test")
    first = await newswire("run", "--only", "dispatch")
    async with asyncio.timeout(60):
        await relay.lost.wait()
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    assert len(out(mock)) == 1
    second = await newswire("run", "--only", "dispatch", "--once")
    said = await second.communicate()
    assert second.returncode == 0, said[0].decode()
    with room.store.read() as connection:
        delivery = deliveries.of_article(connection, "a")["timeline"]
    room.close()
    assert (len(out(mock)), delivery.state) == (1, "done")
