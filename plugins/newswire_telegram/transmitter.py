"""The transmitter: posts become messages of a chat, and messages change or go."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from telegram import LinkPreviewOptions, Message, MessageEntity

from newswire.api import ChannelMoved, PostGone, Receipt
from newswire_telegram.message import public_address, wire_entities
from newswire_telegram.outcomes import AlreadySo, PreviewRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram import Bot

    from newswire.api import Json, Post
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions
    from newswire_telegram.outcomes import Purpose

# A number, or a link that ends in one; links to messages of channels may have a query (?single).
_NUMBER = re.compile(r"^(?:https?://(?:t|telegram)\.me/(?:[^\s?#]+/)+)?([1-9][0-9]{0,18})(?:[?#]\S*)?$")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


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
        """Sends a message.

        Raises:
            Outcome: it was not, or perhaps not, sent.
        """
        options = self._options

        def send(preview: LinkPreviewOptions) -> Callable[[Bot], Awaitable[Message]]:
            return lambda bot: bot.send_message(
                chat_id=options.chat,
                text=post.text,
                entities=_entities(post),
                link_preview_options=preview,
                message_thread_id=options.thread,
                disable_notification=options.silent,
                protect_content=options.protect,
            )

        return receipt_of(await self._with_preview("post", options.chat, post, send))

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replaces a message's text; one that says so already is left as it is.

        Raises:
            Outcome: it was not, or perhaps not, done.
        """
        chat, number = self._place(receipt)

        def change(preview: LinkPreviewOptions) -> Callable[[Bot], Awaitable[Message | bool]]:
            return lambda bot: bot.edit_message_text(
                chat_id=chat,
                message_id=number,
                text=post.text,
                entities=_entities(post),
                link_preview_options=preview,
            )

        try:
            message = await self._with_preview("edit", chat, post, change)
        except AlreadySo:
            return receipt
        except ChannelMoved as moved:
            self._left_behind(chat, moved)
            raise
        return receipt_of(message) if isinstance(message, Message) else receipt

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

    async def _with_preview(
        self,
        purpose: Purpose,
        chat: int | str,
        post: Post,
        question: Callable[[LinkPreviewOptions], Callable[[Bot], Awaitable[Any]]],
    ) -> Any:
        """Asks, and once more without a preview when it is the preview that Telegram does not take."""
        given = post.details.get("preview")
        preview = LinkPreviewOptions(**given) if isinstance(given, dict) else _NO_PREVIEW
        try:
            return await self._account.ask(purpose, chat, question(preview))
        except PreviewRefused:
            if preview.is_disabled:
                raise
        return await self._account.ask(purpose, chat, question(_NO_PREVIEW))

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


def receipt_of(message: Message) -> Receipt:
    """What is to be known of a message later: its number, and the chat it is in whatever that is called by then."""
    return Receipt(
        remote_id=str(message.message_id),
        at=(message.edit_date or message.date).astimezone(UTC),
        url=public_address(message.chat.id, message.chat.username, message.message_id),
        details={"chat": message.chat.id, "kind": "text"},
    )


def receipt_for(written: str, chat: int | str, at: datetime) -> Receipt:
    """The receipt of a message somebody has found, by its number or its link.

    A chat that is known by its name only stays so: the name is used for it later, as the config has it.

    Raises:
        ValueError: it is neither.
    """
    found = _NUMBER.search(written.strip())
    if found is None:
        raise ValueError("must be a message's number, or its link such as https://t.me/example_news/123")
    number = int(found[1])
    known: dict[str, Json] = {"chat": chat} if isinstance(chat, int) else {}
    url = public_address(chat, None, number) if isinstance(chat, int) else f"https://t.me/{chat.lstrip('@')}/{number}"
    return Receipt(remote_id=str(number), at=at, url=url, details={**known, "kind": "text"})


def _entities(post: Post) -> list[MessageEntity]:
    return [MessageEntity(**entity) for entity in wire_entities(post.text, post.entities)]
