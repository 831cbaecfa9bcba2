"""A bot hears that it was added to a chat, or lost its rights there: by asking, and by the web app."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.api import Channel
from newswire.sandbox.telegram.state import Membership
from newswire.testing.services import MemoryState, RehearsalServices
from newswire.web import WebApp, serve
from newswire.web.server import listen
from newswire_telegram import updates
from newswire_telegram.webhook import Inbox, TelegramWebhooks, secret_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from newswire.api import Json
    from newswire.sandbox import Sandbox
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

NEWS, OTHER = -1001234567890, -1009876543210
TOKEN = "123456:AAH-the_secret_of_these_tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
Served = tuple["Sandbox", str]


class Suspended(list[tuple[Channel, str]]):
    """The channels that were taken out of service, and why."""

    async def take(self, channel: Channel, reason: str) -> None:
        self.append((channel, reason))


@contextlib.asynccontextmanager
async def attending(account: TelegramAccount) -> AsyncIterator[Suspended]:
    """Lets an account work beside its posts, as a lane does."""
    suspended = Suspended()
    working = asyncio.create_task(account.attend(suspended.take))
    try:
        yield suspended
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def until(reached: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110  # it comes from another task
            await asyncio.sleep(0.01)


@pytest.fixture
async def web(services: RehearsalServices) -> AsyncIterator[str]:
    """The web app, and its address."""

    async def ready() -> None:
        return None

    with listen("127.0.0.1:0") as free:
        port = free.getsockname()[1]
    services.public_url = f"http://127.0.0.1:{port}"
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(WebApp([TelegramWebhooks()], services, ready), f"127.0.0.1:{port}", stop))
    yield services.public_url
    stop.set()
    await serving


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the plugin logged."""
    caplog.set_level(logging.INFO)
    return lambda: "\n".join(record.getMessage() for record in caplog.records if "newswire" in record.name)


async def test_a_bot_that_is_added_says_what_to_write_into_the_config(
    sandbox: Served, connect: Callable[..., TelegramAccount], told: Callable[[], str]
) -> None:
    telegram = sandbox[0].telegram
    telegram.add_chat(OTHER, "channel", title='A "new"\nchannel', username="new_channel")
    account = connect(updates="poll")
    async with attending(account) as suspended:
        telegram.set_membership(TOKEN, OTHER, Membership())
        await until(lambda: "[[channels]]" in told())
    lines = told()[told().index("[[channels]]") :].split("\n\n")[0]
    assert tomllib.loads(lines)["channels"] == [
        {"name": "bot-new-channel", "account": "bot", "languages": ["en"], "chat": "@new_channel"}
    ]
    assert suspended == []
    (bot, place) = await account.check()
    assert (bot.level, place.level) == ("ok", "ok")
    assert "no channel does" in place.message
    assert lines in place.message


async def test_lost_rights_suspend_the_channel_and_regained_ones_are_told(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    told: Callable[[], str],
) -> None:
    telegram = sandbox[0].telegram
    telegram.chat(NEWS).username = "example_news"
    account = connect(updates="poll")
    by_number, by_name = open_channel(account), open_channel(account, chat="@Example_News")
    beside = open_channel(account, chat=OTHER)
    async with attending(account) as suspended:
        telegram.set_membership(TOKEN, NEWS, Membership(can_post_messages=False))
        await until(lambda: len(suspended) == 2)
        telegram.set_membership(TOKEN, NEWS, Membership(status="kicked"))
        await until(lambda: len(suspended) == 4)
        telegram.set_membership(TOKEN, NEWS, Membership())
        await until(lambda: "may write to News" in told())
    assert {channel for channel, _ in suspended} == {by_number, by_name}
    assert suspended[0][1] == f"News ({NEWS}): the bot must be an administrator with the right to post messages"
    assert suspended[3][1] == f"News ({NEWS}): the bot was removed from it"
    assert "newswire channels activate" in told()
    assert beside not in {channel for channel, _ in suspended}


async def test_an_update_is_confirmed_when_it_was_dealt_with(
    sandbox: Served, connect: Callable[..., TelegramAccount], told: Callable[[], str]
) -> None:
    telegram = sandbox[0].telegram
    bot = telegram.state.bots[TOKEN]
    async with attending(connect(updates="poll")):
        await until(lambda: bot.allowed_updates == ["my_chat_member"])
        telegram.user_writes(TOKEN, 42, "hello")
        telegram.set_membership(TOKEN, NEWS, Membership(status="member"))
        await until(lambda: "must be an administrator" in told())
        await until(lambda: bot.updates == [])


async def test_another_program_that_has_the_updates_is_left_in_peace(
    sandbox: Served, connect: Callable[..., TelegramAccount], told: Callable[[], str]
) -> None:
    sandbox[0].telegram.state.bots[TOKEN].webhook = {"url": "https://elsewhere.example/hook"}
    async with attending(connect(updates="poll")):
        await until(lambda: "webhook is active" in told())
        await asyncio.sleep(0.1)
    assert len(sandbox[0].journal.received) == 1, "it rests before it asks again"


async def test_updates_come_to_the_web_app(
    sandbox: Served,
    web: str,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    services: RehearsalServices,
) -> None:
    telegram = sandbox[0].telegram
    account = connect(updates="webhook")
    channel = open_channel(account)
    async with attending(account) as suspended:
        await until(lambda: telegram.state.bots[TOKEN].webhook)
        telegram.set_membership(TOKEN, NEWS, Membership(status="kicked"))
        await until(lambda: suspended)
    assert telegram.state.bots[TOKEN].webhook["url"] == f"{web}/telegram/bot"
    assert suspended[0][0] is channel
    assert Inbox(services.state("telegram"), "bot").received() == []
    assert telegram.state.bots[TOKEN].updates == []
    secret = secret_of(TOKEN)
    assert secret not in repr(services.state("telegram").all()), "the store knows a digest only"


@pytest.mark.parametrize("secret", [None, "", "wrong", secret_of("1:other")])
async def test_who_does_not_know_the_secret_brings_nothing(
    web: str, services: RehearsalServices, secret: str | None
) -> None:
    state = services.state("telegram")
    Inbox(state, "bot").open(secret_of(TOKEN))
    headers = {} if secret is None else {HEADER: secret}
    async with httpx.AsyncClient(base_url=web, trust_env=False) as client:
        for account in ("bot", "nobody", ""):
            answer = await client.post(f"/telegram/{account}", json={"update_id": 1}, headers=headers)
            assert (answer.status_code, answer.content) == (403, b"")
    assert Inbox(state, "bot").received() == []


async def test_what_comes_to_the_web_app_is_looked_at(web: str, services: RehearsalServices) -> None:
    inbox = Inbox(services.state("telegram"), "bot")
    inbox.open(secret_of(TOKEN))
    headers = {HEADER: secret_of(TOKEN)}
    async with httpx.AsyncClient(base_url=web, trust_env=False, headers=headers) as client:
        assert (await client.get("/telegram/bot")).status_code == 405
        assert (await client.post("/telegram/bot", content=b"{")).status_code == 400
        assert (await client.post("/telegram/bot", json=[1])).status_code == 400
        assert (await client.post("/telegram/bot", json={"update_id": "1"})).status_code == 400
        assert (await client.post("/telegram/bot", content=b"1" * 2_000_000)).status_code == 413
        for number in (9, 10, 9):
            assert (await client.post("/telegram/bot", json={"update_id": number})).status_code == 200
    assert [body["update_id"] for _, body in inbox.received()] == [9, 10]


async def test_an_update_of_a_strange_form_is_passed_over(
    web: str, sandbox: Served, connect: Callable[..., TelegramAccount], services: RehearsalServices
) -> None:
    account = connect(updates="webhook")
    inbox = Inbox(services.state("telegram"), "bot")
    async with attending(account):
        await until(lambda: sandbox[0].telegram.state.bots[TOKEN].webhook)
        inbox.put({"update_id": 5, "my_chat_member": {"what": "is this"}})
        await until(lambda: inbox.received() == [])
    assert web


async def test_nothing_is_asked_for_unless_it_is_configured(
    sandbox: Served, connect: Callable[..., TelegramAccount]
) -> None:
    async with attending(connect()):
        await asyncio.sleep(0.1)
    assert sandbox[0].journal.received == []


async def test_what_the_governor_knows_is_kept(
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Any,
    services: RehearsalServices,
) -> None:
    state = services.state("telegram")
    first = connect()
    channel = open_channel(first)
    async with attending(first):
        await until(lambda: (state.get("governor/bot") or {}).get("closed") is False)  # type: ignore[union-attr]
        await channel.post(channel.compose(story()), key="k")
        await until(lambda: state.get("governor/bot")["chats"])  # type: ignore[index, call-overload]
    assert state.get("governor/bot")["closed"] is True  # type: ignore[index, call-overload]
    second = connect()
    await second.start()
    assert second.governor.last(NEWS) == 1
    assert updates.WANTED == ("my_chat_member",)


class SlowState(MemoryState):
    """A store whose first write takes a while, as one does that waits for another's lock."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def set(self, key: str, value: Json) -> None:
        if not self.begun.is_set():
            self.begun.set()
            self.go_on.wait(10)
        super().set(key, value)


async def test_a_slow_write_never_overtakes_the_last_one(
    connect: Callable[..., TelegramAccount], services: RehearsalServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = SlowState()
    monkeypatch.setattr(services, "state", lambda _: state)
    working = asyncio.create_task(connect().attend(Suspended().take))
    await until(state.begun.is_set)
    working.cancel()
    asyncio.get_running_loop().call_later(0.1, state.go_on.set)
    await asyncio.gather(working, return_exceptions=True)
    await until(lambda: state.get("governor/bot"))
    await asyncio.sleep(0.1)
    assert state.get("governor/bot")["closed"] is True  # type: ignore[index, call-overload]
