"""A wire room that is served on a real port, subscribers and hubs of others that know nothing of newswire."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import httpx
import pytest
from aiohttp import web

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.model import Article
from newswire.room import Room
from newswire_feeds.websub.follower import WebSubFollower
from newswire_feeds.websub.pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de"]
tag_authority = "news.example,2026"

[http]
bind = "127.0.0.1:{port}"

[logging]
level = "warning"

[topics]
science = {{}}
policy = {{}}

[feeds]
check_every = 0
{options}
"""
LOOPBACK = 'hub_networks = ["127.0.0.0/8"]'
FAST = Pace(first_wait=0.05, longest_wait=0.2, timeout=2.0, look=0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(reached: Callable[[], Any], complaint: str = "it did not happen", seconds: float = 60.0) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not reached():
        assert asyncio.get_running_loop().time() < end, complaint
        await asyncio.sleep(0.01)


def article(key: str, *languages: str, body: str = "A body.", **changes: Any) -> Article:
    editions = [
        {
            "language": language,
            "title": f"Title of {key} ({language})",
            "body": body,
            "url": f"https://news.example/{language}/{key}",
        }
        for language in languages or ("en",)
    ]
    plain = {"id": key, "original_language": editions[0]["language"], "editions": editions, "topics": ["science"]}
    return Article.model_validate(plain | changes)


@dataclass
class Delivery:
    """A content distribution request."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def ids(self) -> list[str]:
        if self.headers["content-type"].startswith("application/feed+json"):
            return [item["id"] for item in json.loads(self.body)["items"]]
        return [entry.id for entry in feedparser.parse(self.body).entries]

    def signed_by(self, secret: str) -> bool:
        """Verifies the signature as WebSub section 7.1.2 tells subscribers to."""
        method, _, signature = self.headers["x-hub-signature"].partition("=")
        wanted = hmac.new(secret.encode(), self.body, getattr(hashlib, method)).hexdigest()
        return method == "sha256" and hmac.compare_digest(wanted, signature)


class Outside:
    """A web server of somebody else."""

    def __init__(self) -> None:
        self.port = free_port()
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    async def up(self) -> Self:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{rest:.*}", self.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self._stack.push_async_callback(runner.cleanup)
        return self

    async def down(self) -> None:
        await self._stack.aclose()


class Subscriber(Outside):
    """Subscribes, confirms, and takes what it is sent; independent of newswire."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = []
        """The queries of every GET."""
        self.confirms = True
        self.challenge_suffix = ""
        self.get_status = 200
        self.got: list[Delivery] = []
        self.statuses: list[int] = []
        """How to answer the next deliveries; then 204."""
        self.hold: asyncio.Event | None = None
        self.where: str | None = None
        """Where a redirect leads."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return self._confirm(request)
        if self.hold is not None and request.path.startswith("/slow"):
            await self.hold.wait()
        status = self.statuses.pop(0) if self.statuses else 204
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append(Delivery(request.path_qs, headers, await request.read(), status))
        return web.Response(status=status, headers={"location": self.where} if self.where else None)

    def _confirm(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        if self.where:
            return web.Response(status=302, headers={"location": self.where})
        if not self.confirms:
            return web.Response(status=404)
        text = request.query.get("hub.challenge", "") + self.challenge_suffix
        return web.Response(status=self.get_status, text=text)

    @property
    def taken(self) -> list[Delivery]:
        """What it did not refuse."""
        return [delivery for delivery in self.got if delivery.answered < 300]


class OtherHub(Outside):
    """A hub of somebody else, which notes what it is pinged for."""

    def __init__(self) -> None:
        super().__init__()
        self.pings: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.refuses: Callable[[str], int | None] = lambda _: None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        status = self.refuses(form["hub.url"])
        if status is not None:
            return web.Response(status=status)
        self.forms.append(form)
        self.pings.append(form["hub.url"])
        return web.Response(status=204)


@dataclass
class Clock:
    """The time, which can be set forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class House:
    """A wire room as a running process, in this one: served on a port, its follower at work."""

    def __init__(self, folder: Path, options: str, port: int, pace: Pace = FAST) -> None:
        self.path = folder / "config.toml"
        self.path.write_text(CONFIG.format(port=port, options=options), "utf-8")
        self.url = f"http://127.0.0.1:{port}"
        self.clock = Clock()
        self.stood_still = 0.0
        """Seconds for which the process was frozen, as far as its clock tells."""
        self.pace = pace
        self.room: Room | None = None
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> Room:
        """The room, with nothing of it running yet."""
        config = load_config(self.path)
        plugins = replace(config.plugins, followers=(WebSubFollower(self.pace, lambda: 0.5, self._ticks),))
        world = World(clock=self.clock, monotonic=lambda: 0.0, random=lambda: 0.5)
        self.room = Room(replace(config, plugins=plugins), world)
        self.room.prepare()
        return self.room

    def _ticks(self) -> float:
        return time.monotonic() + self.stood_still

    async def up(self, *, serve: bool = True, follow: bool = True) -> Self:
        room = self.open()
        self._stop = asyncio.Event()
        parts = []
        if serve:
            parts.append(room.serve(self._stop))
        if follow:
            parts.append(room.follow(self._stop))
        self._tasks = [asyncio.create_task(part) for part in parts]
        if serve:
            await self._answering()
        return self

    async def _answering(self) -> None:
        async with httpx.AsyncClient(verify=False) as client:
            for _ in range(500):
                try:
                    await client.get(f"{self.url}/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.01)
                else:
                    return

    async def down(self) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)
        self._tasks = []
        if self.room is not None:
            self.room.close()
            self.room = None

    def publish(self, *articles: Article) -> None:
        assert self.room is not None
        for each in articles:
            self.room.publisher.publish(each, intake="test")
        self.room.wake()

    def withdraw(self, key: str) -> None:
        assert self.room is not None
        self.room.publisher.withdraw(key)
        self.room.wake()

    def kept(self, name: str) -> dict[str, Any]:
        """What the plugin keeps under a name."""
        assert self.room is not None
        return dict(self.room.store.state(name).all())

    async def ask(self, form: dict[str, str] | bytes, **headers: str) -> httpx.Response:
        """Sends something to the hub."""
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        async with httpx.AsyncClient(verify=False) as client:
            if isinstance(form, bytes):
                return await client.post(f"{self.url}/feeds/hub", content=form, headers=sent)
            return await client.post(f"{self.url}/feeds/hub", data=form)

    async def subscribe(self, path: str, callback: str, mode: str = "subscribe", **more: str) -> httpx.Response:
        form = {"hub.mode": mode, "hub.topic": self.url + path, "hub.callback": callback}
        return await self.ask({**form, **{f"hub.{name}": value for name, value in more.items()}})

    async def poll(self, path: str) -> Delivery:
        """What a reader gets who polls."""
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.get(self.url + path)
        assert answer.status_code == 200
        return Delivery(path, dict(answer.headers), answer.content, 200)


@pytest.fixture
async def new_house(tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    """Makes rooms in the test's folder; keywords are those of `House`."""
    made: list[House] = []

    def make(options: str = f'hub = "builtin"\n{LOOPBACK}', **changes: Any) -> House:
        made.append(House(tmp_path, options, changes.pop("port", None) or free_port(), **changes))
        return made[-1]

    yield make
    for house in made:
        await house.down()


@pytest.fixture
async def house(new_house: Callable[..., House]) -> House:
    """A room with the hub of our own."""
    return await new_house().up()


@pytest.fixture
async def subscriber() -> AsyncIterator[Subscriber]:
    server = await Subscriber().up()
    yield server
    if server.hold:
        server.hold.set()
    await server.down()


@pytest.fixture
async def other_hub() -> AsyncIterator[OtherHub]:
    server = await OtherHub().up()
    yield server
    await server.down()


@pytest.fixture
def new_hub() -> Iterator[type[OtherHub]]:
    return OtherHub  # type: ignore[return-value]


@pytest.fixture(name="until")
def _until() -> Callable[..., Awaitable[None]]:
    return until


@pytest.fixture(name="article")
def _article() -> Callable[..., Article]:
    return article
