"""One chat of a bot, as the room sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import Abilities, Channel
from newswire_telegram import formatter, notices, receipts
from newswire_telegram.appearance import appearance
from newswire_telegram.checking import check_chat
from newswire_telegram.probing import Probe
from newswire_telegram.transmitter import Transmitter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from newswire.api import Appearance, Finding, Notice, Post, Receipt, Story
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions


class TelegramChannel(Channel):
    """A Telegram channel, group, or topic of a forum.

    Args:
        account: the bot.
        options: the chat and how it is to be written to.
    """

    # The Bot API has no idempotency key, and a bot cannot read what it wrote (but see ProbingTelegramChannel).
    abilities = Abilities(edits=True, deletes=True, finds=False, same_key=None)

    def __init__(self, account: TelegramAccount, options: TelegramChannelOptions) -> None:
        self._account = account
        self._options = options
        self._transmitter = Transmitter(account, options)
        account.channels.add(self)

    @property
    def chat(self) -> int | str:
        """The chat: its id, or its public name with ``@``."""
        return self._options.chat

    def compose(self, story: Story) -> Post:
        """The post of a story, in the chat's style."""
        return formatter.compose(story, self._options)

    def appearances(self, post: Post) -> Sequence[Appearance]:
        """The message of a post, as apps show it."""
        return (appearance(post, self._options),)

    def compose_notice(self, notice: Notice) -> Post:
        """The post of what newswire has to tell its admin."""
        return notices.compose(notice)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a message; the key is of no use here.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """
        del key
        return await self._transmitter.post(post)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replaces what a message says, in the chat it went to.

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
        return receipts.receipt_for(remote_id, self._options.chat, at)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the bot sees the chat and may write there."""
        return await check_chat(self._account, self._options)


class ProbingTelegramChannel(TelegramChannel):
    """A channel whose posts in doubt are looked for.

    Args:
        account: the bot.
        options: the chat and how it is to be written to.
        probe: the chat that messages are forwarded to, to look at them.
    """

    abilities = Abilities(edits=True, deletes=True, finds=True, same_key=None)

    def __init__(self, account: TelegramAccount, options: TelegramChannelOptions, probe: int | str) -> None:
        super().__init__(account, options)
        self._probe = Probe(account, options, probe)

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        """Looks for a post in doubt among the messages after the last that is known.

        Raises:
            Outcome: it could not be looked for.
        """
        return await self._probe.find(post, taken)
