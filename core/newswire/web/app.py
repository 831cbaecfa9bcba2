"""The web app: one dictionary look-up, or the longest prefix, leads to the application that answers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import orjson

from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from newswire.extension import AsgiApp, HttpApp, Message, Scope
    from newswire.services import Services

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

log = get_logger(__name__)


class WebApp:
    """Leads requests to the applications of plugins; one that fails answers 500 and stops no other.

    Args:
        apps: the plugins' addresses.
        services: what plugins are offered.
        ready: tells whether the room can do its work, with the reason when it cannot.
    """

    def __init__(self, apps: Iterable[HttpApp], services: Services, ready: Callable[[], Awaitable[str | None]]) -> None:
        self._ready = ready
        self._exact: dict[str, AsgiApp] = {"/healthz": _healthy, "/readyz": self._readiness}
        self._prefixes: dict[str, AsgiApp] = {}
        for app in apps:
            opened = app.open(services)
            for path in app.paths:
                target = self._prefixes if path.endswith("/") and path != "/" else self._exact
                target.setdefault(path, opened)
        self._longest_first = sorted(self._prefixes, key=len, reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI 3 application."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path = scope["path"]
        try:
            await (self._exact.get(path) or self._find(path))(scope, receive, send)
        except Exception:
            log.exception("a request failed", path=path)
            # To watch every message for whether the answer had begun would cost each request what finding its
            # application costs. The server knows, and takes no second beginning: it cuts the connection instead.
            with contextlib.suppress(RuntimeError):
                await _answer(send, 500, {"error": "this request failed; the log tells why"})

    def _find(self, path: str) -> AsgiApp:
        for prefix in self._longest_first:
            if path.startswith(prefix):
                return self._prefixes[prefix]
        return _missing

    async def _readiness(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        reason = await self._ready()
        await _answer(send, 503 if reason else 200, {"ready": reason is None, "reason": reason})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _healthy(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await _answer(send, 200, {"alive": True})


async def _missing(scope: Scope, receive: Receive, send: Send) -> None:
    del receive
    await _answer(send, 404, {"error": f"there is nothing at {scope['path']}", "try": "/"})


async def _answer(send: Send, status: int, document: Mapping[str, object]) -> None:
    body = orjson.dumps(document)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
