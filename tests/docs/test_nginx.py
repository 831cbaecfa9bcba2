"""The web app behind nginx, with the configuration that the page shows."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = Path(__file__).parents[2] / "docs/nginx.md"
NEWSWIRE = Path(sys.executable).with_name("newswire")
NGINX = shutil.which("nginx")
PATIENCE = 30.0

CONFIG = """
[site]
name = "The Daily Lamp"
url = "https://lamp.example"
default_language = "en"
languages = ["en"]
tag_authority = "lamp.example,2026"

[feeds]
max_age = 1

[[intakes]]
name = "articles"
type = "markdown"
path = "."
"""
ARTICLE = {
    "original_language": "en",
    "editions": [{"language": "en", "title": "By HTTP", "url": "https://lamp.example/en/by-http"}],
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(words: Sequence[object], port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process, from when it answers at its port until it has ended."""
    with subprocess.Popen([str(word) for word in words], env=os.environ | more, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                assert process.poll() is None
                assert time.monotonic() < deadline
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with one article."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "en").mkdir()
    (tmp_path / "en/lamp.md").write_text("---\ntitle: A lamp\n---\nIt burns.\n", "utf-8")
    return tmp_path


def _nginx_config(folder: Path, newswire: int, nginx: int) -> Path:
    """The page's configuration, as it stands but for ports and folders."""
    (block,) = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    block = block.replace("listen 80;", f"listen 127.0.0.1:{nginx};").replace(":8300", f":{newswire}")
    block = block.replace("/var/cache/nginx/newswire", str(folder / "cache"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    stores = " ".join(f"{name}_temp_path {folder}/{name};" for name in kinds)
    user = "user root;" if os.geteuid() == 0 else ""  # the test's folder is closed to others
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; pid {folder}/pid; {user} error_log stderr; events {{}}\n"
        f"http {{ access_log off; {stores} {block} }}\n",
        "utf-8",
    )
    return path


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_the_page_is_right(folder: Path) -> None:
    newswire, nginx = _free_port(), _free_port()
    config = ("--config", folder / "config.toml")
    here = {"NEWSWIRE_HTTP__BIND": f"127.0.0.1:{newswire}", "NEWSWIRE_HTTP__PUBLIC_URL": "https://wire.news.example"}
    with (
        _running([NEWSWIRE, "run", *config], newswire, **here) as serving,
        _running([NGINX, "-c", _nginx_config(folder, newswire, nginx), "-p", folder], nginx),
        httpx.Client(base_url=f"http://127.0.0.1:{newswire}") as straight,
        httpx.Client(base_url=f"http://127.0.0.1:{nginx}") as client,
    ):
        _the_same_is_served(client, straight)
        _articles_come_in(client, _token(config))
        serving.kill()
        serving.wait()
        deadline = time.monotonic() + PATIENCE
        while (kept := client.get("/feeds/en.atom")).headers["x-cache"] != "STALE":  # old by max_age, and all there is
            assert (kept.status_code, time.monotonic() < deadline) == (200, True)
            time.sleep(0.2)
        assert kept.status_code == 200
        assert "A lamp" in kept.text


def _token(config: Sequence[object]) -> str:
    words = [NEWSWIRE, "token", "create", "cms", "--scope", "read", "--scope", "write", *config]
    made = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    (token,) = set(re.findall(r"newswire_[\w-]+", made.stdout))
    assert isinstance(token, str)
    return token


def _the_same_is_served(client: httpx.Client, straight: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE
    while "A lamp" not in straight.get("/feeds/en.atom").text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for path in ("/feeds/en.atom", "/feeds/en.json", "/feeds.opml", "/"):
        for encoding in ("identity", "gzip", "br"):
            answers = [one.get(path, headers={"accept-encoding": encoding}) for one in (client, straight)]
            assert answers[0].content == answers[1].content, path
            assert answers[0].headers.get("content-encoding") == answers[1].headers.get("content-encoding")
            assert answers[0].headers.get("etag") == answers[1].headers.get("etag")
    first = client.get("/feeds/en.rss", headers={"accept-encoding": "identity"})
    assert first.headers["x-cache"] == "MISS"
    assert 'href="https://wire.news.example/feeds/en.rss"' in first.text
    again = {"accept-encoding": "identity", "if-none-match": first.headers["etag"]}
    assert client.get("/feeds/en.rss", headers=again).status_code == 304
    page = client.get("/feeds/en.rss", headers={"sec-fetch-dest": "document"})
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/feeds/en.rss").headers["content-type"].startswith("application/rss+xml")
    assert client.get("/feeds/hub").status_code == straight.get("/feeds/hub").status_code
    assert client.get("/readyz").json()["ready"] is True
    assert "newswire" in client.get("/dashboard/", follow_redirects=True).text


def _articles_come_in(client: httpx.Client, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    put = client.put("/api/articles/2026%2Fby-http", headers=headers, json=ARTICLE)
    assert (put.status_code, put.headers["location"].rpartition("/")[2]) == (201, "2026%2Fby-http")
    deadline = time.monotonic() + PATIENCE
    while "By HTTP" not in client.get("/feeds/en.atom").text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
