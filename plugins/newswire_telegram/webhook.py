"""Where Telegram brings a bot's updates, when they are not asked for: an address of the web app.

The web app may be another process than the one that holds the account's lane, so what comes is put into the plugin's
store and dealt with there. Who brings it must know the secret (Bot API, setWebhook: "a header
X-Telegram-Bot-Api-Secret-Token in every webhook request"); the store knows its digest only.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import orjson

from newswire.api import HttpApp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import AsgiApp, Message, Scope, Services, State

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

PATH = "/telegram/"
STATE = "telegram"
LARGEST = 1024 * 1024
"""Bytes of an update; none that is asked for is larger."""
FULLEST = 1000
"""Updates of a bot that wait to be dealt with; Telegram brings what is refused again later."""


def secret_of(token: str) -> str:
    """The secret of a bot's webhook: made from its token, so that every process of a fleet has the same one."""
    return hmac.new(token.encode(), b"newswire webhook", hashlib.sha256).hexdigest()


class Inbox:
    """The updates of a bot that came and are not dealt with yet. Its methods are blocking.

    Args:
        state: the plugin's store.
        account: the bot's name in the config.
    """

    def __init__(self, state: State, account: str) -> None:
        self._state = state
        self._account = account

    @property
    def path(self) -> str:
        """Its address in the web app."""
        return f"{PATH}{self._account}"

    @property
    def _place(self) -> str:
        return f"update/{self._account}/"

    def open(self, secret: str) -> None:
        """Lets those in who know the secret."""
        self._state.set(f"webhook/{self._account}", _digest(secret.encode()))

    def knows(self, secret: bytes) -> bool:
        """Whether somebody knows the secret; compared in constant time."""
        digest = self._state.get(f"webhook/{self._account}")
        return isinstance(digest, str) and hmac.compare_digest(digest, _digest(secret))

    def put(self, body: Any) -> bool:
        """Takes an update in; False when there is no room. One that came before is taken in once."""
        waiting = self.received()
        if len(waiting) >= FULLEST:
            return False
        self._state.set(f"{self._place}{body['update_id']:020}", body)
        return True

    def received(self) -> list[tuple[str, Any]]:
        """What came, in order, each with its key."""
        return sorted((key, body) for key, body in self._state.all().items() if key.startswith(self._place))

    def remove(self, key: str) -> None:
        """Drops what was dealt with."""
        self._state.set(key, None)


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


class TelegramWebhooks(HttpApp):
    """The addresses ``/telegram/ACCOUNT``."""

    paths = (PATH,)

    def open(self, services: Services) -> AsgiApp:
        """Makes the application."""
        state = services.state(STATE)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await _answer(send, await _received(state, scope, receive))

        return app


async def _received(state: State, scope: Scope, receive: Receive) -> int:
    inbox = Inbox(state, str(scope["path"]).removeprefix(PATH))
    secret = dict(scope["headers"]).get(b"x-telegram-bot-api-secret-token", b"")
    if scope["method"] != "POST":
        return 405
    if not await asyncio.to_thread(inbox.knows, secret):
        return 403  # whether there is such a bot is nobody's business
    body = await _body(receive)
    if body is None:
        return 413
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        return 400
    if not isinstance(update, dict) or type(update.get("update_id")) is not int or update["update_id"] < 0:
        return 400
    return 200 if await asyncio.to_thread(inbox.put, update) else 503


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
