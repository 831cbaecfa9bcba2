"""What ``newswire check`` says of bots and chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newswire.api import Finding
from newswire.sandbox.telegram.state import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.sandbox import Sandbox
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
TOKEN = "123456:AAH-the_secret_of_these_tests"
Served = tuple["Sandbox", str]


async def test_the_bot(sandbox: Served, connect: Callable[..., TelegramAccount]) -> None:
    account = connect()
    assert await account.check() == [Finding("ok", "the bot is @news_bot")]
    sandbox[0].telegram.state.bots[TOKEN].revoked = True
    assert await account.check() == [Finding("error", "the bot is refused: Unauthorized")]


async def test_a_channel(sandbox: Served, open_channel: Callable[..., TelegramChannel]) -> None:
    assert await open_channel().check() == [Finding("ok", f"News ({NEWS}): the bot may write")]
    assert sandbox[0].telegram.messages(NEWS) == []


@pytest.mark.parametrize(
    ("membership", "message"),
    [
        (Membership(status="member"), "the bot must be an administrator with the right to post messages"),
        (Membership(can_post_messages=False), "the bot must be an administrator with the right to post messages"),
    ],
)
async def test_a_channel_that_is_closed_to_the_bot(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], membership: Membership, message: str
) -> None:
    sandbox[0].telegram.state.chats[NEWS].everyone = membership
    assert await open_channel().check() == [Finding("error", f"News ({NEWS}): {message}")]


async def test_a_bot_that_was_removed(sandbox: Served, open_channel: Callable[..., TelegramChannel]) -> None:
    sandbox[0].telegram.state.chats[NEWS].everyone = Membership(status="kicked")
    assert await open_channel().check() == [
        Finding("error", f"{NEWS}: Forbidden: bot was kicked from the channel chat")
    ]


async def test_a_topic_where_there_are_none(sandbox: Served, open_channel: Callable[..., TelegramChannel]) -> None:
    group = sandbox[0].telegram.add_chat(-1003333333333, "supergroup", title="Group")
    group.everyone = Membership(status="member")
    late = "without the right to delete messages, posts can be withdrawn for 48 hours only"
    found = [
        Finding("ok", f"Group ({group.id}): the bot may write"),
        Finding("warning", f"Group ({group.id}): {late}"),
    ]
    assert await open_channel(chat=group.id, thread=7).check() == [
        *found,
        Finding("error", f"Group ({group.id}): thread 7 is configured, but the chat has no topics"),
    ]
    group.topics[7] = False
    assert await open_channel(chat=group.id, thread=7).check() == [
        *found,
        Finding("ok", f"Group ({group.id}): thread 7 is there"),
    ]
    assert await open_channel(chat=group.id, thread=8).check() == [
        *found,
        Finding("error", f"Group ({group.id}): thread 8: Message thread not found"),
    ]
    assert sandbox[0].telegram.messages(group.id) == []


async def test_a_private_chat(sandbox: Served, open_channel: Callable[..., TelegramChannel]) -> None:
    sandbox[0].telegram.add_chat(42, "private", title="Reader")
    (finding,) = await open_channel(chat=42).check()
    assert finding.level == "ok"
    assert finding.message.endswith("(42): a private chat")
