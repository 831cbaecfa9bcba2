"""A receiver of webhooks: a real HTTP server, as strict as the specification, with signatures checked by a library."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]  # jsonschema has no types
import orjson
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from newswire.testing import Platform, RehearsalClock
from newswire_webhook.payload import schema
from newswire_webhook.plugin import WebhookType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

SECRET = "whsec_bmV3c3dpcmUtc2VjcmV0LW9mLXRoZXNlLXRlc3Rz"
OLD_SECRET = "whsec_dGhlLXNlY3JldC1iZWZvcmUtb2YtdGhlc2UtdGVzdHM="
PATH = "/hooks/the-path-is-secret-too"


@dataclass
class Said:
    """A request that came, and was rightly signed."""

    id: str
    timestamp: int
    signatures: list[str]
    body: bytes
    headers: Mapping[str, str]

    @property
    def message(self) -> dict[str, Any]:
        """The document."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


@dataclass
class Fault:
    """What the next request meets."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = "so it is"
    cut: bool = False
    hang: float = 0
    taken: bool = False


class Receiver(Platform):
    """Keeps articles by what it is told; knows a message it has by its id, and drops it."""

    type = WebhookType()
    loggers = ("aiohttp",)

    def __init__(self) -> None:
        super().__init__()
        self.clock = RehearsalClock(datetime.now(UTC))
        self.url = ""
        self.keys = [SECRET]
        self.said: list[Said] = []
        """Every message that was taken, repeated ones as well."""
        self.seen: set[str] = set()
        self.articles: dict[str, dict[str, Any]] = {}
        self.refused: list[str] = []
        """What was wrong with messages: it must stay empty."""
        self.faults: list[Fault] = []
        self.options: dict[str, Any] = {}
        self.tolerance = 5.0
        """Seconds that a message may be old, by the receiver's clock."""
        self._validator = jsonschema.Draft202012Validator(schema())

    @property
    def secrets(self) -> Sequence[str]:  # type: ignore[override]  # the port is known only when it serves
        return (SECRET, OLD_SECRET, PATH, f"{self.url}{PATH}")

    @property
    def account(self) -> Mapping[str, Any]:
        allowed = ["127.0.0.0/8"]
        return {"url": f"{self.url}{PATH}", "secret": SECRET, "allow_networks": allowed, "timeout": 4} | self.options

    def shown(self) -> Sequence[str]:
        return ["\n".join((one["title"], one["summary"], one["url"])) for one in self.articles.values()]

    def strike(self, **fault: Any) -> None:
        self.faults.append(Fault(**fault))

    def heal(self) -> None:
        self.faults.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.taken:
            try:
                self._take(request, body)
            except (AssertionError, KeyError, ValueError, jsonschema.ValidationError) as error:
                self.refused.append(f"{type(error).__name__}: {error}")
                return web.Response(status=400, text="refused")
        if fault is None:
            return web.Response(status=204)
        await asyncio.sleep(fault.hang)
        if fault.cut:
            assert request.transport
            request.transport.close()
        return web.Response(status=fault.status or 200, headers=fault.headers, text=fault.text)

    def _take(self, request: web.Request, body: bytes) -> None:
        assert request.method == "POST"
        assert request.path == PATH
        assert request.content_type == "application/json"
        message_id, timestamp = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
        signatures = request.headers["webhook-signature"].split(" ")
        at = datetime.fromtimestamp(timestamp, UTC)
        wanted = [Webhook(key).sign(message_id, at, body.decode()) for key in self.keys]
        assert set(wanted) & set(signatures), "no signature fits"
        assert "." not in message_id
        assert abs(timestamp - self.clock.timestamp()) < self.tolerance
        said = Said(message_id, timestamp, signatures, body, dict(request.headers))
        self._validator.validate(said.message)
        self.said.append(said)
        if message_id in self.seen:
            return
        self.seen.add(message_id)
        data = said.message["data"]
        if said.message["type"] == "article.withdrawn":
            self.articles.pop(data["id"], None)
        else:
            self.articles[data["id"]] = data

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Receiver]:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        try:
            yield self
            assert self.refused == []
        finally:
            await runner.cleanup()


@pytest.fixture
def new_receiver() -> type[Receiver]:
    """For a test that makes its own."""
    return Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that runs."""
    async with Receiver().serving() as running:
        yield running
