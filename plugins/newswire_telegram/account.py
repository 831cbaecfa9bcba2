"""A bot, connected: the one place that asks Telegram something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from telegram import Bot

from newswire.api import (
    Account,
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    Finding,
    Outcome,
    PostGone,
    Rejected,
    Retry,
)
from newswire_telegram.checking import check_bot
from newswire_telegram.governor import Governor
from newswire_telegram.membership import Place
from newswire_telegram.outcomes import outcome
from newswire_telegram.request import AiohttpRequest
from newswire_telegram.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta

    from telegram import Message

    from newswire.api import Services, State, Suspend
    from newswire_telegram.channel import TelegramChannel
    from newswire_telegram.options import TelegramAccountOptions
    from newswire_telegram.outcomes import Purpose

ResultT = TypeVar("ResultT")

STATE = "telegram"
"""The name under which the plugin keeps things."""
SAVING = 1.0
"""Seconds between two looks whether the governor has something to keep."""
_NOTHING_SENT = (Rejected, PostGone, ChannelGone, ChannelMoved, AccountRefused)


class TelegramAccount(Account):
    """A bot; all its chats share one session and one governor.

    Args:
        name: the account's name in the config.
        options: the bot's token, where the Bot API is, its limits.
        services: the time, and a place to keep things.
    """

    def __init__(self, name: str, options: TelegramAccountOptions, services: Services) -> None:
        self.name = name
        self.options = options
        self.services = services
        self._request = AiohttpRequest(
            options.token.get_secret_value(),
            connect_timeout=options.connect_timeout,
            read_timeout=options.read_timeout,
            proxy_from_environment=options.proxy_from_environment,
        )
        # The second request is for getUpdates; without one python-telegram-bot would make an httpx client for it.
        self._bot = Bot(
            self._request.stand_in,
            base_url=f"{options.api_url}/bot",
            base_file_url=f"{options.api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._clock = services.clock
        self.channels: WeakSet[TelegramChannel] = WeakSet()
        """The open channels; one whose chat has moved is opened anew, and the old one goes."""
        self.governor = Governor(per_second=options.per_second, per_minute=options.per_minute)

    async def ask(
        self,
        purpose: Purpose,
        chat: int | str | None,
        question: Callable[[Bot], Awaitable[ResultT]],
    ) -> ResultT:
        """Has the bot do something.

        Args:
            purpose: what it is for. Posts and edits are counted by the governor.
            chat: the chat it is about, if it is about one.
            question: calls one method of the bot.

        Raises:
            Outcome: it was not, or perhaps not, done.
            AlreadySo: there was nothing to do.
        """
        governed = chat if purpose in {"post", "edit"} else None
        if governed is not None:
            self.governor.admit(governed, self._clock(), bulk=purpose == "edit")
        try:
            return await question(self._bot)
        except Outcome as refused:
            verdict: Exception = refused
        except Exception as error:  # noqa: BLE001  # an answer that python-telegram-bot cannot read ends in any error
            verdict = outcome(error, purpose, lambda words, after: self._flooded(chat, words, after))
        if governed is not None and isinstance(verdict, _NOTHING_SENT):
            self.governor.give_back(governed)
        # Raised out here: an error that holds no other can show nothing of the address, which holds the token.
        raise verdict

    def _flooded(self, chat: int | str | None, words: str, after: timedelta) -> Outcome:
        if chat is None:
            return Retry(words, after=after)
        return self.governor.refused(chat, words, after, self._clock())

    def saw(self, message: Message) -> None:
        """Notes a message that is there."""
        self.governor.seen(message.chat.id, message.chat.username, message.message_id)

    async def start(self) -> None:
        """Takes over what the governor of the process before knew of the limits."""
        self.governor.restore(await asyncio.to_thread(self.state.get, self._governor_key))

    async def attend(self, suspend: Suspend) -> None:
        """Keeps what the governor knows, and hears what becomes of the bot in its chats."""
        await self.start()  # another process may have had the lane
        updates = Updates(self, suspend)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_governor())
                group.create_task(updates.attend())
        finally:
            await self._keep(closed=True)

    async def _keep_governor(self) -> None:
        await self._keep(closed=False)
        while True:
            await asyncio.sleep(SAVING)
            if self.governor.changed:
                await self._keep(closed=False)

    async def _keep(self, *, closed: bool) -> None:
        kept = self.governor.kept(self._clock(), closed=closed)
        writing = asyncio.create_task(asyncio.to_thread(self.state.set, self._governor_key, kept))
        try:
            await asyncio.shield(writing)
        finally:
            # A thread cannot be called back: what is written next must not be overtaken by it.
            await asyncio.wait({writing})

    @property
    def state(self) -> State:
        """Where the plugin keeps things. Blocking."""
        return self.services.state(STATE)

    def channels_of(self, chat: int, name: str | None) -> list[TelegramChannel]:
        """The open channels that write to a chat, by its id or its public name."""
        wanted = {chat, f"@{name}".casefold()}
        return [
            channel
            for channel in self.channels
            if (channel.chat.casefold() if isinstance(channel.chat, str) else channel.chat) in wanted
        ]

    def keep_place(self, place: Place) -> None:
        """Remembers a chat the bot was added to, until it is removed there. Blocking."""
        self.state.set(f"place/{self.name}/{place.chat}", None if place.hindrance else place.as_json())

    def places(self) -> list[Place]:
        """The chats the bot was added to, as far as it heard. Blocking."""
        prefix = f"place/{self.name}/"
        kept = self.state.all()
        return [Place(**told) for key, told in kept.items() if key.startswith(prefix) and isinstance(told, dict)]

    @property
    def _governor_key(self) -> str:
        return f"governor/{self.name}"

    async def check(self) -> Sequence[Finding]:
        """Asks who the bot is, and tells of chats it was added to."""
        return await check_bot(self)

    async def number(self) -> int:
        """The bot's own user id.

        Raises:
            Outcome: Telegram does not say.
        """
        return (await self.ask("look", None, lambda bot: bot.get_me())).id

    async def aclose(self) -> None:
        """Closes the session."""
        await self._request.shutdown()
