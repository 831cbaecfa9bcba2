"""One chat of a bot, as the room sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import Abilities, Channel
from newswire_telegram import formatter, transmitter
from newswire_telegram.checking import check_chat
from newswire_telegram.transmitter import Transmitter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newswire.api import Finding, Post, Receipt, Story
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions


class TelegramChannel(Channel):
    """A Telegram channel, group, or topic of a forum.

    Args:
        account: the bot.
        options: the chat and how it is to be written to.
    """

    # The Bot API has no idempotency key, and a bot cannot read what it wrote.
    abilities = Abilities(edits=True, deletes=True, finds=False, same_key=None)

    def __init__(self, account: TelegramAccount, options: TelegramChannelOptions) -> None:
        self._account = account
        self._options = options
        self._transmitter = Transmitter(account, options)

    def compose(self, story: Story) -> Post:
        """The post of a story, in the chat's style."""
        return formatter.compose(story, self._options)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a message; the key is of no use here.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """
        del key
        return await self._transmitter.post(post)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replaces a message's text, in the chat it went to.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        return await self._transmitter.edit(receipt, post)

    async def delete(self, receipt: Receipt) -> None:
        """Deletes a message from the chat it went to.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        await self._transmitter.delete(receipt)

    def receipt_for(self, remote_id: str, at: datetime) -> Receipt:
        """The receipt of a message by its number, or by the link that Telegram copies (``https://t.me/name/123``).

        Raises:
            ValueError: it is neither.
        """
        return transmitter.receipt_for(remote_id, self._options.chat, at)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the bot sees the chat and may write there."""
        return await check_chat(self._account, self._options)
