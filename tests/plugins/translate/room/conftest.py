"""A site on Telegram, on Mastodon and in feeds, that a machine translates: each is upgraded in place, once."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.model import Article
from newswire.room import Room
from newswire.sandbox import Sandbox, VirtualClock
from newswire.store import translations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "ja"]
tag_authority = "news.example,2026"

[http]
bind = "127.0.0.1:{port}"
public_url = "https://wire.news.example"

[feeds]
check_every = 0

[topics.science]

[filters.science]
topics = ["science"]
translate = ["de"]

[translation]
readers = true
reader_requests_per_hour = 2

[[translators]]
name = "model"
type = "openai"
url = "{service}"
model = "gpt-test"
key = "env:TEST_MODEL_KEY"
price_input = 1.0
price_output = 4.0
{caps}

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "env:TEST_TELEGRAM_TOKEN"

[[accounts]]
name = "mastodon"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "env:TEST_MASTODON_TOKEN"

[[channels]]
name = "telegram-de"
account = "telegram"
chat = "@news_de"
languages = ["de"]
buttons = ["translate"]
max_age = "off"

[[channels]]
name = "mastodon-de"
account = "mastodon"
languages = ["de"]
fallback = "original"
max_age = "off"
"""


START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Desk:
    """A room with all around it."""

    room: Room
    sandbox: Sandbox
    clock: VirtualClock
    url: str
    start: datetime = START

    def publish(self, *editions: dict[str, Any], key: str = "a", topics: tuple[str, ...] = ("science",)) -> Any:
        values = {"id": key, "original_language": "en", "editions": list(editions), "topics": topics}
        article = Article.model_validate(values | {"published": self.room.world.clock()})
        return self.room.publisher.publish(article, intake="test")

    async def work(self) -> None:
        """Everything a room does, until nothing is due."""
        stop = asyncio.Event()
        await self.room.dispatch(stop, patience=timedelta(0))
        await self.room.follow(stop, once=True)
        await self.room.translate(stop, patience=timedelta(0))
        if self.room.translation.published:
            await self.room.dispatch(stop, patience=timedelta(0))
            await self.room.follow(stop, once=True)

    def edits(self) -> dict[str, int]:
        """How often each platform was told to change a post."""
        done = self.sandbox.journal.accepted
        return {
            "telegram": sum(call.method.startswith("editMessage") for call in done),
            "mastodon": sum((call.platform, call.method) == ("mastodon", "PUT") for call in done),
        }

    @property
    def telegram(self) -> list[str]:
        return list(self.sandbox.telegram.texts("@news_de"))

    @asynccontextmanager
    async def served(self) -> AsyncIterator[httpx.AsyncClient]:
        """The web app of the room, and a client."""
        stop = asyncio.Event()
        serving = asyncio.create_task(self.room.serve(stop))
        async with httpx.AsyncClient(base_url=self.url) as client:
            for _ in range(500):
                try:
                    await client.get("/healthz")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.01)
            yield client
        stop.set()
        await serving

    def request(self, key: str = "a", language: str = "de") -> Any:
        with self.room.store.read() as connection:
            return translations.of_article(connection, key).get(language)


def edition(language: str, key: str = "a", **changes: Any) -> dict[str, Any]:
    values = {
        "language": language,
        "title": f"Title of {key} in {language}",
        "summary": f"Summary in {language}",
        "body": f"A body of **some words** in {language}, with [a link](https://a.example/).",
        "url": f"https://news.example/{language}/{key}",
    }
    return values | changes


@pytest.fixture
def make_desk(openai: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("TEST_TELEGRAM_TOKEN", "123456:secret-of-the-bot-0123456789abcdef")
    monkeypatch.setenv("TEST_MASTODON_TOKEN", "sandbox-news")
    monkeypatch.setenv("TEST_MODEL_KEY", "sk-a-key-that-nobody-may-see")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    @asynccontextmanager
    async def make(caps: str = "") -> AsyncIterator[Desk]:
        clock = VirtualClock(START.timestamp())
        sandbox = Sandbox(auto_register=True, limits=False)
        async with sandbox.serving() as url:
            path = tmp_path / "config.toml"
            path.write_text(CONFIG.format(port=port, service=openai.url, sandbox=url, caps=caps), "utf-8")
            world = World(clock=lambda: datetime.fromtimestamp(clock(), UTC), monotonic=clock, random=lambda: 0.5)
            room = Room(load_config(path), world)
            room.prepare()
            try:
                yield Desk(room, sandbox, clock, f"http://127.0.0.1:{port}")
            finally:
                room.close()

    return make


@pytest.fixture(name="edition")
def _edition() -> Callable[..., dict[str, Any]]:
    return edition
