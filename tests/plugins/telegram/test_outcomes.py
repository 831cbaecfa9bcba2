"""What each refusal means, word by word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError, TimedOut

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)
from newswire_telegram.failures import Flooded, MaybeSent, MethodUnknown, NotSent, TooLarge
from newswire_telegram.outcomes import AlreadySo, OtherKind, PartRefused, Purpose, outcome

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def meaning(error: Exception, purpose: Purpose) -> Exception:
    return outcome(error, purpose, lambda words, after: ChannelPaused(words, after=after))


@pytest.mark.parametrize(
    ("words", "purpose", "expected"),
    [
        ("chat not found", "post", ChannelGone),
        ("chat_id is empty", "post", ChannelGone),
        ("need administrator rights in the channel chat", "edit", ChannelGone),
        ("not enough rights to send text messages to the chat", "post", ChannelGone),
        ("have no write access to the chat", "post", ChannelGone),
        ("CHAT_WRITE_FORBIDDEN", "post", ChannelGone),
        ("CHANNEL_PRIVATE", "delete", ChannelGone),
        ("message thread not found", "post", ChannelGone),
        ("TOPIC_CLOSED", "post", ChannelGone),
        ("TOPIC_DELETED", "post", ChannelGone),
        ('can\'t parse entities: Unsupported start tag "h1" at byte offset 0', "post", PartRefused),
        ("not enough rights to send photos to the chat", "post", PartRefused),
        ("message caption is too long", "post", PartRefused),
        ("inline keyboard button URL 'x' is invalid: Wrong HTTP URL", "post", PartRefused),
        ("entity URL 'x' is invalid: Wrong HTTP URL", "edit", PartRefused),
        ("PHOTO_INVALID_DIMENSIONS", "post", PartRefused),
        ("there is no text in the message to edit", "edit", OtherKind),
        ("there is no caption in the message to edit", "edit", OtherKind),
        ("message is too long", "edit", Rejected),
        ("text is too long", "post", Rejected),
        ("wrong HTTP URL specified", "post", PartRefused),
        ("wrong type of the web page content", "edit", PartRefused),
        ("something that nobody has heard of", "post", PartRefused),
        ("something that nobody has heard of", "delete", Rejected),
        (NOT_MODIFIED, "edit", AlreadySo),
        ("message to edit not found", "edit", PostGone),
        ("message can't be edited", "edit", PostGone),
        ("MESSAGE_ID_INVALID", "edit", PostGone),
        ("message to delete not found", "delete", AlreadySo),
        ("MESSAGE_ID_INVALID", "delete", PostGone),
        ("message can't be deleted", "delete", Rejected),
        ("message can't be deleted for everyone", "delete", Rejected),
    ],
)
def test_bad_requests(words: str, purpose: Purpose, expected: type[Exception]) -> None:
    result = meaning(BadRequest(f"Bad Request: {words}"), purpose)
    assert type(result) is expected
    assert str(result).casefold() == words.casefold()


@pytest.mark.parametrize("purpose", ["post", "edit", "delete", "look"])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotSent("no connection"), Retry),
        (Conflict("terminated by other getUpdates request"), Retry),
        (Forbidden("bot was kicked from the channel chat"), ChannelGone),
        (InvalidToken("Unauthorized"), AccountRefused),
        (TooLarge("Request Entity Too Large"), Rejected),
        (ChatMigrated(-1002), ChannelMoved),
        (Flooded("retry after 5", timedelta(seconds=5)), ChannelPaused),
        (MethodUnknown("Not Found: method not found"), AccountRefused),
    ],
)
def test_what_is_certain_whatever_was_asked(error: Exception, purpose: Any, expected: type[Exception]) -> None:
    assert type(meaning(error, purpose)) is expected


@pytest.mark.parametrize(
    "error",
    [MaybeSent("no answer"), TimedOut(), TelegramError("Invalid server response"), KeyError("result"), TypeError("x")],
)
def test_what_is_not_certain(error: Exception) -> None:
    assert type(meaning(error, "post")) is Unknown
    for harmless in ("edit", "delete", "look"):
        assert type(meaning(error, harmless)) is Retry


def test_an_unexpected_error_keeps_its_text_to_itself() -> None:
    assert str(meaning(ValueError("http://host/bot1:secret"), "post")) == "ValueError"
