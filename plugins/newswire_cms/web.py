"""The addresses ``/cms/INTAKE``: payloads are taken in here, and kept until the intake deals with them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson

from newswire.api import HttpApp
from newswire_cms.inbox import STATE, Inbox
from newswire_cms.options import CmsOptions
from newswire_cms.proof import proven

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import AsgiApp, Message, Scope, Services

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

PATH = "/cms/"
LARGEST = 4 * 1024 * 1024
"""Bytes of a payload: the longest article there may be, as HTML in JSON, and the one it was before."""


class CmsDesk(HttpApp):
    """Takes payloads in."""

    paths = (PATH,)

    def open(self, services: Services) -> AsgiApp:
        """Makes the application."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            status, words = await _received(services, scope, receive)
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
            headers += [(b"allow", b"POST")] if status == 405 else []  # noqa: PLR2004  # RFC 9110 section 15.5.6
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": f"{words}\n".encode()})

        return app


async def _received(services: Services, scope: Scope, receive: Receive) -> tuple[int, str]:
    name = str(scope["path"]).removeprefix(PATH)
    if scope["method"] != "POST":
        return 405, "send the payload by POST"
    body = await _body(receive)
    if body is None:
        return 413, f"a payload has at most {LARGEST} bytes"
    options = services.intakes(CmsOptions).get(name)
    given = dict(scope["headers"]).get(options.read_mapping.proof.header_name, b"") if options else b""
    if options is None or not proven(
        options.read_mapping.proof, options.secret.get_secret_value(), given, body, services.clock()
    ):
        return 403, "there is no such intake, or the secret is wrong"  # which of both is nobody's business
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return 400, "the payload is no JSON"
    if not isinstance(payload, dict):
        return 400, "the payload is no JSON object"
    kept = await asyncio.to_thread(Inbox(services.state(STATE), name).put, payload, services.clock())
    return (202, "kept") if kept else (503, "too much waits; send it again later")


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(body)
