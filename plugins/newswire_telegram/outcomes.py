"""What each refusal of the Bot API means for a delivery. Pure.

The texts are those of telegram-bot-api (Client.cpp) and TDLib (MessagesManager.cpp, DialogManager.cpp,
MessageContent.cpp). python-telegram-bot turns what follows the prefix to lower case, so letters' case says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)
from newswire_telegram.failures import Flooded, NotSent, TooLarge

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Outcome
    from newswire_telegram.flood import FloodWatch

Purpose = Literal["post", "edit", "delete", "look"]
"""What was asked for; all but ``post`` may be done twice without harm."""

_CERTAIN: tuple[tuple[type[TelegramError], type[Outcome]], ...] = (
    (NotSent, Retry),
    (Conflict, Retry),
    (Forbidden, ChannelGone),
    (InvalidToken, AccountRefused),
    (TooLarge, Rejected),
)
_NO_ENTRY = (
    "chat not found",
    "chat_id is empty",
    "chat_write_forbidden",
    "chat_admin_required",
    "channel_private",
    "need administrator rights",
    "not enough rights",
    "have no rights to send",
    "have no write access",
    "peer_id_invalid",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
_NO_POST = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_PREVIEW = (
    "wrong http url specified",
    "failed to get http url content",
    "wrong type of the web page content",
    "webpage_",
)


class AlreadySo(Exception):
    """What was asked for is as it should be already: not modified, or gone before."""


class PreviewRefused(Rejected):
    """Telegram does not take the address of the preview; without one it may take the post."""


def outcome(
    error: Exception, purpose: Purpose, *, chat: int | str, flood: FloodWatch, now: datetime
) -> Outcome | AlreadySo:
    """What came of an attempt that ended in an error.

    Args:
        error: what the method of python-telegram-bot raised.
        purpose: what was attempted.
        chat: the chat it was about.
        flood: the bot's memory of refusals.
        now: the time of the error.
    """
    # Not every error's text may be told: only those made of the Bot API's answer and of our own words.
    words = error.message if isinstance(error, TelegramError) else type(error).__name__
    if isinstance(error, Flooded):
        return flood.pause(chat, words, error.after, now)
    if isinstance(error, ChatMigrated):
        return ChannelMoved(words, address={"chat": error.new_chat_id})
    if isinstance(error, BadRequest):
        return _refusal(words, purpose)
    for kind, meaning in _CERTAIN:
        if isinstance(error, kind):
            return meaning(words)
    return Unknown(words) if purpose == "post" else Retry(words)


def _refusal(words: str, purpose: Purpose) -> Outcome | AlreadySo:
    said = words.casefold()
    if "message is not modified" in said or (purpose == "delete" and "message to delete not found" in said):
        return AlreadySo(words)
    if any(text in said for text in _NO_ENTRY):
        return ChannelGone(words)
    if purpose != "post" and any(text in said for text in _NO_POST):
        return PostGone(words)
    if any(text in said for text in _NO_PREVIEW):
        return PreviewRefused(words)
    return Rejected(words)
