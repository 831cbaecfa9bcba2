"""Posts to Mastodon: what newswire costs above the library it uses, and what is lost and doubled on a bad day.

Both before the sandbox, which runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import requests
from figures import Figure
from mastodon import Mastodon

from newswire.testing import (
    RehearsalClock,
    RehearsalRoom,
    RehearsalServices,
    RehearsedAccount,
    RehearsedChannel,
    a_story,
    an_article,
    an_edition,
)
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.api import Article

POSTS = 250
ROUNDS = 5
ITEMS = 200
ONE_IN = 20
"""Calls of which one fails."""
RUNS = 12
"""How often the peer is started on the feed, as cron would."""
BARE = "Mastodon.py alone, the same posts"
CONFIG = """
[mastodon]
instance_url={url}
user_credentials={folder}/user
client_credentials={folder}/client
toot_visibility=public

[cache]
cachefile={folder}/cache.db
cache_limit=10000

[lock]
lock_file={folder}/lock
lock_timeout=1

[rss]
uri={folder}/feed.xml
toot={{title}} {{link}}
"""
FEED2TOOT = f"feed2toot 0.17, started {RUNS} times"


def figures() -> Iterator[Figure]:
    """CPU and posts a second beside the bare library; lost and doubled beside feed2toot."""
    with sandbox() as server:
        rounds = [
            (ours(server, f"ours{number}"), plugin(server, f"plugin{number}"), bare(server, f"bare{number}"))
            for number in range(ROUNDS)
        ]
    mine, alone, other = (
        [statistics.median(one[side][figure] for one in rounds) for figure in (0, 1)] for side in range(3)
    )
    for who, whose in (("composed and sent", alone), ("and announced, the receipt written down", mine)):
        yield Figure(f"mastodon: CPU a post, {who}", "ms", round(whose[0], 2), round(other[0], 2), BARE, "lower")
        yield Figure(f"mastodon: posts a second, {who}", "posts/s", round(whose[1]), round(other[1]), BARE, "higher")
    yield from _bad_day()


@dataclass(frozen=True, slots=True)
class Server:
    """A running sandbox."""

    url: str

    def add(self, fault: dict[str, Any]) -> None:
        """Scripts a fault."""
        body = json.dumps(fault).encode()
        urlopen(Request(f"{self.url}/sandbox/faults", body, {"Content-Type": "application/json"})).close()

    def texts(self, account: str) -> list[str]:
        """What an account's followers see."""
        with urlopen(f"{self.url}/sandbox/state") as answer:
            state: dict[str, Any] = json.load(answer)
        (found,) = (
            one for place in state["mastodon"]["servers"] for one in place["accounts"] if one["username"] == account
        )
        return [status["text"] for status in found["statuses"] if status["deleted"] is None]


@contextlib.contextmanager
def sandbox() -> Iterator[Server]:
    """A sandbox that knows every token ``sandbox-NAME``, and keeps no rate limits."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = f"127.0.0.1:{port}"
    start = "from newswire.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", start, "sandbox", "--bind", place, "--no-limits"], stdout=subprocess.DEVNULL
    ) as running:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            yield Server(f"http://{place}")
        finally:
            running.terminate()


def _room(server: Server, name: str, clock: RehearsalClock) -> RehearsalRoom:
    options = {"url": f"{server.url}/mastodon/main", "token": f"sandbox-{name}", "rate_limits": "server"}
    account = RehearsedAccount(type=MastodonType(), options=options, channels=[RehearsedChannel(languages=("en",))])
    return RehearsalRoom(account, clock=clock, send_timeout=timedelta(seconds=30))


def ours(server: Server, name: str) -> tuple[float, float]:
    """Milliseconds of CPU a post, and posts a second: composed, announced, sent, the receipt written down."""

    async def run() -> tuple[float, float]:
        async with _room(server, name, RehearsalClock(datetime.now(UTC))) as room:
            room.publish("warm")
            await room.deliver()
            for number in range(POSTS):
                room.publish(f"a{number}")
            begin, cpu = time.perf_counter(), time.process_time()
            await room.deliver()
            return _rates(begin, cpu)

    return asyncio.run(run())


def plugin(server: Server, name: str) -> tuple[float, float]:
    """The same for the plugin alone: composed, counted by the governor, sent; nothing is written down."""

    async def run() -> tuple[float, float]:
        kind = MastodonType()
        options = {"url": f"{server.url}/mastodon/main", "token": f"sandbox-{name}", "rate_limits": "server"}
        services = RehearsalServices(clock=lambda: datetime.now(UTC))
        account = kind.connect(name, kind.account_options.model_validate(options), services)
        channel = kind.open(account, kind.channel_options())
        await account.start()
        url = "https://news.example.org/en/a{}"
        stories = [a_story(title=f"Title of a{one} (en)", url=url.format(one)) for one in range(POSTS)]
        await channel.post(channel.compose(a_story()), key="warm")
        begin, cpu = time.perf_counter(), time.process_time()
        for number, story in enumerate(stories):
            await channel.post(channel.compose(story), key=str(number))
        rates = _rates(begin, cpu)
        await account.aclose()
        return rates

    return asyncio.run(run())


def bare(server: Server, name: str) -> tuple[float, float]:
    """The same for a loop around `Mastodon.status_post` with the texts that newswire composes."""
    with requests.Session() as session:
        mastodon = Mastodon(
            api_base_url=f"{server.url}/mastodon/main",
            access_token=f"sandbox-{name}",
            ratelimit_method="throw",
            session=session,
        )
        texts = [one for one in server.texts(name.replace("bare", "ours")) if "Title of a" in one]
        mastodon.status_post("warm")
        begin, cpu = time.perf_counter(), time.process_time()
        for number, text in enumerate(texts):
            mastodon.status_post(text, visibility="public", language="en", idempotency_key=f"{name}-{number}")
        return _rates(begin, cpu)


def _rates(begin: float, cpu: float) -> tuple[float, float]:
    return (time.process_time() - cpu) / POSTS * 1000, POSTS / (time.perf_counter() - begin)


def _bad_day() -> Iterator[Figure]:
    """Both carry the same 200 items, in the same order, to servers that fail alike."""
    with sandbox() as server:
        mine = _counted(_our_bad_day(server))
    with sandbox() as server:
        peer = _counted(_their_bad_day(server)) if find_spec("feed2toot") else (None, None)
    name = f"mastodon: {{}} of {ITEMS} new items, 1 call in {ONE_IN} fails"
    for place, what in enumerate(("lost", "doubled")):
        yield Figure(name.format(what), "posts", mine[place], peer[place], FEED2TOOT, "lower")


def _fail_now_and_then(server: Server) -> None:
    """Every way in turn: no answer, before or after the post was taken; a gateway's page; a broken answer."""
    ways: list[dict[str, Any]] = [
        {"effect": "cut", "when": "after"},
        {"effect": "cut", "when": "before"},
        {"effect": "html", "status": 502, "when": "after"},
        {"effect": "status", "status": 503, "when": "before"},
        {"effect": "garbage", "when": "after"},
    ]
    for number in range(2 * ITEMS // ONE_IN):
        way = ways[number % len(ways)]
        server.add({**way, "method": "POST", "path": "/api/v1/statuses", "skip": (number + 1) * (ONE_IN - 1)})


def _counted(texts: list[str]) -> tuple[int, int]:
    """How many of the items are not there, and how many posts there are beyond one each."""
    seen = Counter(number for text in texts for number in range(ITEMS) if f"/item-{number}." in text)
    return ITEMS - len(seen), sum(seen.values()) - len(seen)


def _our_bad_day(server: Server) -> list[str]:
    async def run() -> None:
        clock = RehearsalClock(datetime.now(UTC))
        async with _room(server, "ours", clock) as room:
            _fail_now_and_then(server)
            for number in range(ITEMS):
                room.publish(_item(number))
            for _ in range(100):
                await room.deliver()
                clock.forward(timedelta(minutes=5))
                if room.delivery(f"a{ITEMS - 1}").state == "done":
                    return

    asyncio.run(run())
    return server.texts("ours")


def _item(number: int) -> Article:
    edition = an_edition("en", f"a{number}", url=f"https://news.example.org/item-{number}.html")
    return an_article(f"a{number}", editions=[edition])


def _their_bad_day(server: Server) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        items = "".join(
            f"<item><title>Item {number}</title><link>https://news.example.org/item-{number}.html</link>"
            f"<guid>https://news.example.org/item-{number}.html</guid></item>"
            for number in reversed(range(ITEMS))
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        (place / "feed.xml").write_text(feed)
        (place / "user").write_text("sandbox-peer\n")
        (place / "client").write_text(f"client\nsecret\n{server.url}/mastodon/main\n")
        config = CONFIG.format(folder=folder, url=f"{server.url}/mastodon/main")
        (place / "feed2toot.ini").write_text(config)
        _fail_now_and_then(server)
        start = "from feed2toot.main import Main; Main()"
        for _ in range(RUNS):
            # It stops at the first failure; cron starts it again.
            given = ["-c", str(place / "feed2toot.ini"), "-l", str(ITEMS)]
            subprocess.run([sys.executable, "-c", start, *given], check=False, capture_output=True, timeout=120)
            (place / "lock").unlink(missing_ok=True)
    return server.texts("peer")
