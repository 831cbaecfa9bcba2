"""A site with everything around it, by a clock that moves when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.errors import Refused
from newswire.room import Room
from newswire.sandbox import Sandbox
from newswire.store import tokens
from newswire.store.schema import delivery
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "pl", "ru", "ar", "hi", "ja", "zh-Hans")
TOKEN = "123456:AAH-the_secret_of_a_simulated_day"
SITE = """
[site]
name = "News"
url = "https://news.example"
default_language = "en"
languages = {languages}
tag_authority = "news.example,2026"
related = 0

[topics]
{topics}

[store]
url = "sqlite:///{folder}/news.db"

[http]
bind = "127.0.0.1:{port}"

[logging]
level = "error"

[[intakes]]
name = "folder"
type = "markdown"
path = "{folder}/articles"
pattern = ["{{lang}}/{{key}}.md"]
url = "/{{lang}}/{{key}}/"

[[intakes]]
name = "upstream"
type = "upstream"
urls = ["{upstream}/feed.xml"]
topics = ["t1"]
poll = "10m"
first_poll = "post"
networks = ["127.0.0.1/32"]

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "{token}"
read_timeout = 50

[[accounts]]
name = "one"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "token-one"

[[accounts]]
name = "two"
type = "mastodon"
url = "{sandbox}/mastodon/other"
token = "token-two"
"""
CHANNEL = """
[[channels]]
name = "{name}"
account = "{account}"
languages = {languages}
fallback = "{fallback}"
{rest}
"""


@dataclass(frozen=True)
class Feed:
    """A channel, as the test understands it."""

    name: str
    account: str
    languages: tuple[str, ...]
    fallback: str
    topics: str = ""
    chat: str = ""


CHANNELS = (
    Feed("german", "telegram", ("de", "en"), "teaser", "", "@german"),
    Feed("arabic", "telegram", ("ar",), "skip", "", "@arabic"),
    Feed("japanese", "telegram", ("ja",), "original", "(t1 | t2) & !t3", "@japanese"),
    Feed("english", "one", ("en",), "teaser", "t0 | t1 | t2 | t3 | t4"),
    Feed("romance", "two", ("fr", "es", "it"), "teaser", "!t5"),
)


class Upstream:
    """Somebody else's feed, and the server it is on, which fails now and then."""

    def __init__(self) -> None:
        self.items: dict[int, tuple[str, str, datetime]] = {}
        """By the story: its language, its title, and when it last changed."""
        self.down = False
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                document = upstream.document()
                self.send_response(503 if upstream.down else 200)
                self.send_header("Content-Type", "application/atom+xml")
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the library
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def document(self) -> bytes:
        """The feed, with everything that was ever in it."""
        entries = "".join(
            f'<entry xml:lang="{language}"><id>tag:other.example,2026:{key}</id><title>{title}</title>'
            f'<link href="https://other.example/{key}"/><updated>{at.isoformat()}</updated>'
            f"<summary>Something happened elsewhere.</summary></entry>"
            for key, (language, title, at) in sorted(self.items.items(), reverse=True)
        )
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:other.example,2026:feed</id><title>Elsewhere</title>'
            f"<updated>2026-11-23T00:00:00Z</updated>{entries}</feed>"
        ).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Day:
    """The site, its room, the platforms, and the time."""

    folder: Path
    sandbox: Sandbox
    sandbox_url: str

    upstream: Upstream
    now: datetime = BEGIN
    room: Room = field(init=False)
    url: str = ""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _serving: asyncio.Task[None] | None = None
    _dispatcher: Any = None
    client: httpx.AsyncClient = field(init=False)

    channels = CHANNELS

    def clock(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.now.timestamp()

    async def open(self) -> None:
        """Starts the process, as after a crash: nothing of the one before is left but the database."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = SITE.format(
            languages=list(LANGUAGES),
            topics="\n".join(f"t{number} = {{}}" for number in range(6)),
            folder=self.folder,
            port=port,
            sandbox=self.sandbox_url,
            upstream=self.upstream.url,
            token=TOKEN,
        )
        for one in CHANNELS:
            rest = f'chat = "{one.chat}"\n' if one.chat else ""
            rest += f'topics = "{one.topics}"\n' if one.topics else ""
            config += CHANNEL.format(
                name=one.name, account=one.account, languages=list(one.languages), fallback=one.fallback, rest=rest
            )
        path = self.folder / "config.toml"
        path.write_text(config, "utf-8")
        world = World(clock=self.clock, monotonic=self.ticks, random=Random(0).random)
        self.room = Room(load_config(path), world)
        self.room.prepare()
        with self.room.store.write() as connection:
            with contextlib.suppress(Refused):
                tokens.revoke(connection, "editors")
            scopes = [TokenScope.READ, TokenScope.WRITE]
            created = tokens.create(connection, "editors", scopes, rate=10_000, expires=None, now=self.now)
        self._stop = asyncio.Event()
        self._serving = asyncio.create_task(self.room.serve(self._stop))
        self._dispatcher = self.room.dispatcher()
        headers = {"Authorization": f"Bearer {created}"}
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers)
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await self.client.get("/healthz")
                    return
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.client.aclose()
        for account in self._dispatcher.accounts.values():
            await account.aclose()
        self._stop.set()
        if self._serving is not None:
            await self._serving
        self.room.close()

    async def deliver(self) -> None:
        """Everything that is due now."""
        stop, now = asyncio.Event(), timedelta()
        await asyncio.gather(*(worker.run(stop, patience=now) for worker in self._dispatcher.workers))

    async def read(self, name: str) -> None:
        """Has an intake read what there is."""
        for intake in self.room.intakes():
            if intake.name == name:
                await self.room.receive(intake)

    async def pass_time(self, length: timedelta) -> None:
        self.now += length
        await self.deliver()

    def unsettled(self) -> list[tuple[str, str, str, str | None]]:
        """Deliveries that are neither done nor left out: channel, article, state and reason."""
        columns = (delivery.c.channel, delivery.c.article_id, delivery.c.state, delivery.c.reason)
        with self.room.store.read() as connection:
            rows = connection.execute(select(*columns).where(delivery.c.state.not_in(["done", "suppressed"])))
            return [tuple(row) for row in rows]

    def shown(self, channel: Feed) -> list[str]:
        """What followers of a channel see."""
        if channel.chat:
            return self.sandbox.telegram.texts(channel.chat)
        return self.sandbox.mastodon.texts({"one": "main", "two": "other"}[channel.account])


@pytest.fixture
async def new_day(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Begins a day; it is over with the test."""
    async with contextlib.AsyncExitStack() as over:

        async def begin() -> Day:
            (tmp_path / "articles").mkdir()
            for language in LANGUAGES:
                (tmp_path / "articles" / language).mkdir()
            holder: list[Day] = []

            def ticks() -> float:
                return holder[0].ticks() if holder else BEGIN.timestamp()

            sandbox = Sandbox(clock=ticks)
            sandbox.telegram.add_bot(TOKEN, username="news_bot")
            for number, channel in enumerate(CHANNELS):
                if channel.chat:
                    name = channel.chat.removeprefix("@")
                    sandbox.telegram.add_chat(-1001000 - number, "channel", title=name, username=name)
            sandbox.mastodon.add_account("main", "token-one", "news")
            sandbox.mastodon.add_account("other", "token-two", "news")
            url = await over.enter_async_context(sandbox.serving())
            upstream = Upstream()
            over.callback(upstream.close)
            holder.append(Day(tmp_path, sandbox, url, upstream))
            await holder[0].open()
            over.push_async_callback(holder[0].close)
            return holder[0]

        yield begin
