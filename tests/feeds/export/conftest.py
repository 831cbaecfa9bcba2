"""A room with a database on disk, and a folder to export into."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.config import load_config
from newswire.model import Article
from newswire.room import Room
from newswire_feeds.app import FeedsApp
from newswire_feeds.export.exporting import export
from newswire_feeds.options import FeedsOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newswire_feeds.export.exporting import Outcome

CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de"]
tag_authority = "news.example,2026"

[http]
public_url = "https://wire.example"

[logging]
level = "warning"

[topics]
science = {}
empty = {}

[feeds]
check_every = 0
"""


class Desk:
    """A room with a database on disk, and a folder to export into."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config.toml"
        self.out = folder / "out"
        self.configure("")

    def configure(self, more: str) -> None:
        self.config.write_text(CONFIG + more, "utf-8")

    @contextmanager
    def room(self) -> Iterator[Room]:
        room = Room(load_config(self.config))
        try:
            room.prepare()
            yield room
        finally:
            room.close()

    def publish(self, key: str, *languages: str, **changes: Any) -> None:
        editions = [
            {"language": tag, "title": f"Title {key}", "body": "Text.", "url": f"https://news.example/{tag}/{key}"}
            for tag in languages or ("en",)
        ]
        plain = {"id": key, "original_language": editions[0]["language"], "editions": editions, "topics": ["science"]}
        with self.room() as room:
            room.publisher.publish(Article.model_validate(plain | changes), intake="test")

    def withdraw(self, key: str) -> None:
        with self.room() as room:
            room.publisher.withdraw(key)

    def export(self, **options: Any) -> Outcome:
        with self.room() as room:
            return export(room.services, room.services.settings(FeedsOptions), self.out, **options)

    async def served(self, path: str, encoding: str) -> bytes:
        """The bytes the web app sends, as they are on the wire."""
        with self.room() as room:
            app: Any = FeedsApp().open(room.services)
            async with (
                httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://wire.example") as client,
                client.stream("GET", path, headers={"accept-encoding": encoding, "accept-language": "en"}) as answer,
            ):
                assert answer.status_code == 200, path
                return b"".join([part async for part in answer.aiter_raw()])

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {str(path.relative_to(self.out)): path.read_bytes() for path in found}

    def inodes(self) -> dict[str, int]:
        """Which file is which: one that is written anew is another."""
        return {str(path.relative_to(self.out)): path.stat().st_ino for path in self.out.rglob("*") if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
