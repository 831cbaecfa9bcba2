"""Feeds a second: one web process, one client that keeps its connection, a store of 1,000 articles."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from databases import databases
from figures import Figure
from history import fill
from noop import a_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST, PORT = "127.0.0.1", 8411
PROGRAM = str(Path(sys.executable).with_name("newswire"))
ARTICLES = 1_000
REQUESTS = 1_000
CONFIG = f"""
[site]
name = "Bench"
url = "https://news.example.org"
default_language = "en"
languages = ["en"]
tag_authority = "news.example.org,2026"

[http]
bind = "{HOST}:{PORT}"

[logging]
level = "warning"
"""


def figures() -> Iterator[Figure]:
    """A feed as it is, and the answer that nothing has changed."""
    with databases() as new, tempfile.TemporaryDirectory() as folder:
        url = new("SQLite")
        room = a_room(url, lambda _: None)
        fill(room, old_articles=ARTICLES, old_deliveries=0)
        room.close()
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG, "utf-8")
        command = [PROGRAM, "run", "--only", "serve", "--config", str(config)]
        with subprocess.Popen(command, env={**os.environ, "NEWSWIRE_STORE__URL": url}) as process:
            try:
                tag = _wait()
                whole = _rate("/feeds/en.atom", {}, 200)
                same = _rate("/feeds/en.atom", {"If-None-Match": tag}, 304)
            finally:
                process.terminate()
    yield Figure("serving: a whole Atom feed", "requests/s", round(whole), None, "", "higher")
    yield Figure("serving: not modified (304)", "requests/s", round(same), None, "", "higher")


def _wait() -> str:
    for _ in range(100):
        try:
            connection = HTTPConnection(HOST, PORT)
            connection.request("GET", "/feeds/en.atom")
            answer = connection.getresponse()
            answer.read()
        except OSError:
            time.sleep(0.1)
        else:
            return answer.getheader("ETag") or ""
    raise SystemExit("the web app does not answer")


def _rate(path: str, headers: Mapping[str, str], expected: int) -> float:
    connection = HTTPConnection(HOST, PORT)
    begin = time.perf_counter()
    for _ in range(REQUESTS):
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != expected:
            raise SystemExit(f"{path} gave {answer.status}, not {expected}")
    return REQUESTS / (time.perf_counter() - begin)
