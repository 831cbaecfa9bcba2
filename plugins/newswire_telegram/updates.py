"""What Telegram tells a bot by itself: that it was added to a chat, or lost its rights there.

It comes by asking (``updates = "poll"``) or to an address of the web app (``updates = "webhook"``). Either way the
process that holds the account's lane deals with it, so that of a fleet one does. Nothing else is asked for: with
``updates = "off"`` another program may have the bot's updates.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram import Update

from newswire.api import Outcome
from newswire_telegram.membership import config_lines, place_of
from newswire_telegram.request import STAND_IN
from newswire_telegram.webhook import Inbox, secret_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Suspend
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.membership import Place

log = logging.getLogger(__name__)

WANTED = ("my_chat_member",)
"""The updates that are asked for."""
LONGEST = 50
"""Seconds one long poll may take, the most the Bot API grants."""
LOOKING = 2.0
"""Seconds between two looks into what came to the web app."""
PAUSE = 1.0
"""Seconds between two polls, when nothing came: no storm of them where a server does not wait."""
REST = 30.0
"""Seconds to wait after Telegram refused."""


class Updates:
    """Hears what becomes of a bot in its chats.

    Args:
        account: the bot.
        suspend: takes a channel out of service.
    """

    def __init__(self, account: TelegramAccount, suspend: Suspend) -> None:
        self._account = account
        self._suspend = suspend

    async def attend(self) -> None:
        """Deals with updates until it is cancelled; returns at once when none are wanted."""
        if self._account.options.updates == "poll":
            await self._poll()
        elif self._account.options.updates == "webhook":
            await self._read_inbox()

    async def _poll(self) -> None:
        wanted: dict[str, Any] = {"timeout": LONGEST, "allowed_updates": WANTED}
        while True:
            try:
                found = await self._account.ask("look", None, lambda bot: bot.get_updates(**wanted))
            except Outcome as refused:
                # 409: somebody else has the bot's updates, by polling or by a webhook.
                log.warning("no updates of the bot %r: %s", self._account.name, refused)
                await asyncio.sleep(REST)
                continue
            await self._deal_with(found)
            if found:
                wanted["offset"] = found[-1].update_id + 1  # this confirms them
            else:
                await asyncio.sleep(PAUSE)

    async def _read_inbox(self) -> None:
        account = self._account
        inbox = Inbox(account.state, account.name)
        address = f"{account.services.public_url}{inbox.path}"
        await asyncio.to_thread(inbox.open, secret_of(account.options.token.get_secret_value()))
        while True:
            try:
                await account.ask(
                    "look",
                    None,
                    lambda bot: bot.set_webhook(address, secret_token=STAND_IN, allowed_updates=WANTED),
                )
                break
            except Outcome as refused:
                log.warning("no webhook for the bot %r at %s: %s", account.name, address, refused)
                await asyncio.sleep(REST)
        while True:
            received = await asyncio.to_thread(inbox.received)
            for key, body in received:
                await self._deal_with([update] if (update := _read(body)) else [])
                await asyncio.to_thread(inbox.remove, key)
            await asyncio.sleep(LOOKING)

    async def _deal_with(self, updates: Sequence[Update]) -> None:
        for update in updates:
            try:
                if update.my_chat_member is not None:
                    await self._placed(place_of(update.my_chat_member))
            except Exception:  # one that cannot be dealt with must not come again for ever
                log.exception("an update of the bot %r could not be dealt with", self._account.name)

    async def _placed(self, place: Place) -> None:
        account = self._account
        channels = account.channels_of(place.chat, place.name)
        await asyncio.to_thread(account.keep_place, place)
        if place.hindrance is not None:
            for channel in channels:
                await self._suspend(channel, f"{place.told}: the bot {place.hindrance}")
            if not channels:
                log.info("the bot %r in %s: it %s", account.name, place.told, place.hindrance)
        elif channels:
            log.info(
                "the bot %r may write to %s; if its channel was suspended, 'newswire channels activate' lifts that",
                account.name,
                place.told,
            )
        else:
            lines = config_lines(place, account.name, account.services.site.default_language)
            log.warning("the bot %r was added to %s; to post there:\n%s", account.name, place.told, lines)


def _read(body: Any) -> Update | None:
    """An update that came to the web app; None when it is none (Telegram's own cannot fail to be read)."""
    try:
        return Update.de_json(body, None)
    except Exception as error:  # noqa: BLE001  # what python-telegram-bot raises for a body of another form is not told
        log.warning("an update cannot be read: %s", type(error).__name__)
        return None
