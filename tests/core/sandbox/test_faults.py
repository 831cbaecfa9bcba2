import asyncio
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from mastodon import MastodonAPIError, MastodonBadGatewayError, MastodonNetworkError, MastodonRatelimitError
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from newswire.sandbox import Call, Fault, FaultError, Faults, Sandbox, VirtualClock

from .conftest import CHANNEL, Client

SENDING = Call(number=1, platform="telegram", method="sendMessage", path="/sendMessage", at=0)


def call(**given: Any) -> Call:
    return replace(SENDING, **given)


def test_a_fault_strikes_what_it_matches_and_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add(Fault(effect="cut", platform="telegram", method="SENDMESSAGE", chat="-1", skip=1, count=2))
    assert faults.take(call(chat="-2")) is None
    assert faults.take(call(platform="mastodon", chat="-1")) is None
    struck = [faults.take(call(chat="-1")) is not None for _ in range(4)]
    assert struck == [False, True, True, False]
    assert faults.as_json() == []


def test_a_fault_can_match_path_account_and_server_for_ever() -> None:
    faults = Faults()
    number = faults.add(Fault(effect="cut", path="/api/v1/statuses*", account="news", server="m", count=None))
    hit = call(platform="mastodon", method="PUT", path="/api/v1/statuses/7", account="news", server="m")
    assert all(faults.take(hit) for _ in range(5))
    assert (
        faults.take(call(platform="mastodon", method="PUT", path="/api/v1/media", account="news", server="m")) is None
    )
    assert faults.remove(number)
    assert not faults.remove(number)
    assert faults.take(hit) is None


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"effect": "explode"},
        {},
        {"effect": "cut", "when": "never"},
        {"effect": "cut", "platfrom": "telegram"},
        {"effect": "cut", "count": "two"},
        {"effect": "cut", "path": 7},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(given: Any) -> None:
    with pytest.raises(FaultError):
        Fault.from_json(given)


async def test_faults_are_set_listed_and_removed_over_http(
    sandbox: Sandbox, http: httpx.AsyncClient, bot: Bot, clock: VirtualClock
) -> None:
    fault = {"effect": "rate_limit", "method": "sendMessage", "retry_after": 7, "count": 2}
    answer = await http.post("/sandbox/faults", json=fault)
    assert (answer.status_code, answer.json()) == (201, {"number": 1})
    with pytest.raises(RetryAfter):
        await bot.send_message(CHANNEL, "hello")
    listed = (await http.get("/sandbox/faults")).json()
    assert [(one["number"], one["count"], one["retry_after"]) for one in listed] == [(1, 1, 7)]
    assert (await http.delete("/sandbox/faults", params={"number": 1})).status_code == 204
    assert (await http.delete("/sandbox/faults", params={"number": 1})).status_code == 404
    clock.advance(7)
    await bot.send_message(CHANNEL, "hello")
    assert (await http.post("/sandbox/faults", content=b"{")).status_code == 400
    assert (await http.post("/sandbox/faults", json={"effect": "x"})).json()["error"].startswith("effect is one of")
    sandbox.faults.add(Fault(effect="cut"))
    assert (await http.delete("/sandbox/faults")).status_code == 204
    assert sandbox.faults.as_json() == []


async def test_telegram_rate_limit_is_the_exact_envelope(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.faults.add(Fault(effect="rate_limit", retry_after=9))
    answer = await http.get("/telegram/bot4711:sandbox-secret/getMe")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "9"
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 9",
        "parameters": {"retry_after": 9},
    }


@pytest.mark.parametrize(
    ("fault", "raised", "accepted"),
    [
        (Fault(effect="cut"), NetworkError, 0),
        (Fault(effect="cut", when="after"), NetworkError, 1),
        (Fault(effect="hang", seconds=1), TimedOut, 1),
        (Fault(effect="hang", when="before", seconds=1), TimedOut, 0),
        (Fault(effect="garbage"), TelegramError, 0),
        (Fault(effect="garbage", when="after"), TelegramError, 1),
        (Fault(effect="html"), NetworkError, 0),
        (Fault(effect="html", when="after"), NetworkError, 1),
        (Fault(effect="status", status=500), NetworkError, 0),
        (Fault(effect="status", status=500, when="after"), NetworkError, 1),
    ],
)
async def test_what_a_bot_sees_does_not_tell_whether_it_was_accepted(
    sandbox: Sandbox, bot: Bot, fault: Fault, raised: type[Exception], accepted: int
) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(raised):
        await bot.send_message(CHANNEL, "hello", read_timeout=0.3)
    assert len(sandbox.journal.calls("sendMessage")) == accepted
    assert len(sandbox.telegram.messages(CHANNEL)) == accepted


async def test_a_delay_only_delays(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.faults.add(Fault(effect="delay", seconds=0.1))
    assert (await bot.send_message(CHANNEL, "hello")).message_id == 1


@pytest.mark.parametrize(
    ("fault", "raised", "accepted"),
    [
        (Fault(effect="cut"), MastodonNetworkError, 0),
        (Fault(effect="cut", when="after"), MastodonNetworkError, 1),
        (Fault(effect="garbage", when="after"), MastodonAPIError, 1),
        (Fault(effect="html"), MastodonBadGatewayError, 0),
        (Fault(effect="status", status=520), MastodonAPIError, 0),
        (Fault(effect="rate_limit", retry_after=3600), MastodonRatelimitError, 0),
        (
            Fault(effect="status", status=200, body={"id": "1"}, headers={"X-RateLimit-Reset": "soon"}, when="after"),
            MastodonRatelimitError,
            1,
        ),
    ],
)
async def test_what_a_mastodon_client_sees(
    sandbox: Sandbox, client: Client, fault: Fault, raised: type[Exception], accepted: int
) -> None:
    sandbox.faults.add(fault)
    with pytest.raises(raised):
        await asyncio.to_thread(client().status_post, "hello")
    assert len(sandbox.mastodon.statuses("m")) == accepted


async def test_mastodon_reset_is_right_by_the_clock_of_the_date_header(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.add(Fault(effect="rate_limit", retry_after=3600))
    one = client()
    with pytest.raises(MastodonRatelimitError):
        await asyncio.to_thread(one.status_post, "hello")
    assert one.ratelimit_reset is not None
    assert one.ratelimit_reset - time.time() == pytest.approx(3600, abs=3)
