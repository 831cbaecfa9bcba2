"""What each refusal of the Bot API means for a delivery. Pure.

The texts are those of telegram-bot-api (Client.cpp) and TDLib (MessagesManager.cpp, DialogManager.cpp,
MessageContent.cpp, ReplyMarkup.cpp). python-telegram-bot turns what follows the prefix to lower case, so letters' case
says nothing.
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
from newswire_telegram.failures import Flooded, MethodUnknown, NotSent, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from newswire.api import Outcome

Purpose = Literal["post", "edit", "delete", "look"]
"""What was asked for; all but ``post`` may be done twice without harm."""
Part = Literal["rich", "picture", "preview", "entities", "buttons"]
"""What a message can do without."""

_CERTAIN: tuple[tuple[type[TelegramError], type[Outcome]], ...] = (
    (NotSent, Retry),
    (Conflict, Retry),
    (Forbidden, ChannelGone),
    (InvalidToken, AccountRefused),
    (MethodUnknown, AccountRefused),
    (TooLarge, Rejected),
)
# What a refusal may be about, the likeliest part first: only one that the message has can have been meant.
_REFUSED: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("rights to send photos", ("picture",)),
    ("rights to send the rich message", ("rich",)),
    ("chat_send_photos_forbidden", ("picture",)),
    ("chat_send_media_forbidden", ("picture",)),
    ("rich message", ("rich",)),
    ("message caption is too long", ("picture",)),
    ("message text is empty", ("rich",)),
    ("wrong http url specified", ("picture", "preview")),
    ("failed to get http url content", ("picture", "preview")),
    ("wrong type of the web page content", ("picture", "preview")),
    ("wrong file identifier", ("picture",)),
    ("wrong remote file", ("picture",)),
    ("webpage_", ("picture", "preview")),
    ("photo_", ("picture",)),
    ("image_process_failed", ("picture",)),
    ("too big for a photo", ("picture",)),
    ("file must be non-empty", ("picture",)),
    ("inline keyboard", ("buttons",)),
    ("button_", ("buttons",)),
    ("buttons_", ("buttons",)),
    ("reply_markup", ("buttons",)),
    ("can't parse entities", ("rich", "entities")),
    ("entity", ("entities",)),
    ("entities_", ("entities",)),
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
_OTHER_KIND = ("there is no text in the message to edit", "there is no caption in the message to edit")


class AlreadySo(Exception):
    """What was asked for is as it should be already: not modified, or gone before."""


class PartRefused(Rejected):
    """Telegram does not take a part of the message; without it, it may.

    Args:
        words: Telegram's words.
        parts: what the refusal may be about, the likeliest first; empty when it does not say.
    """

    def __init__(self, words: str, parts: tuple[Part, ...] = ()) -> None:
        super().__init__(words)
        self.parts = parts


class OtherKind(Rejected):
    """The message to edit is a picture where it was taken for a text, or the other way round."""


def outcome(error: Exception, purpose: Purpose, flooded: Callable[[str, timedelta], Outcome]) -> Outcome | AlreadySo:
    """What came of an attempt that ended in an error.

    Args:
        error: what the method of python-telegram-bot raised.
        purpose: what was attempted.
        flooded: tells who has to wait when Telegram says so, by its words and the wait.
    """
    # Not every error's text may be told: only those made of the Bot API's answer and of our own words.
    words = error.message if isinstance(error, TelegramError) else type(error).__name__
    if isinstance(error, Flooded):
        return flooded(words, error.after)
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
    if any(text in said for text in _OTHER_KIND):
        return OtherKind(words)
    if purpose != "post" and any(text in said for text in _NO_POST):
        return PostGone(words)
    refused = next((parts for text, parts in _REFUSED if text in said), None)
    if refused is not None:
        return PartRefused(words, refused)
    if any(text in said for text in _NO_ENTRY):
        return ChannelGone(words)
    return Rejected(words) if purpose in {"delete", "look"} or "too long" in said else PartRefused(words)
