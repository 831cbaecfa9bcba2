"""The addresses hubs call: they ask whether we want a subscription, and they bring news."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import zlib
from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from newswire.api import HttpApp
from newswire_upstream.state import MARKS
from newswire_upstream.websub.subscription import CONFIRMED, LEASE, PATH, SUBSCRIPTIONS, read_subscription

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import AsgiApp, Message, Scope, Services
    from newswire_upstream.websub.subscription import Subscription

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

LARGEST = 5_000_000
"""Bytes of a notification; of a larger one only the news counts that there is some: the feed is polled."""
_LONGEST_TOKEN = 100
_METHODS = {"sha1", "sha256", "sha384", "sha512"}


class Callbacks(HttpApp):
    """The addresses ``/upstream/TOKEN``."""

    paths = (PATH,)

    def open(self, services: Services) -> AsgiApp:
        """Makes the application."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            token = str(scope["path"]).removeprefix(PATH)
            known = await asyncio.to_thread(_subscription, services, token)
            if scope["method"] in {"GET", "HEAD"}:
                status, words = await asyncio.to_thread(_verify, services, token, known, scope["query_string"])
            elif scope["method"] == "POST":
                status, words = await _take(services, known, scope, receive)
            else:
                status, words = 405, "GET verifies, POST brings news"
            await _answer(send, status, words)

        return app


def _subscription(services: Services, token: str) -> Subscription | None:
    if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
        return None
    return read_subscription(services.state(SUBSCRIPTIONS).get(token))


def _verify(services: Services, token: str, known: Subscription | None, query: bytes) -> tuple[int, str]:
    """Confirms what we asked for, and nothing else (section 5.3.1). Blocking."""
    fields = {name: values[0] for name, values in parse_qs(query.decode("latin-1")).items()}
    if known is None or fields.get("hub.topic") != known.topic:
        return 404, "nobody here wants this"
    confirmed = services.state(CONFIRMED)
    if fields.get("hub.mode") == "denied":
        confirmed.set(token, None)
        return 200, ""
    challenge = fields.get("hub.challenge")
    if fields.get("hub.mode") != "subscribe" or not challenge:
        return 404, "nobody here wants this"
    seconds = fields.get("hub.lease_seconds", "")
    granted = timedelta(seconds=int(seconds)) if seconds.isdigit() and len(seconds) < 9 else LEASE  # noqa: PLR2004  # some years
    confirmed.set(token, {"until": (services.clock() + granted).isoformat()})
    return 200, challenge


async def _take(services: Services, known: Subscription | None, scope: Scope, receive: Receive) -> tuple[int, str]:
    """Takes news, if it is the hub's that we asked (section 7.1); what it says otherwise is not looked at."""
    if known is None:
        return 410, "nobody here wants this any more"
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = await _body(receive)
    if body is None:
        await asyncio.to_thread(_mark, services, known, None, "")
    elif _signed(headers.get("x-hub-signature", ""), known.secret, body):
        await asyncio.to_thread(_mark, services, known, body, headers.get("content-type", ""))
    return 202, ""


def _signed(header: str, secret: str, body: bytes) -> bool:
    method, _, signature = header.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    return hmac.compare_digest(hmac.digest(secret.encode(), body, method.lower()).hex(), signature.strip().lower())


def _mark(services: Services, known: Subscription, body: bytes | None, content_type: str) -> None:
    mark = {"at": services.clock().isoformat()}
    if body:
        packed = b64encode(zlib.compress(body)).decode("ascii")
        mark |= {"body": packed, "type": content_type[:200], "topic": known.topic}
    services.state(MARKS).set(f"{known.feed} {secrets.token_hex(8)}", mark)


async def _body(receive: Receive) -> bytes | None:
    """What was sent; None where it is too much."""
    parts, size = [], 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > LARGEST:
            return None
    return b"".join(parts)


async def _answer(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
