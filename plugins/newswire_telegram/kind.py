"""The kind of channel: how its accounts are connected and its channels opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import ChannelType
from newswire_telegram.options import OFFICIAL_API, TelegramAccountOptions, TelegramChannelOptions

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel


class TelegramType(ChannelType[TelegramAccountOptions, TelegramChannelOptions, "TelegramAccount"]):
    """Chats of Telegram, written to by bots."""

    kind = "telegram"
    account_options = TelegramAccountOptions
    channel_options = TelegramChannelOptions

    def connect(self, name: str, options: TelegramAccountOptions, services: Services) -> TelegramAccount:
        """Makes the bot. It asks Telegram nothing yet."""
        from newswire_telegram.account import TelegramAccount  # noqa: PLC0415  # python-telegram-bot costs 170 ms

        return TelegramAccount(name, options, services)

    def open(self, account: TelegramAccount, options: TelegramChannelOptions) -> TelegramChannel:
        """Opens one chat of a bot."""
        from newswire_telegram.channel import ProbingTelegramChannel, TelegramChannel  # noqa: PLC0415  # the same library

        if options.probe is not None:
            return ProbingTelegramChannel(account, options, options.probe)
        return TelegramChannel(account, options)

    def follow_address(self, options: TelegramChannelOptions, account_options: TelegramAccountOptions) -> str | None:
        """The chat's public address: only a chat that is configured by its name has one that is known."""
        if account_options.api_url != OFFICIAL_API or isinstance(options.chat, int):
            return None
        return f"https://t.me/{options.chat.removeprefix('@')}"
