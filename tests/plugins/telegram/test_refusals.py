"""Every way in which an attempt can end, as far as a rehearsal of Telegram can end it."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelPaused,
    Outcome,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)
from newswire.sandbox.faults import Fault
from newswire.sandbox.telegram.state import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Receipt, Story
    from newswire.sandbox import Sandbox
    from newswire.sandbox.telegram.state import Chat
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
TOKEN = "123456:AAH-the_secret_of_these_tests"
Served = tuple["Sandbox", str]


async def attempt(channel: TelegramChannel, purpose: str, story: Story, receipt: Receipt) -> None:
    if purpose == "post":
        await channel.post(channel.compose(story), key="k")
    elif purpose == "edit":
        await channel.edit(receipt, channel.compose(story))
    else:
        await channel.delete(receipt)


def answer(code: int, words: str, **parameters: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    return {**body, "parameters": parameters} if parameters else body


HARMLESS = {"edit": Retry, "delete": Retry}
FAULTS: dict[str, tuple[Fault, dict[str, type[Outcome]]]] = {
    "cut before": (Fault(effect="cut", when="before"), {"post": Unknown, **HARMLESS}),
    "cut after": (Fault(effect="cut", when="after"), {"post": Unknown, **HARMLESS}),
    "hang": (Fault(effect="hang", seconds=5), {"post": Unknown, **HARMLESS}),
    "garbage": (Fault(effect="garbage", when="after"), {"post": Unknown, **HARMLESS}),
    "yes without a result": (
        Fault(effect="status", status=200, body={"ok": False}),
        {"post": Unknown, **HARMLESS},
    ),
    "a result that is no message": (
        Fault(effect="status", status=200, body={"ok": True, "result": {"what": 1}}),
        {"post": Unknown, "edit": Retry},
    ),
    "bad gateway": (Fault(effect="html"), {"post": Unknown, **HARMLESS}),
    "gateway timeout": (Fault(effect="html", status=504), {"post": Unknown, **HARMLESS}),
    "server error": (
        Fault(effect="status", status=500, body=answer(500, "Internal Server Error: restart")),
        {"post": Unknown, **HARMLESS},
    ),
    "unlimited flood": (
        Fault(effect="status", status=429, body=answer(429, "Too Many Requests")),
        {"post": ChannelPaused, "edit": ChannelPaused},
    ),
    "conflict": (
        Fault(effect="status", status=409, body=answer(409, "Conflict: terminated by other getUpdates request")),
        {"post": Retry, **HARMLESS},
    ),
    "not the Bot API": (Fault(effect="html", status=403), {"post": Retry, **HARMLESS}),
    "redirect": (
        Fault(effect="status", status=302, body="moved", headers={"Location": "/elsewhere"}),
        {"post": Retry, **HARMLESS},
    ),
    "unknown method": (
        Fault(effect="status", status=404, body=answer(404, "Not Found")),
        {"post": AccountRefused, "edit": AccountRefused, "delete": AccountRefused},
    ),
    "page not found": (Fault(effect="html", status=404), {"post": AccountRefused}),
    "too large": (
        Fault(effect="status", status=413, body=answer(413, "Request Entity Too Large")),
        {"post": Rejected, "edit": Rejected},
    ),
    "content": (
        Fault(effect="status", status=400, body=answer(400, "Bad Request: message is too long")),
        {"post": Rejected, "edit": Rejected},
    ),
    "link": (
        Fault(
            effect="status",
            status=400,
            body=answer(400, "Bad Request: entity URL 'x' is invalid: Wrong HTTP URL"),
            count=3,
        ),
        {"post": Rejected, "edit": Rejected},
    ),
    "blocked": (
        Fault(effect="status", status=403, body=answer(403, "Forbidden: bot was blocked by the user")),
        {"post": ChannelGone, "edit": ChannelGone, "delete": ChannelGone},
    ),
    "not to be deleted": (
        Fault(effect="status", status=400, body=answer(400, "Bad Request: message can't be deleted for everyone")),
        {"delete": Rejected},
    ),
    "not to be edited": (
        Fault(effect="status", status=400, body=answer(400, "Bad Request: message can't be edited")),
        {"edit": PostGone},
    ),
}
CASES = [
    pytest.param((fault, purpose, meaning), id=f"{name}, {purpose}")
    for name, (fault, meanings) in FAULTS.items()
    for purpose, meaning in meanings.items()
]


@pytest.mark.parametrize("case", CASES)
async def test_faults(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    case: tuple[Fault, str, Any],
) -> None:
    fault, purpose, meaning = case
    channel = open_channel(connect(read_timeout=0.3))
    receipt = await channel.post(channel.compose(story()), key="k")
    sandbox[0].faults.add(fault)
    with pytest.raises(Outcome) as refused:
        await attempt(channel, purpose, story(title="Changed"), receipt)
    assert isinstance(refused.value, meaning)
    assert type(refused.value).__name__ not in str(refused.value)
    assert str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize(("effect", "posts"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_says_nothing(
    sandbox: Served,
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    effect: Any,
    posts: int,
) -> None:
    channel = open_channel()
    sandbox[0].faults.add(Fault(effect="cut", when=effect))
    with pytest.raises(Unknown):
        await channel.post(channel.compose(story()), key="k")
    assert len(sandbox[0].telegram.messages(NEWS)) == posts
    assert len(sandbox[0].journal.received) == 1


def kicked(chat: Chat) -> None:
    chat.everyone = Membership(status="kicked")


def left(chat: Chat) -> None:
    chat.everyone = Membership(status="left")


def no_administrator(chat: Chat) -> None:
    chat.everyone = Membership(status="member")


def may_not_post(chat: Chat) -> None:
    chat.everyone = Membership(can_post_messages=False)


def may_not_write(chat: Chat) -> None:
    chat.everyone = Membership(can_send_text=False)


def may_do_nothing(chat: Chat) -> None:
    chat.everyone = Membership(can_send_text=False, can_send_photos=False)


@pytest.mark.parametrize("change", [kicked, left, no_administrator, may_not_post, may_not_write, may_do_nothing])
async def test_a_chat_that_does_not_let_the_bot_write(
    sandbox: Served,
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    change: Callable[[Chat], None],
) -> None:
    change(sandbox[0].telegram.state.chats[NEWS])
    channel = open_channel()
    with pytest.raises(ChannelGone):
        await channel.post(channel.compose(story()), key="k")
    assert [finding.level for finding in await channel.check()] == ["error"] or change in {
        may_not_write,
        may_do_nothing,
    }


async def test_no_such_chat(open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]) -> None:
    for chat in (-1001, "@nobody_here"):
        channel = open_channel(chat=chat)
        with pytest.raises(ChannelGone, match="Chat not found"):
            await channel.post(channel.compose(story()), key="k")
        (finding,) = await channel.check()
        assert finding.level == "error"


async def test_topics_that_are_closed_or_missing(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    forum = sandbox[0].telegram.add_chat(-1003333333333, "supergroup", title="Forum")
    forum.everyone = Membership(status="member")
    forum.topics[7] = True
    for thread in (7, 8):
        channel = open_channel(chat=forum.id, thread=thread)
        with pytest.raises(ChannelGone):
            await channel.post(channel.compose(story()), key="k")


async def test_a_token_that_is_not_valid(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.state.bots[TOKEN].revoked = True
    channel = open_channel()
    with pytest.raises(AccountRefused):
        await channel.post(channel.compose(story()), key="k")


async def test_a_chat_that_asks_to_wait(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel()
    sandbox[0].faults.add(Fault(effect="rate_limit", retry_after=17))
    with pytest.raises(ChannelPaused) as paused:
        await channel.post(channel.compose(story()), key="k")
    assert paused.value.after == timedelta(seconds=17)
    assert sandbox[0].telegram.messages(NEWS) == []


async def test_nobody_listens(
    connect: Callable[..., TelegramAccount], open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening: nobody else can be there
        port = taken.getsockname()[1]
        channel = open_channel(connect(api_url=f"http://127.0.0.1:{port}"))
        with pytest.raises(Retry, match=r"no connection to 127\.0\.0\.1"):
            await channel.post(channel.compose(story()), key="k")


async def test_no_such_host(
    connect: Callable[..., TelegramAccount], open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(connect(api_url="http://nowhere.invalid"))
    with pytest.raises(Retry, match=r"no connection to nowhere\.invalid"):
        await channel.post(channel.compose(story()), key="k")


async def test_a_server_that_does_not_speak_tls(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
) -> None:
    channel = open_channel(connect(api_url=sandbox[1].replace("http:", "https:")))
    with pytest.raises(Retry, match="no connection"):
        await channel.post(channel.compose(story()), key="k")
