"""What a Telegram message costs the processor: through the plugin, plain python-telegram-bot, and bare aiohttp.

All three send the same message to the same server, which is a process of its own, so many at a time.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
from bot_api import bot_api
from figures import Figure
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
from telegram.request import HTTPXRequest

from newswire.testing import RehearsalServices, a_story
from newswire_telegram.kind import TelegramType
from newswire_telegram.message import wire_entities

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

MESSAGES, ROUNDS = 600, 3
CONCURRENCY = (1, 32)
TOKEN = "123456:AAH-a-token-for-the-bench"
URL = "https://news.example.org/en/article"
NAME = "CPU a Telegram message, {} at a time"

Send = "Callable[[int], Awaitable[object]]"


def figures() -> Iterator[Figure]:
    """Microseconds a message, ours beside each of the two."""
    with bot_api() as url:
        for concurrency in CONCURRENCY:
            ours, plain, bare = (asyncio.run(_measured(way, url, concurrency)) for way in (_ours, _plain, _bare))
            name = NAME.format(concurrency)
            yield Figure(name, "µs", ours, plain, "python-telegram-bot on httpx", "lower")
            yield Figure(name, "µs", ours, bare, "aiohttp, nothing else", "lower")


async def _measured(way: Callable[[str], Any], url: str, concurrency: int) -> float:
    """The best of some rounds: the machine has other things to do, too."""
    async with way(url) as send:
        await _all(send, concurrency, 50)
        best = float("inf")
        for _ in range(ROUNDS):
            begun = time.process_time()
            await _all(send, concurrency, MESSAGES)
            best = min(best, time.process_time() - begun)
    return round(best / MESSAGES * 1e6)


async def _all(send: Callable[[], Awaitable[object]], concurrency: int, number: int) -> None:
    numbers = iter(range(number))

    async def some() -> None:
        for _ in numbers:
            await send()

    await asyncio.gather(*(some() for _ in range(concurrency)))


class _Way:
    """A way to send; gives what sends one message."""

    def __init__(self, url: str) -> None:
        self.url = url
        options: Any = {"chat": -1001234567890, "buttons": ["read"]}
        kind = TelegramType()
        seconds = itertools.count()
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        # An hour passes between two messages: what the governor costs is measured, and it never says no.
        services: Any = RehearsalServices(clock=lambda: begin + timedelta(hours=next(seconds)))
        account = kind.account_options.model_validate({"token": TOKEN, "api_url": url})
        self.account = kind.connect("bench", account, services)
        self.channel = kind.open(self.account, kind.channel_options.model_validate(options))
        self.post = self.channel.compose(a_story(url=URL))

    async def __aexit__(self, *_: object) -> None:
        await self.account.aclose()


class _ours(_Way):  # noqa: N801  # it is used as a function
    async def __aenter__(self) -> Any:
        return lambda: self.channel.post(self.post, key="k")


class _plain(_Way):  # noqa: N801
    async def __aenter__(self) -> Any:
        request = HTTPXRequest(connection_pool_size=256, httpx_kwargs={"trust_env": False})
        self.bot = Bot(TOKEN, base_url=f"{self.url}/bot", request=request)
        preview: Any = self.post.details["preview"]
        rows: Any = self.post.details["buttons"]
        return lambda: self.bot.send_message(
            -1001234567890,
            self.post.text,
            entities=[MessageEntity(**one) for one in wire_entities(self.post.text, self.post.entities)],
            link_preview_options=LinkPreviewOptions(**preview),
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton(**one) for one in row] for row in rows]),
        )

    async def __aexit__(self, *_: object) -> None:
        await self.bot.request.shutdown()
        await super().__aexit__()


class _bare(_Way):  # noqa: N801
    async def __aenter__(self) -> Any:
        self.session = aiohttp.ClientSession()
        body = {
            "chat_id": -1001234567890,
            "text": self.post.text,
            "entities": wire_entities(self.post.text, self.post.entities),
            "link_preview_options": self.post.details["preview"],
            "reply_markup": {"inline_keyboard": self.post.details["buttons"]},
        }

        async def send() -> Any:
            headers = {"Content-Type": "application/json"}
            address = f"{self.url}/bot{TOKEN}/sendMessage"
            async with self.session.post(address, data=orjson.dumps(body), headers=headers) as response:
                return orjson.loads(await response.read())["result"]

        return send

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await super().__aexit__()
