"""Much at once: 500 articles against refusals, and many bots beside one that hangs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newswire.sandbox import Fault, Sandbox
from newswire.testing import RehearsalClock, RehearsalRoom, RehearsedAccount, RehearsedChannel
from newswire_telegram.kind import TelegramType

if TYPE_CHECKING:
    from collections.abc import Mapping

ARTICLES = 500
NEWS, RARE, RARER = -1001000000001, -1001000000002, -1001000000003


def bot(name: str, api: str, chats: Mapping[int, str | None]) -> RehearsedAccount:
    """A bot and its chats, each with its topics."""
    channels = [
        RehearsedChannel(name=f"{name}{chat}", options={"chat": chat}, topics=topics) for chat, topics in chats.items()
    ]
    told = {"token": f"{sum(map(ord, name))}:secret-of-{name}", "api_url": f"{api}/telegram"}
    return RehearsedAccount(name=name, type=TelegramType(), options=told, channels=channels)


def titles(sandbox: Sandbox, chat: int) -> list[str]:
    return [text.split("\n")[0] for text in sandbox.telegram.texts(chat)]


def next_moment(room: RehearsalRoom, clock: RehearsalClock, account: RehearsedAccount) -> None:
    """Moves the clock to when the next delivery of an account may be made, and not an instant further."""
    rests = room.account(account.name).paused_until
    pauses = [paused for one in account.channels if (paused := room.channel(one.name).paused_until)]
    waits = [moment for moment in (rests, *pauses) if moment is not None and moment > clock()]
    clock.forward_to(min(waits)) if waits else clock.forward(timedelta(seconds=1))


@pytest.mark.timeout(300)
async def test_500_articles_at_once_against_floods() -> None:
    clock = RehearsalClock()
    sandbox = Sandbox(clock=clock.timestamp)
    for chat in (NEWS, RARE, RARER):
        sandbox.telegram.add_chat(chat, "channel", title=str(chat))
    async with sandbox.serving() as url:
        account = bot("storm", url, {NEWS: None, RARE: "rare", RARER: "rare"})
        sandbox.telegram.add_bot(str(account.options["token"]))
        async with RehearsalRoom(account, clock=clock, send_timeout=timedelta(seconds=30)) as room:
            keys = [f"article-{number:03}" for number in range(ARTICLES)]
            rare = keys[::12]
            for key in keys:
                room.publish(key, topics=["rare" if key in rare else "often"])
            sandbox.faults.add(Fault(effect="rate_limit", retry_after=38, chat=str(NEWS), skip=10))
            sandbox.faults.add(Fault(effect="rate_limit", retry_after=43_837, chat=str(RARE), skip=20))
            sandbox.faults.add(Fault(effect="rate_limit", retry_after=38, chat=str(NEWS), skip=40))
            began = clock.timestamp()
            ended: dict[int, float] = {}
            for _ in range(20 * ARTICLES):
                await room.deliver()
                for chat, wanted in ((NEWS, keys), (RARE, rare), (RARER, rare)):
                    if len(sandbox.telegram.messages(chat)) == len(wanted):
                        ended.setdefault(chat, clock.timestamp() - began)
                if len(ended) == len(sandbox.telegram.state.chats):
                    break
                next_moment(room, clock, account)
            await room.restart()
            await room.deliver()
    assert titles(sandbox, NEWS) == [f"Title of {key} (en)" for key in keys], "each once, in order"
    for chat in (RARE, RARER):
        assert titles(sandbox, chat) == [f"Title of {key} (en)" for key in rare]
    refusals = [answer.status for answer in sandbox.journal.answered if answer.status != 200]
    assert refusals == [429] * 3, "no limit is broken but by the script"
    most = 60 * ARTICLES / 17 + 2 * 38  # seconds, at nearly twenty a minute
    assert ended[RARER] < ended[NEWS] < most, "no chat waits for another"
    assert 43_837 < ended[RARE] < 43_837 + most


BOTS, CHATS = 10, 50


async def test_ten_bots_with_fifty_channels_each_and_one_that_hangs() -> None:
    clock = RehearsalClock()
    sandbox = Sandbox(clock=clock.timestamp)
    chats = {f"bot-{one}": [-1001000000000 - 100 * one - chat for chat in range(CHATS)] for one in range(BOTS)}
    async with sandbox.serving() as url:
        accounts = [bot(name, url, dict.fromkeys(own)) for name, own in chats.items()]
        for account in accounts:
            sandbox.telegram.add_bot(str(account.options["token"]), username=account.name)
            for chat in chats[account.name]:
                sandbox.telegram.add_chat(chat, "channel", title=str(chat))
        # The first bot never gets an answer, the second is told to wait by every chat it asks.
        sandbox.faults.add(Fault(effect="hang", when="before", account="bot-0", count=None))
        sandbox.faults.add(Fault(effect="rate_limit", retry_after=600, account="bot-1", count=None))
        async with RehearsalRoom(*accounts, clock=clock, send_timeout=timedelta(seconds=60)) as room:
            room.publish("a")
            delivering = asyncio.create_task(room.deliver())
            well = [chat for name in list(chats)[2:] for chat in chats[name]]
            try:
                async with asyncio.timeout(60):
                    while sum(len(sandbox.telegram.messages(chat)) for chat in well) < len(well):
                        clock.forward(timedelta(seconds=1))  # the governor paces each bot
                        await asyncio.sleep(0.05)
                assert not delivering.done(), "the first bot still waits for its answers"
            finally:
                sandbox.faults.clear()
                sandbox.exchange.closing.set()  # ends the calls that hang
                await delivering
            assert room.account("bot-1").paused_until is not None
            refused = [answer.call.account for answer in sandbox.journal.answered if answer.status != 200]
    assert set(refused) == {"bot-1"}, "no limit is broken"
    assert len(refused) < CHATS, "after several refusals the bot is not asked again"
