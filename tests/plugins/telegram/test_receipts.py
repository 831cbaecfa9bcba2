"""The receipt of a message that an admin has found by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire.sandbox import Sandbox
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_it_serves_to_edit_and_delete(
    sandbox: tuple[Sandbox, str], open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel()
    given = await channel.post(channel.compose(story()), key="k")
    found = channel.receipt_for(given.remote_id, NOW)
    assert (found.remote_id, found.url, found.details) == (given.remote_id, given.url, given.details)
    await channel.edit(found, channel.compose(story(title="Corrected")))
    assert [text.split("\n")[0] for text in sandbox[0].telegram.texts(NEWS)] == ["Corrected"]
    await channel.delete(found)
    assert sandbox[0].telegram.texts(NEWS) == []


@pytest.mark.parametrize(
    "named",
    [
        "123",
        " 123 ",
        "https://t.me/Example_News/123",
        "https://t.me/example_news/7/123",
        "http://t.me/example_news/123?single",
    ],
)
async def test_a_message_is_named_by_its_number_or_its_link(
    named: str, open_channel: Callable[..., TelegramChannel]
) -> None:
    found = open_channel(chat="@example_news").receipt_for(named, NOW)
    assert (found.remote_id, found.url) == ("123", "https://t.me/example_news/123")
    assert found.details == {"kind": "text"}


@pytest.mark.parametrize("named", ["123", "https://t.me/c/1234567890/7/123", "https://t.me/whatever_it_is_called/123"])
async def test_a_chat_that_is_known_by_its_number(named: str, open_channel: Callable[..., TelegramChannel]) -> None:
    assert open_channel().receipt_for(named, NOW).details == {"chat": NEWS, "kind": "text"}


@pytest.mark.parametrize(
    ("chat", "named"),
    [
        ("@example_news", "https://t.me/other_news/123"),
        ("@example_news", "https://t.me/c/1234567890/123"),
        (NEWS, "https://t.me/c/987654321/123"),
    ],
)
async def test_a_link_to_another_chat_is_refused(
    chat: int | str, named: str, open_channel: Callable[..., TelegramChannel]
) -> None:
    with pytest.raises(ValueError, match="is a link to another chat"):
        open_channel(chat=chat).receipt_for(named, NOW)


@pytest.mark.parametrize("named", ["", "0", "-5", "12a", "https://t.me/example_news", "https://elsewhere.example/1"])
async def test_anything_else_is_refused(named: str, open_channel: Callable[..., TelegramChannel]) -> None:
    with pytest.raises(ValueError, match="must be a message's number"):
        open_channel().receipt_for(named, NOW)
