import httpx
import pytest
from telegram import Bot
from telegram.error import RetryAfter

from newswire.sandbox import Sandbox, VirtualClock
from newswire.sandbox.telegram.limits import FloodLimits

from .conftest import CHANNEL, TOKEN


def test_thirty_a_second_over_all_chats() -> None:
    limits = FloodLimits()
    assert [limits.retry_after(1, chat, 0.0, group=False) for chat in range(31)] == [0] * 30 + [1]
    assert limits.retry_after(2, 0, 0.0, group=False) == 0, "another bot is another matter"
    assert limits.retry_after(1, 31, 1.0, group=False) == 0


def test_one_a_second_in_a_chat_with_a_short_burst() -> None:
    limits = FloodLimits()
    assert [limits.retry_after(1, 7, 0.0, group=False) for _ in range(4)] == [0, 0, 0, 1]
    assert limits.retry_after(1, 7, 1.0, group=False) == 0
    assert limits.retry_after(1, 7, 1.5, group=False) == 1
    assert [limits.retry_after(1, 7, second, group=False) for second in range(2, 40)] == [0] * 38


def test_twenty_a_minute_in_a_group() -> None:
    limits = FloodLimits()
    assert [limits.retry_after(1, -7, second, group=True) for second in range(20)] == [0] * 20
    assert limits.retry_after(1, -7, 20, group=True) == 40
    assert limits.retry_after(1, -7, 59, group=True) == 1
    assert limits.retry_after(1, -7, 60, group=True) == 0


async def test_too_many_get_the_exact_refusal(http: httpx.AsyncClient, clock: VirtualClock, sandbox: Sandbox) -> None:
    for number in range(20):
        clock.advance(2 if number else 0)
        answer = await http.post(f"/telegram/bot{TOKEN}/sendMessage", json={"chat_id": CHANNEL, "text": "x"})
        assert answer.status_code == 200
    clock.advance(2)
    answer = await http.post(f"/telegram/bot{TOKEN}/sendMessage", json={"chat_id": CHANNEL, "text": "x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 20",
        "parameters": {"retry_after": 20},
    }
    assert len(sandbox.telegram.messages(CHANNEL)) == 20
    assert len(sandbox.journal.accepted) == 20


async def test_the_library_can_wait_and_go_on(bot: Bot, clock: VirtualClock) -> None:
    for _ in range(3):
        await bot.send_message(CHANNEL, "x")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(CHANNEL, "x")
    wait = caught.value.retry_after
    clock.advance(wait if isinstance(wait, int) else wait.total_seconds())
    await bot.send_message(CHANNEL, "x")


async def test_without_limits_all_goes_through() -> None:
    sandbox = Sandbox(auto_register=True, limits=False)
    async with sandbox.serving() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for _ in range(50):
            fields = {"chat_id": CHANNEL, "text": "x"}
            assert (await http.post(f"/telegram/bot{TOKEN}/sendMessage", json=fields)).status_code == 200
