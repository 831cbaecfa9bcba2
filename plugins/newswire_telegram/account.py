"""A bot, connected: the one place that asks Telegram something."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from telegram import Bot

from newswire.api import Account, Finding, Outcome
from newswire_telegram.flood import FloodWatch
from newswire_telegram.outcomes import outcome
from newswire_telegram.request import AiohttpRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from newswire_telegram.options import TelegramAccountOptions
    from newswire_telegram.outcomes import Purpose

ResultT = TypeVar("ResultT")


class TelegramAccount(Account):
    """A bot; all its chats share one session and one memory of refusals.

    Args:
        options: the bot's token and where the Bot API is.
        clock: tells the time, in UTC.
    """

    def __init__(self, options: TelegramAccountOptions, clock: Callable[[], datetime]) -> None:
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
        self._clock = clock
        self._flood = FloodWatch()

    async def ask(self, purpose: Purpose, chat: int | str, question: Callable[[Bot], Awaitable[ResultT]]) -> ResultT:
        """Has the bot do something about a chat.

        Args:
            purpose: what it is for.
            chat: the chat.
            question: calls one method of the bot.

        Raises:
            Outcome: it was not, or perhaps not, done.
            AlreadySo: there was nothing to do.
        """
        try:
            return await question(self._bot)
        except Exception as error:  # noqa: BLE001  # an answer that python-telegram-bot cannot read ends in any error
            verdict = outcome(error, purpose, chat=chat, flood=self._flood, now=self._clock())
        # Raised out here: an error that holds no other can show nothing of the address, which holds the token.
        raise verdict

    async def check(self) -> Sequence[Finding]:
        """Asks who the bot is."""
        try:
            user = await self.ask("look", 0, lambda bot: bot.get_me())
        except Outcome as refusal:
            return [Finding("error", f"the bot is refused: {refusal}")]
        return [Finding("ok", f"the bot is @{user.username}")]

    async def number(self) -> int:
        """The bot's own user id.

        Raises:
            Outcome: Telegram does not say.
        """
        return (await self.ask("look", 0, lambda bot: bot.get_me())).id

    async def aclose(self) -> None:
        """Closes the session."""
        await self._request.shutdown()
