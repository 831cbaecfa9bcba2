"""What each refusal means, word by word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError, TimedOut

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    LanePaused,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)
from newswire_telegram.failures import Flooded, MaybeSent, NotSent, TooLarge
from newswire_telegram.flood import FloodWatch
from newswire_telegram.outcomes import AlreadySo, PreviewRefused, Purpose, outcome

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def meaning(error: Exception, purpose: Purpose) -> Exception:
    return outcome(error, purpose, chat=-1001, flood=FloodWatch(), now=NOW)


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
        ('can\'t parse entities: Unsupported start tag "h1" at byte offset 0', "post", Rejected),
        ("message text is empty", "post", Rejected),
        ("message is too long", "edit", Rejected),
        ("text is too long", "post", Rejected),
        ("wrong HTTP URL specified", "post", PreviewRefused),
        ("wrong type of the web page content", "edit", PreviewRefused),
        ("something that nobody has heard of", "post", Rejected),
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
        (Flooded("retry after 30", timedelta(seconds=30)), LanePaused),
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


def test_only_refusals_that_are_near_in_time_count_together() -> None:
    flood, short = FloodWatch(), timedelta(seconds=2)
    pauses = [
        type(flood.pause(chat, "", short, NOW + timedelta(seconds=at)))
        for chat, at in [(1, 0), (2, 4), (3, 11), (2, 12), (1, 13), (4, 30)]
    ]
    assert pauses == [ChannelPaused, ChannelPaused, ChannelPaused, ChannelPaused, LanePaused, ChannelPaused]
