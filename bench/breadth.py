"""Asking for every feed there is: 12 languages by 400 topics, one after the other, as a crawler would.

What is kept of them is bounded by ``[feeds] memory``; kept whole, they would take as many bytes as were sent.
"""

from __future__ import annotations

import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from databases import databases
from figures import Figure
from load import HOST
from webapp import PORT, newswire, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "ru", "uk", "tr")
TOPICS, ARTICLES, BODY = 400, 400, 1_800
"""Each article has five topics: the feeds are five entries long."""
MEMORY = 16
"""Megabytes, as ``[feeds] memory``: little, so that what is asked for is several times as much."""
MEBIBYTE = 1 << 20


def figures() -> Iterator[Figure]:
    """The peak of resident memory, beside what all documents would take; and the rate of cold feeds."""
    paths = [f"/feeds/{language}/topics/topic-{topic}.atom" for topic in range(TOPICS) for language in LANGUAGES]
    with databases() as new, tempfile.TemporaryDirectory() as folder:
        url = new("SQLite")
        publish(url, articles=ARTICLES, body=BODY, languages=LANGUAGES, topics=TOPICS)
        with newswire(Path(folder), url, LANGUAGES, memory=MEMORY) as process:
            sent, first = 0, process.memory_info().rss
            peak, begin = first, time.perf_counter()
            connection = HTTPConnection(HOST, PORT)
            for path in paths:
                connection.request("GET", path)
                answer = connection.getresponse()
                sent += len(answer.read())
                if answer.status != 200:  # noqa: PLR2004  # the number is the name
                    raise SystemExit(f"{path} gave {answer.status}")
                peak = max(peak, process.memory_info().rss)
            taken = time.perf_counter() - begin
    yield Figure(
        f"memory of the web process while {len(paths):,} feeds are asked for, [feeds] memory = {MEMORY}",
        "MiB",
        round(peak / MEBIBYTE, 1),
        round((first + sent) / MEBIBYTE, 1),
        "keeping them all as they are sent",
        "lower",
    )
    yield Figure("cold feeds of five entries", "feeds/s", round(len(paths) / taken), None, "", "higher")
