"""Looking for a post in doubt. The Bot API shows a bot no history, but it forwards a message that is there.

Within a channel or supergroup the numbers of messages run in sequence, so a post that may have gone out has one of the
numbers after the last that is known. Each is forwarded to a chat of the admin's and compared there, and the copy is
deleted. A number without a message is told as "message to forward not found" (telegram-bot-api, Client.cpp).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from newswire.api import ChannelGone, ChannelMoved, Outcome, PostGone, Receipt, Rejected, Retry
from newswire_telegram.message import public_address
from newswire_telegram.outcomes import AlreadySo

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from telegram import Message

    from newswire.api import Post
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions

BEYOND = 5
"""So many numbers in a row without a message are the end of a chat; some before it may have been deleted."""
MOST = 200
"""Messages that are looked at for one post."""


class Probe:
    """Looks for posts in doubt in one chat.

    Args:
        account: the bot.
        options: the chat, and the one to forward to.
        probe: the chat to forward to.
    """

    def __init__(self, account: TelegramAccount, options: TelegramChannelOptions, probe: int | str) -> None:
        self._account = account
        self._options = options
        self._probe = probe
        self._digest = ""
        self._looked = 0
        self._missing = 0

    async def find(self, post: Post, taken: Collection[str] = ()) -> Receipt | None:
        """The receipt of a post, or None when it surely is not out.

        Where the governor or Telegram asks to wait, the next call goes on with the next message.

        Args:
            post: what it would be today.
            taken: numbers of the article's posts in other channels of the bot. Each chat counts for itself, so they
                tell something only where another channel writes to the same chat, into another topic.

        Raises:
            Outcome: it could not be looked for, or not to the end.
        """
        chat = await self._account.ask("look", self._options.chat, lambda bot: bot.get_chat(self._options.chat))
        if chat.type in {ChatType.PRIVATE, ChatType.GROUP}:
            raise Retry("in private chats and basic groups numbers are not in sequence: it cannot be looked for")
        if chat.has_protected_content or self._options.protect:
            raise Retry("what is protected cannot be forwarded and compared: it cannot be looked for")
        known = self._account.governor.last(chat.id)
        if known == 0:
            raise Retry("no earlier message of the chat is known: nobody can say where to look")
        if self._digest != post.digest() or self._looked < known:
            self._digest, self._looked, self._missing = post.digest(), known, 0
        shared = len(self._account.channels_of(chat.id, chat.username)) > 1
        others = {int(one) for one in taken} if shared else set()
        while self._missing < BEYOND:
            if self._looked - known >= MOST:
                raise Retry(f"it is not among {MOST} messages after number {known}, and there are more")
            number = self._looked + 1
            forwarded = await self._forwarded(chat.id, number)
            self._looked, self._missing = number, 0 if forwarded is not None else self._missing + 1
            if forwarded is not None and number not in others and says(forwarded, post):
                self._digest = ""
                self._account.governor.seen(chat.id, chat.username, number)
                return Receipt(
                    remote_id=str(number),
                    at=_sent_at(forwarded),
                    url=public_address(chat.id, chat.username, number),
                    details={"chat": chat.id, "kind": "photo" if forwarded.photo else "text"},
                )
        self._digest = ""
        return None

    async def _forwarded(self, chat: int, number: int) -> Message | None:
        try:
            copy = await self._account.ask(
                "edit",  # may be done twice without harm
                self._probe,
                lambda bot: bot.forward_message(self._probe, chat, number, disable_notification=True),
            )
        except PostGone:
            return None
        except (ChannelGone, ChannelMoved) as gone:
            # It may be the probe chat that is gone: no reason to suspend the channel.
            raise Retry(f"message {number} cannot be forwarded to {self._probe}: {gone}") from None
        except Rejected as refused:
            if "message to forward not found" in str(refused).casefold():
                return None
            raise Retry(f"message {number} cannot be looked at: {refused}") from None
        place, own = copy.chat.id, copy.message_id
        with contextlib.suppress(Outcome, AlreadySo):  # a copy too many in the admin's own chat does no harm
            await self._account.ask("delete", place, lambda bot: bot.delete_message(place, own))
        return copy


def says(message: Message, post: Post) -> bool:
    """Whether a message is a post, if only in an earlier revision. Pure.

    Telegram takes blanks off both ends of a text. What tells an earlier revision is the card of the article's page, or
    that it ends as the post does, with the link to the article. Others may write of the article, too.

    Raises:
        Retry: it may be one; a person must look.
    """
    text = message.text or message.caption or ""
    if not text and not message.photo:
        raise Retry("a message is of a kind that cannot be compared: a person must look")
    if text.strip() == post.text.strip():
        return True
    entities = message.entities or message.caption_entities
    links = [str(entity.url).rstrip("/") for entity in entities if entity.url]
    card = message.link_preview_options
    own = (post.link or "").rstrip("/")
    ends_alike = text.strip().rpartition("\n")[2] == post.text.strip().rpartition("\n")[2]
    if own and ((card is not None and str(card.url).rstrip("/") == own) or (ends_alike and links[-1:] == [own])):
        return True
    if own in links:
        raise Retry("a message has a link to the article, and is perhaps the post: a person must look")
    return False


def _sent_at(forwarded: Message) -> datetime:
    return forwarded.forward_origin.date if forwarded.forward_origin is not None else forwarded.date
