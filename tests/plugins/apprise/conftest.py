"""A service that Apprise knows: its ``json://``, spoken to a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import encode_basic_auth, web

from newswire.testing import Platform
from newswire_apprise.plugin import AppriseType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

PASSWORD, TOKEN = "pass-of-the-newsroom", "t0ken-in-the-path"


@dataclass
class Fault:
    """What the next request meets."""

    status: int = 200
    cut: bool = False
    hang: float = 0
    taken: bool = False
    headers: Mapping[str, str] | None = None


class Board(Platform):
    """Shows what is sent to it; takes it from whoever has the password."""

    type = AppriseType()
    loggers = ("aiohttp",)

    def __init__(self) -> None:
        super().__init__()
        self.host = ""
        self.posts: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        """Of every request the path, the headers in lower case, and the document."""
        self.faults: list[Fault] = []
        self.options: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"json://news:{PASSWORD}@{self.host}/{TOKEN}"

    @property
    def secrets(self) -> Sequence[str]:  # type: ignore[override]  # the port is known only when it serves
        return (self.url, PASSWORD, TOKEN)

    @property
    def account(self) -> Mapping[str, Any]:
        return {"url": self.url, "read_timeout": 4} | self.options

    def shown(self) -> Sequence[str]:
        return [f"{post['title']}\n{post['message']}" for post in self.posts]

    def strike(self, **fault: Any) -> None:
        self.faults.append(Fault(**fault))

    def heal(self) -> None:
        self.faults.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        document = await request.json()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.path, headers, document))
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.taken:
            if "authorization" in headers:
                assert headers["authorization"] == encode_basic_auth("news", PASSWORD)
            self.posts.append(document)
        if fault is None:
            return web.json_response({"id": "x"})
        await asyncio.sleep(fault.hang)
        if fault.cut:
            assert request.transport
            request.transport.close()
        return web.Response(status=fault.status, headers=fault.headers, text="so it is")

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Board]:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.host = "{}:{}".format(*runner.addresses[0][:2])
        try:
            yield self
        finally:
            await runner.cleanup()


@pytest.fixture
def new_board() -> type[Board]:
    """For a test that makes its own."""
    return Board


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    """A service that runs."""
    async with Board().serving() as running:
        yield running
