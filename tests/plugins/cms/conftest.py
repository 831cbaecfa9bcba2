"""Payloads as systems send them, and a room that takes them in over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.room import Room
from newswire.store import articles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

SECRET = "secret-of-the-newsroom-0123456789"
CONFIG = """
[site]
name = "News"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "ar"]
tag_authority = "news.example,2026"

[topics.ai-safety]
labels = {{ en = "AI safety", de = "KI-Sicherheit" }}

[store]
url = "{store}"

[http]
bind = "127.0.0.1:{port}"

[[intakes]]
name = "newsroom"
type = "cms"
mapping = "{mapping}"
secret = "{secret}"
poll = 0.05
"""


@pytest.fixture
def ghost() -> Callable[..., dict[str, Any]]:
    """A payload as Ghost sends it; keywords change the post."""

    def payload(**changes: Any) -> dict[str, Any]:
        post = {
            "id": "6650f0c2a1b2c3d4e5f60718",
            "uuid": "0b9c8d7e-6f5a-4b3c-9d2e-1f0a9b8c7d6e",
            "title": "Ants < bees & wasps",
            "slug": "ants",
            "html": "<p>Ants carry <strong>more</strong>.</p><script>alert(1)</script>",
            "feature_image": "https://news.example/content/ants.jpg",
            "feature_image_alt": "An ant with a leaf",
            "status": "published",
            "visibility": "public",
            "custom_excerpt": None,
            "excerpt": "Ants carry more.",
            "url": "https://news.example/ants/",
            "canonical_url": None,
            "published_at": "2026-11-23T10:00:00.000Z",
            "updated_at": "2026-11-23T11:30:00.000Z",
            "tags": [
                {"slug": "ai-safety", "name": "AI safety", "visibility": "public"},
                {"slug": "hash-newsletter", "name": "#newsletter", "visibility": "internal"},
            ],
            "authors": [{"name": "Ada Byron"}, {"name": "Grace Hopper"}],
        }
        return {"post": {"current": post | changes, "previous": {"updated_at": "2026-11-23T11:00:00.000Z"}}}

    return payload


@pytest.fixture
def wordpress() -> Callable[..., dict[str, Any]]:
    """A payload as the lines of the docs send it; keywords change the post."""

    def payload(**changes: Any) -> dict[str, Any]:
        post = {
            "id": 17,
            "type": "post",
            "status": "publish",
            "date_gmt": "2026-11-23T10:00:00",
            "modified_gmt": "2026-11-23T11:30:00",
            "link": "https://news.example/ants/",
            "title": {"rendered": "Ants &#8211; the <em>movie</em>"},
            "excerpt": {"rendered": "<p>Ants carry&hellip;</p>\n", "protected": False},
            "content": {"rendered": "<p>Ants carry more.</p>", "protected": False},
            "_embedded": {
                "author": [{"id": 3, "name": "Ada Byron"}],
                "wp:featuredmedia": [
                    {
                        "source_url": "https://news.example/ants.png",
                        "alt_text": "An ant",
                        "mime_type": "image/png",
                    }
                ],
                "wp:term": [
                    [{"slug": "insects", "name": "Insects", "taxonomy": "category"}],
                    [{"slug": "ki-sicherheit", "name": "KI-Sicherheit", "taxonomy": "post_tag"}],
                ],
            },
        }
        return post | changes

    return payload


@dataclass
class Desk:
    """A room with one intake, served."""

    path: Path
    url: str
    room: Room
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def signed(self, payload: Any, *, secret: str = SECRET, at: datetime | None = None) -> tuple[bytes, dict[str, str]]:
        """A payload as Ghost signs it."""
        body, time = json.dumps(payload).encode(), str(int((at or self.now).timestamp() * 1000))
        digest = hmac.new(secret.encode(), body + time.encode(), hashlib.sha256).hexdigest()
        return body, {"X-Ghost-Signature": f"sha256={digest}, t={time}", "Content-Type": "application/json"}

    async def ghost(self, payload: Any, **how: Any) -> httpx.Response:
        body, headers = self.signed(payload, **how)
        return await self.send(body, headers)

    async def wordpress(self, payload: Any, secret: str = SECRET) -> httpx.Response:
        return await self.send(json.dumps(payload).encode(), {"Authorization": f"Bearer {secret}"})

    async def send(
        self, body: bytes, headers: dict[str, str], path: str = "/cms/newsroom", method: str = "POST"
    ) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.request(method, self.url + path, content=body, headers=headers)

    def article(self, article_id: str) -> articles.StoredArticle | None:
        with self.room.store.read() as connection:
            return articles.load(connection, article_id)

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not reached():  # noqa: ASYNC110  # it comes from another task
                await asyncio.sleep(0.02)

    async def idle(self) -> None:
        """Until nothing waits any more."""
        state = self.room.store.state("cms")
        await self.until(lambda: not any(key.startswith("payload/") for key in state.all()))


@pytest.fixture
async def new_desk(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Opens a room; keywords: the mapping, and whether the intake is at work."""
    stop, tasks, rooms = asyncio.Event(), list[asyncio.Task[Any]](), list[Room]()

    async def opened(mapping: str = "ghost", *, watch: bool = True, store: str = "") -> Desk:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        path = tmp_path / "config.toml"
        url = store or f"sqlite:///{tmp_path}/news.db"
        path.write_text(CONFIG.format(store=url, port=port, mapping=mapping, secret=f"file:{tmp_path}/secret"), "utf-8")
        (tmp_path / "secret").write_text(SECRET, "utf-8")
        clock = lambda: datetime.now(UTC)  # noqa: E731  # as short as it is
        rooms.append(Room(load_config(path), World(clock=clock, monotonic=lambda: 0.0, random=lambda: 0.5)))
        desk = Desk(path, f"http://127.0.0.1:{port}", rooms[-1])
        desk.room.prepare()
        tasks.append(asyncio.create_task(desk.room.serve(stop)))
        if watch:
            tasks.extend(asyncio.create_task(desk.room.watch(intake)) for intake in desk.room.intakes())
        async with httpx.AsyncClient() as client:
            async with asyncio.timeout(20):
                while True:
                    try:
                        await client.get(f"{desk.url}/healthz")
                        break
                    except httpx.TransportError:
                        await asyncio.sleep(0.01)
        return desk

    yield opened
    stop.set()
    for task in tasks[1:]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for room in rooms:
        room.close()
