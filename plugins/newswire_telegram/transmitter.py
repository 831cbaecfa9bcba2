"""The transmitter: posts become messages of a chat, and messages change or go."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from telegram import Message

from newswire.api import ChannelMoved, PostGone, Rejected
from newswire_telegram.calls import changed_message, new_message
from newswire_telegram.fallback import kind_of, less, parts_of, parts_to_change
from newswire_telegram.outcomes import AlreadySo, OtherKind, PartRefused
from newswire_telegram.receipts import receipt_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot

    from newswire.api import Json, Post, Receipt
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.fallback import Parts
    from newswire_telegram.message import Kind
    from newswire_telegram.options import TelegramChannelOptions
    from newswire_telegram.outcomes import Purpose

ResultT = TypeVar("ResultT")
Refusals = dict[str, str]
"""What Telegram did not take, and its words."""


class Transmitter:
    """Writes to one chat.

    Args:
        account: the bot.
        options: the chat and how messages go there.
    """

    def __init__(self, account: TelegramAccount, options: TelegramChannelOptions) -> None:
        self._account = account
        self._options = options

    async def post(self, post: Post) -> Receipt:
        """Sends a message, with as much of the post as Telegram takes.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """
        chat, parts, left_out = self._options.chat, parts_of(post), Refusals()
        while True:
            call = new_message(post, parts, self._options)
            answer = await self._tried("post", chat, call)
            if isinstance(answer, Message):
                self._account.saw(answer)
                return receipt_of(answer, kind_of(parts), **_known(post, parts, left_out))
            parts = _reduced(parts, answer, kind_of(parts), left_out)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Lets a message say what a post says; one that says so already is left as it is.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        chat, number = self._place(receipt)
        kind: Kind = "photo" if receipt.details.get("kind") == "photo" else "text"
        shown, left_out = receipt.details.get("picture"), Refusals()
        parts, turned = parts_to_change(post, kind, shown), False
        while True:
            call = changed_message(post, parts, kind, chat, number)
            try:
                answer = await self._tried("edit", chat, call)
            except AlreadySo:
                return receipt
            except ChannelMoved as moved:
                self._left_behind(chat, moved)
                raise
            if isinstance(answer, OtherKind):
                if turned:
                    raise Rejected(str(answer))
                turned, kind = True, "text" if kind == "photo" else "photo"
                parts = parts_to_change(post, kind, shown)
            elif isinstance(answer, PartRefused):
                parts = _reduced(parts, answer, "rich" if "rich" in parts else kind, left_out)
            else:
                became: Kind = "photo" if kind == "photo" else kind_of(parts)
                known = _known(post, parts, left_out)
                if kind == "photo" and "picture" not in known and isinstance(shown, str):
                    known["picture"] = shown
                return receipt_of(answer, became, **known) if isinstance(answer, Message) else receipt

    async def delete(self, receipt: Receipt) -> None:
        """Deletes a message; one that is gone is well.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        chat, number = self._place(receipt)
        try:
            await self._account.ask("delete", chat, lambda bot: bot.delete_message(chat_id=chat, message_id=number))
        except AlreadySo:
            return
        except ChannelMoved as moved:
            self._left_behind(chat, moved)
            raise

    async def _tried(
        self, purpose: Purpose, chat: int | str, call: Callable[[Bot], Awaitable[ResultT]]
    ) -> ResultT | PartRefused | OtherKind:
        try:
            return await self._account.ask(purpose, chat, call)
        except (PartRefused, OtherKind) as refused:
            return refused

    def _place(self, receipt: Receipt) -> tuple[int | str, int]:
        chat = receipt.details.get("chat")
        return chat if isinstance(chat, int) else self._options.chat, int(receipt.remote_id)

    def _left_behind(self, chat: int | str, moved: ChannelMoved) -> None:
        """A group that became a supergroup keeps its old messages out of reach, and numbers anew.

        Raises:
            PostGone: the channel follows the move already, so it is the post that stayed behind.
        """
        if chat != self._options.chat:
            raise PostGone(str(moved))


def _reduced(parts: Parts, refused: PartRefused | OtherKind, kind: Kind, left_out: Refusals) -> Parts:
    """What is left to try.

    Raises:
        Rejected: nothing; Telegram does not take even the plain text.
    """
    rest = less(parts, getattr(refused, "parts", ()), kind)
    if rest is None:
        raise Rejected(str(refused))
    left_out |= dict.fromkeys(sorted(parts - rest), str(refused))
    return rest


def _known(post: Post, parts: Parts, left_out: Refusals) -> dict[str, Json]:
    known: dict[str, Json] = {}
    if "picture" in parts and "rich" not in parts:
        known["picture"] = post.media[0].url
    if left_out:
        known["left_out"] = dict(left_out)
    return known
