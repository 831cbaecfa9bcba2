"""What is to be known of a message later."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from newswire.api import Receipt
from newswire_telegram.message import public_address

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Message

    from newswire.api import Json
    from newswire_telegram.message import Kind

# A number, or a link that ends in one; links to messages of channels may have a query (?single).
_NUMBER = re.compile(
    r"^(?:https?://(?:t|telegram)\.me/(?P<chat>c/[^\s/?#]+|[^\s/?#]+)/(?:[^\s/?#]+/)?)?"
    r"(?P<number>[1-9][0-9]{0,18})(?:[?#]\S*)?$"
)
_PRIVATE = "c/"
"""What stands before a chat's number in a link to a message of a private chat."""


def receipt_of(message: Message, kind: Kind = "text", **more: Json) -> Receipt:
    """The receipt of a message: its number, and the chat it is in whatever that is called by then.

    Args:
        message: the message, as Telegram answered.
        kind: what it is.
        more: what else a later change needs to know.
    """
    return Receipt(
        remote_id=str(message.message_id),
        at=(message.edit_date or message.date).astimezone(UTC),
        url=public_address(message.chat.id, message.chat.username, message.message_id),
        details={"chat": message.chat.id, "kind": kind, **more},
    )


def receipt_for(written: str, chat: int | str, at: datetime) -> Receipt:
    """The receipt of a message somebody has found, by its number or its link.

    A chat that is known by its name only stays so: the name is used for it later, as the config has it. Whether it is
    a text or a picture shows at the first change.

    Raises:
        ValueError: it is neither, or the link is one to a message of another chat.
    """
    found = _NUMBER.search(written.strip())
    if found is None:
        raise ValueError("must be a message's number, or its link such as https://t.me/example_news/123")
    if found["chat"] and not _may_be(chat, found["chat"]):
        raise ValueError(f"is a link to another chat; this channel's is {chat}")
    number = int(found["number"])
    known: dict[str, Json] = {"chat": chat} if isinstance(chat, int) else {}
    url = public_address(chat, None, number) if isinstance(chat, int) else f"https://t.me/{chat.lstrip('@')}/{number}"
    return Receipt(remote_id=str(number), at=at, url=url, details={**known, "kind": "text"})


def _may_be(chat: int | str, linked: str) -> bool:
    """Whether a link may lead into a chat: what a chat that is known by its number is called is not known here."""
    if isinstance(chat, str):
        return linked.casefold() == chat.lstrip("@").casefold()
    return not linked.startswith(_PRIVATE) or str(chat) == f"-100{linked.removeprefix(_PRIVATE)}"
