"""The bot's token is part of every address: it must turn up nowhere else."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from newswire.api import AccountRefused, Outcome
from newswire.sandbox.clock import VirtualClock
from newswire.sandbox.faults import Fault
from newswire_telegram.options import TelegramAccountOptions
from newswire_telegram.profile import set_up
from newswire_telegram.webhook import secret_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.api import Story
    from newswire.sandbox import Sandbox
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

TOKEN = "123456:AAH-the_secret_of_these_tests"
SECRETS = (TOKEN, quote(TOKEN, safe=""), "the_secret_of_these_tests")
Served = tuple["Sandbox", str]
ECHO = f"<h1>Not Found</h1> /bot{TOKEN}/sendMessage and /bot{quote(TOKEN, safe='')}/sendMessage"


def told_by(error: BaseException | None) -> str:
    """All that can be read from an error and from those it holds, suppressed ones too."""
    text = ""
    while error is not None:
        text += "".join(traceback.format_exception(error)) + repr(error) + str(error) + repr(error.__dict__)
        error = error.__cause__ or error.__context__
    return text


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that any logger writes at the level DEBUG."""
    names = ["", *logging.Logger.manager.loggerDict]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def failure(channel: TelegramChannel, story: Story) -> Outcome:
    with pytest.raises(Outcome) as failed:
        await channel.post(channel.compose(story), key="k")
    return failed.value


async def ending(channel: TelegramChannel, story: Story) -> str:
    """What can be read of a post: a refusal of its entities ends in a post without them, and a receipt that says so."""
    try:
        return repr(await channel.post(channel.compose(story), key="k"))
    except Outcome as outcome:
        return told_by(outcome)


FAULTS = [
    Fault(effect="cut", when="before"),
    Fault(effect="hang", seconds=5),
    Fault(effect="garbage", body=ECHO),
    Fault(effect="html", body=ECHO),
    Fault(effect="rate_limit"),
    *(Fault(effect="status", status=status, body=ECHO) for status in (200, 302, 400, 401, 403, 404, 413, 429, 500)),
    *(
        Fault(effect="status", status=status, body={"ok": False, "error_code": status, "description": ECHO})
        for status in (200, 400, 401, 403, 404, 409, 413, 429, 500)
    ),
    Fault(effect="status", status=200, body={"ok": True, "result": ECHO}),
]


async def test_no_token_in_logs_or_errors(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    log: pytest.LogCaptureFixture,
) -> None:
    clock = sandbox[0].clock
    assert isinstance(clock, VirtualClock)
    account = connect(read_timeout=0.3)
    channel = open_channel(account)
    receipt = await channel.post(channel.compose(story()), key="k")
    told = repr(receipt) + repr(await account.check()) + repr(await channel.check())
    for fault in FAULTS:
        clock.advance(60)
        number = sandbox[0].faults.add(fault)
        told += await ending(channel, story())
        assert not sandbox[0].faults.remove(number), f"did not strike: {fault}"
        sandbox[0].faults.add(fault)
        told += repr(await account.check())
    for address in ("http://127.0.0.1:1", "http://nowhere.invalid", sandbox[1].replace("http:", "https:")):
        told += told_by(await failure(open_channel(connect(api_url=address)), story()))
    told += repr(account) + repr(vars(account)) + repr(channel) + repr(vars(channel))
    ours = [record for record in log.records if not record.name.startswith("uvicorn")]  # that is the other side
    assert "telegram" in {record.name.split(".")[0] for record in ours}
    told += "".join(log.handler.format(record) + repr(record.args) for record in ours)
    assert [secret for secret in SECRETS if secret in told] == []


async def test_no_secret_of_updates_or_setup_in_logs(
    sandbox: Served, connect: Callable[..., TelegramAccount], log: pytest.LogCaptureFixture
) -> None:
    async def suspend(*_: object) -> None:
        return

    profile = {"default": {"name": "News", "commands": {"start": "Begin"}}}
    for updates in ("poll", "webhook"):
        account = connect(updates=updates, profile=profile)
        attending = asyncio.create_task(account.attend(suspend))
        awaited = "setWebhook" if updates == "webhook" else "getUpdates"
        async with asyncio.timeout(10):
            while awaited not in {call.method for call in sandbox[0].journal.received}:  # noqa: ASYNC110  # the other side
                await asyncio.sleep(0.01)
            async for _ in set_up(account):
                await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)
    assert sandbox[0].telegram.state.bots[TOKEN].webhook["secret_token"] == secret_of(TOKEN)
    ours = [record for record in log.records if not record.name.startswith("uvicorn")]
    told = "".join(log.handler.format(record) + repr(record.args) for record in ours)
    assert "setWebhook" in told
    assert [secret for secret in (*SECRETS, secret_of(TOKEN)) if secret in told] == []


async def test_the_words_of_an_answer_that_repeats_the_address_lose_the_token(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    body = {"ok": False, "error_code": 404, "description": ECHO}
    sandbox[0].faults.add(Fault(effect="status", status=404, body=body))
    refused = await failure(open_channel(), story())
    assert isinstance(refused, AccountRefused)
    hidden = "**********"
    assert str(refused) == f"<h1>Not Found</h1> /bot{hidden}/sendMessage and /bot{hidden}/sendMessage"


def test_the_options_hide_the_token() -> None:
    options = TelegramAccountOptions.model_validate({"token": TOKEN})
    told = repr(options) + str(options) + options.model_dump_json()
    with pytest.raises(ValueError, match="is no bot token") as refused:
        TelegramAccountOptions.model_validate({"token": SECRETS[-1]})
    assert [secret for secret in SECRETS if secret in told + told_by(refused.value)] == []
