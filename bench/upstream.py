"""Polling 1,000 feeds of others of which 2 % have changed, beside the library reader; and parsing alone.

Both ask the same server, a process of its own in which each feed has an address of its own, and keep what they find in
SQLite. Neither rests between two requests. CPU and memory are those of a fresh process for each.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire_upstream.options import UpstreamOptions

FEEDS, ITEMS, CHANGED, PORT = 1000, 5, 50, 8417
PEER = "reader"
CONFIG = """\
[site]
name = "Bench"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"
[store]
url = "sqlite:///{folder}/wire.db"
[[intakes]]
name = "feeds"
type = "upstream"
networks = ["127.0.0.0/8"]
urls = {urls}
"""
WORDS = "<p>" + "Some words of an article that somebody wrote, with <a href='/x'>a link</a>. " * 12 + "</p>"


def urls() -> list[str]:
    """Every feed has a server of its own: all of loopback leads to one."""
    return [f"http://127.1.{number // 250}.{number % 250 + 1}:{PORT}/{number}.xml" for number in range(FEEDS)]


def document(number: int, version: int) -> bytes:
    """A feed."""
    items = "".join(
        f"<item><title>Article {number}-{key}</title><link>https://blog{number}.example/{key}</link>"
        f"<guid isPermaLink='false'>{number}-{key}</guid><pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate>"
        f"<description><![CDATA[{WORDS}]]></description></item>"
        for key in range(version, version + ITEMS)
    )
    head = f"<title>Feed {number}</title><link>https://blog{number}.example/</link><language>en</language>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


async def serve() -> None:
    """Answers conditionally; every fiftieth feed is another one each time it is asked for after the first."""
    asked: dict[int, int] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                number = int(head.split(b" ", 2)[1].strip(b"/").split(b".")[0])
                version = asked.get(number, 0) if number % CHANGED == 0 else 0
                asked[number] = asked.get(number, 0) + 1
                tag = f'"{number}-{version}"'.encode()
                if tag in head:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\nContent-Length: 0\r\n\r\n" % tag)
                else:
                    body = document(number, version)
                    kind = b"Content-Type: application/rss+xml"
                    length = b"%d" % len(body)
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nETag: %s\r\n%s\r\nContent-Length: %s\r\n\r\n" % (tag, kind, length) + body
                    )
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async with await asyncio.start_server(answer, "0.0.0.0", PORT) as server:
        await server.serve_forever()


def _told(begin: float, before: int) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu": time.process_time() - begin, "grown": (peak - before) / 1024, "peak": peak / 1024}


def _later(length: timedelta) -> datetime:
    return datetime.now(UTC) + length


def _ours(folder: str) -> list[dict[str, float]]:
    from newswire.config import load_config  # noqa: PLC0415  # in the process that is measured
    from newswire.room import Room, real_world  # noqa: PLC0415
    from newswire_upstream.intake import UpstreamIntake  # noqa: PLC0415
    from newswire_upstream.manners import Manners  # noqa: PLC0415

    path = Path(folder, "config.toml")
    path.write_text(CONFIG.format(folder=folder, urls=str(urls()).replace("'", '"')), "utf-8")
    world = real_world()
    told = []
    for later in (timedelta(), timedelta(hours=1), timedelta(hours=2)):
        config, clock = load_config(path), partial(_later, later)
        room = Room(config, replace(world, clock=clock))
        room.prepare(sends=False)
        intake = UpstreamIntake(
            "feeds",
            cast("UpstreamOptions", config.intakes[0].options),
            room.services,
            manners=lambda: Manners(time.monotonic, rest=0.0),
        )
        begin, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        room.receiver("feeds").receive(intake.read())
        told.append(_told(begin, before))
        room.close()
    return told


def _reader(folder: str) -> list[dict[str, float]]:
    from reader import make_reader  # noqa: PLC0415  # a peer that need not be there

    made = make_reader(str(Path(folder, "reader.db")))
    for url in urls():
        made.add_feed(url)
    told = []
    for _ in range(3):
        begin, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made.update_feeds(workers=10, scheduled=False)
        told.append(_told(begin, before))
    return told


def _alone(who: str) -> list[dict[str, float]]:
    server = subprocess.Popen([sys.executable, __file__, "serve"])
    try:
        time.sleep(1)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, __file__, who, folder], check=True, stdout=subprocess.PIPE)
        found: list[dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
        return found
    finally:
        server.terminate()
        server.wait()


def figures() -> Iterator[Figure]:
    """CPU of a poll, memory, and parsing."""
    ours = _alone("ours")
    theirs = _alone("reader") if find_spec("reader") else None
    for position, name in ((0, "the first poll"), (1, "a poll, 2 % changed")):
        yield Figure(
            f"upstream: {name} of {FEEDS} feeds, CPU per feed",
            "ms",
            round(ours[position]["cpu"], 3),
            round(theirs[position]["cpu"], 3) if theirs else None,
            PEER,
            "lower",
        )
    yield Figure(
        f"upstream: most memory after three polls of {FEEDS} feeds",
        "MB",
        round(ours[2]["peak"], 1),
        round(theirs[2]["peak"], 1) if theirs else None,
        PEER,
        "lower",
    )
    yield from _parsing()


def _parsing() -> Iterator[Figure]:
    """The same document, cleaned: as we read it, and as reader does, which is feedparser with its own cleaning."""
    import feedparser  # type: ignore[import-untyped]  # noqa: PLC0415  # only for this; feedparser has no types

    from newswire.api import Taxonomy  # noqa: PLC0415
    from newswire_upstream.feeds import feeds_of  # noqa: PLC0415
    from newswire_upstream.options import UpstreamOptions  # noqa: PLC0415
    from newswire_upstream.reading import read_feed  # noqa: PLC0415
    from newswire_upstream.reception import receive  # noqa: PLC0415

    options = UpstreamOptions.model_validate({"url": urls()[0]})
    (feed,) = feeds_of("feeds", options, Taxonomy())
    body, now = document(0, 0), datetime(2026, 11, 23, tzinfo=UTC)
    best = {"ours": 1e9, "peer": 1e9}
    for _ in range(20):
        begin = time.process_time()
        read = read_feed(body, address=urls()[0], content_type="application/rss+xml")
        receive(feed, read, {}, options=options, taxonomy=Taxonomy(), languages=("en",), now=now, news=True)
        best["ours"] = min(best["ours"], time.process_time() - begin)
        begin = time.process_time()
        feedparser.parse(body)
        best["peer"] = min(best["peer"], time.process_time() - begin)
    yield Figure(
        f"upstream: parsing and cleaning {len(body) // 1024} kB of RSS, articles made of it",
        "ms",
        round(best["ours"] * 1000, 2),
        round(best["peer"] * 1000, 2),
        "feedparser as reader calls it: parsed and cleaned, nothing made of it",
        "lower",
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", folder]:
            print(json.dumps(_ours(folder)))
        case ["reader", folder]:
            print(json.dumps(_reader(folder)))
        case _:
            asyncio.run(serve())
