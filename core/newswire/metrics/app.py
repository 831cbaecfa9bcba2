"""``/metrics``: for those that have a token with the scope ``metrics``, or reach an address that is theirs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

from newswire.errors import StoreError
from newswire.extension import HttpApp
from newswire.http_api.problems import Problem
from newswire.metrics.exposition import MEDIA_TYPES, accepted, write
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from starlette.types import Receive, Send

    from newswire.extension import AsgiApp, Scope
    from newswire.http_api.gate import Gate
    from newswire.metrics.meter import Meter
    from newswire.services import Services
    from newswire.store import Store


class MetricsApp(HttpApp):
    """The address that metrics are read at.

    Args:
        meter: reads them.
        store: gives the thread that reads.
        gate: who may come in; None: everybody who reaches the address.
    """

    paths: ClassVar[tuple[str, ...]] = ("/metrics",)

    def __init__(self, meter: Meter, store: Store, gate: Gate | None) -> None:
        self._meter = meter
        self._store = store
        self._gate = gate

    def open(self, services: Services) -> AsgiApp:
        """Makes the application; what it needs it has already."""
        del services
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI 3 application."""
        response = await self._respond(scope["method"], Headers(scope=scope))
        response.headers["Cache-Control"] = "no-store"
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _respond(self, method: str, headers: Headers) -> Response:
        if method not in {"GET", "HEAD"}:
            return PlainTextResponse("this address knows GET and HEAD\n", 405, {"Allow": "GET, HEAD"})
        try:
            if self._gate is not None:
                await self._gate.admit(headers.get("authorization"), TokenScope.METRICS)
            metrics = await self._store.look(self._meter.read)
        except Problem as problem:
            return PlainTextResponse(f"{problem.detail}\n", problem.kind.status, problem.headers)
        except StoreError:
            return PlainTextResponse("the store does not answer; the log tells more\n", 503)
        form = accepted(headers.get("accept", ""))
        return Response(write(metrics, form), headers={"Content-Type": MEDIA_TYPES[form]})
