"""A web process to measure: ``newswire run --only serve`` on a store."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from load import HOST
from noop import INTAKE

from newswire.publisher import Publisher
from newswire.room import utc_now
from newswire.store import Store
from newswire.testing import an_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PORT = 8411
PROGRAM = str(Path(sys.executable).with_name("newswire"))
CONFIG = """
[site]
name = "Bench"
url = "https://news.example.org"
default_language = "en"
languages = {languages}
tag_authority = "news.example.org,2026"

[http]
bind = "{bind}"

[logging]
level = "warning"

[feeds]
memory = {memory}
"""


def publish(url: str, *, articles: int, body: int, languages: Sequence[str] = ("en",), topics: int = 1) -> None:
    """Fills a new store with articles of invented words, which compress about as words do.

    Args:
        url: the store.
        articles: how many.
        body: characters of each body, about.
        languages: of the editions of each.
        topics: how many there are; each article has five of them, in turn, or the one there is.
    """
    store = Store(url)
    store.upgrade()
    publisher = Publisher(store, (), languages, utc_now, [INTAKE])
    chance = random.Random(0)
    words = ["".join(chance.choices("aeiourstlnmd", k=chance.randint(2, 11))) for _ in range(3_000)]
    for number in range(articles):
        article = an_article(f"article-{number}", languages=languages)
        text = "\n\n".join(" ".join(chance.choices(words, k=80)) for _ in range(max(body // 600, 1)))
        changes = {
            "editions": tuple(edition.model_copy(update={"body": text}) for edition in article.editions),
            "topics": tuple(sorted({f"topic-{(number * 5 + one) % topics}" for one in range(5)})),
        }
        publisher.publish(article.model_copy(update=changes), intake=INTAKE)
    store.close()


@contextmanager
def newswire(
    folder: Path, url: str, languages: Sequence[str] = ("en",), *, memory: int = 96
) -> Iterator[psutil.Process]:
    """A web process that answers at `PORT`; `memory` is what ``[feeds]`` says, in megabytes."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(languages=json.dumps(languages), bind=f"{HOST}:{PORT}", memory=memory), "utf-8")
    command = [PROGRAM, "run", "--only", "serve", "--config", str(config)]
    with subprocess.Popen(command, env={**os.environ, "NEWSWIRE_STORE__URL": url}) as process:
        try:
            wait(PORT)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def wait(port: int) -> None:
    """Waits until something answers at a port."""
    for _ in range(200):
        try:
            connection = HTTPConnection(HOST, port)
            connection.request("GET", "/feeds/en.atom")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers at {HOST}:{port}")
