"""Feed readers people use, told what the web app serves. Debian: apt install newsboat sfeed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TITLE = 'Ärger & "Zitate" mit <b> \u202e\u0627\u0644\u0643\u0644'


@pytest.fixture
def documents(newsroom: Callable[..., Any]) -> dict[str, bytes]:
    """Both XML formats of a feed and of an archive, by path."""
    room = newsroom()
    room.publish("old", published=room.time - timedelta(days=40))
    room.publish("b", "en", "ar", title=TITLE, authors=["Ada L."], related=["old"])
    room.publish("c", image={"url": "https://news.example/c.png", "type": "image/png"})
    paths = [f"/feeds/en{part}.{form}" for part in ("", "/archive/2026/10") for form in ("rss", "atom")]

    async def get() -> dict[str, bytes]:
        return {path: (await room.get(path)).content for path in paths}

    return asyncio.run(get())


@pytest.fixture
def served(documents: dict[str, bytes]) -> Iterator[str]:
    """The documents over real HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/xml")
            self.end_headers()
            self.wfile.write(documents[self.path])

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not shutil.which("newsboat"), reason="there is no newsboat (Debian: apt install newsboat)")
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat(form: str, served: str, tmp_path: Path) -> None:
    urls = [f"{served}/feeds/en.{form}", f"{served}/feeds/en/archive/2026/10.{form}"]
    (tmp_path / "urls").write_text("\n".join(urls) + "\n", "utf-8")
    (tmp_path / "config").write_text("", "utf-8")
    files = [f"-{letter}{tmp_path}/{name}" for letter, name in (("u", "urls"), ("C", "config"), ("c", "cache"))]
    command = ["newsboat", *files, "-x", "reload"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    with sqlite3.connect(tmp_path / "cache") as cache:
        items = cache.execute("SELECT guid, title, url, author FROM rss_item ORDER BY id").fetchall()
        feeds = cache.execute("SELECT title, url FROM rss_feed ORDER BY title").fetchall()
    cache.close()

    # One article in two of a reader's feeds is one item there, for its id is the same.
    assert {guid: title for guid, title, _, _ in items} == {
        "tag:news.example,2026:article/c/en": "Title of c",
        "tag:news.example,2026:article/b/en": TITLE,
        "tag:news.example,2026:article/old/en": "Title of old",
    }
    assert {url for _, _, url, _ in items} == {f"https://news.example/en/{key}" for key in ("old", "b", "c")}
    assert {author for guid, _, _, author in items if "/b/" in guid} == {"Ada L."}
    assert [url for _, url in feeds] == ["https://news.example/"] * 2


@pytest.mark.skipif(not shutil.which("sfeed"), reason="there is no sfeed (Debian: apt install sfeed)")
def test_sfeed(documents: dict[str, bytes]) -> None:
    for path in ("/feeds/en.rss", "/feeds/en.atom"):
        found = subprocess.run(
            ["sfeed", "https://wire.example"], input=documents[path], capture_output=True, check=True, timeout=60
        ).stdout.decode()
        rows = [line.split("\t") for line in found.splitlines()]
        assert [(row[1], row[2], row[5]) for row in rows] == [
            ("Title of c", "https://news.example/en/c", "tag:news.example,2026:article/c/en"),
            (TITLE, "https://news.example/en/b", "tag:news.example,2026:article/b/en"),
            ("Title of old", "https://news.example/en/old", "tag:news.example,2026:article/old/en"),
        ], path
        assert rows[0][7] == "https://news.example/c.png"
        assert rows[1][6] == "Ada L."
        assert rows[0][8] == ("Chips & fabs" if path.endswith("rss") else "chips")  # it reads the term
