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
    ["123", " 123 ", "https://t.me/example_news/123", "https://t.me/c/1234567890/7/123", "http://t.me/n/123?single"],
)
async def test_a_number_or_a_link_names_a_message(named: str, open_channel: Callable[..., TelegramChannel]) -> None:
    found = open_channel(chat="@example_news").receipt_for(named, NOW)
    assert (found.remote_id, found.url) == ("123", "https://t.me/example_news/123")
    assert found.details == {"kind": "text"}
    assert open_channel().receipt_for(named, NOW).details == {"chat": NEWS, "kind": "text"}


@pytest.mark.parametrize("named", ["", "0", "-5", "12a", "https://t.me/example_news", "https://elsewhere.example/1"])
async def test_anything_else_is_refused(named: str, open_channel: Callable[..., TelegramChannel]) -> None:
    with pytest.raises(ValueError, match="must be a message's number"):
        open_channel().receipt_for(named, NOW)
