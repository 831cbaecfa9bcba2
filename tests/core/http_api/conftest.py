"""The API as clients meet it: a room with a token, served on a real socket."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.room import Room
from newswire.store import tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newswire.store import Store

CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "fr", "ar", "zh-Hans"]
tag_authority = "news.example,2026"

[http]
bind = "127.0.0.1:{port}"
{http}

[[intakes]]
name = "articles"
type = "markdown"
path = "articles"
pattern = ["{{lang}}/{{key}}.md"]
url = "/{{lang}}/{{key}}"
"""


@dataclass
class Served:
    """A room whose web app answers, and a client with a token that may do everything."""

    room: Room
    url: str
    client: httpx.Client
    folder: Path

    def token(self, name: str, *scopes: str, rate: int = 100_000, **changes: Any) -> dict[str, str]:
        """The header of a new token."""
        given: dict[str, Any] = {"rate": rate, "expires": None, "now": self.room.world.clock()}
        with self.room.store.write() as connection:
            secret = tokens.create(connection, name, map(TokenScope, scopes), **(given | changes))
        return {"Authorization": f"Bearer {secret}"}

    def article(self, *languages: str, key: str = "a", **changes: Any) -> dict[str, Any]:
        """An article in JSON; the first language is the original's."""
        spoken = languages or ("en",)
        return {
            "original_language": spoken[0],
            "editions": [self.edition(language, key) for language in spoken],
            "topics": ["science"],
        } | changes

    def edition(self, language: str, key: str = "a", **changes: Any) -> dict[str, Any]:
        """An edition in JSON."""
        return {
            "language": language,
            "title": f"Title of {key} ({language})",
            "body": f"Body of {key} ({language})",
            "url": f"https://news.example/{language}/{key}",
        } | changes

    def put(self, key: str = "a", *languages: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
        """PUT of an article."""
        document = self.article(*languages, key=key, **changes)
        return self.client.put(f"/api/articles/{key}", json=document, headers=headers or {})

    def etag(self, path: str) -> str:
        """The ETag of what is at a path."""
        return str(self.client.get(path).headers["ETag"])


@contextmanager
def serving(room: Room) -> Iterator[None]:
    """Serves a room's web app from a thread of its own."""
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(room.serve(stop)))
    thread.start()
    address = (room.config.http.host, room.config.http.port)
    for _ in range(500):
        try:
            socket.create_connection(address, 1).close()
            break
        except OSError:
            time.sleep(0.01)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture
def make_room(store: Store, tmp_path: Path, clock: Any) -> Callable[..., Room]:
    """Makes a room on the test's store whose clock stands still."""

    def make(more: str = "", http: str = "") -> Room:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(port=port, http=http) + more, "utf-8")
        (tmp_path / "articles").mkdir(exist_ok=True)
        room = Room(load_config(path), World(clock=clock, monotonic=clock.monotonic, random=lambda: 0.5), store)
        room.prepare()
        return room

    return make


@pytest.fixture
def serve(tmp_path: Path) -> Callable[[Room], Any]:
    """Serves a room, with a client that may do everything."""

    @contextmanager
    def start(room: Room) -> Iterator[Served]:
        url = room.config.http.public_url
        with serving(room), httpx.Client(base_url=url, timeout=60) as client:
            served = Served(room, url, client, tmp_path)
            client.headers.update(served.token("everything", "read", "write"))
            yield served

    return start


@pytest.fixture
def served(make_room: Callable[..., Room], serve: Callable[[Room], Any]) -> Iterator[Served]:
    with serve(make_room()) as running:
        yield running


@pytest.fixture
def pointers() -> Callable[[httpx.Response], list[str]]:
    """The fields a problem names."""

    def named(answer: httpx.Response) -> list[str]:
        assert answer.headers["Content-Type"] == "application/problem+json"
        document = answer.json()
        assert document["status"] == answer.status_code
        assert re.fullmatch(r"http://127.0.0.1:\d+/api/openapi.json#/components/responses/[a-z-]+", document["type"])
        return [error.get("pointer", error.get("parameter")) for error in document.get("errors", ())]

    return named
