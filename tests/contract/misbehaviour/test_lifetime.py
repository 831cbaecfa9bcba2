"""Accounts that do not connect, start or close: nobody else waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newswire.testing import DeliveryState

Make = Callable[..., Any]


async def test_an_account_that_does_not_start_is_tried_again(any_error: BaseException, beside: Make) -> None:
    made = beside()
    made.odd.fails("start", any_error)
    made.room.publish("a")
    await made.deliver()
    assert made.odd.out == {}
    assert made.room.delivery("a", "odd").state is DeliveryState.PENDING
    assert made.room.account("odd").paused_until is not None
    assert len(made.room.account("odd").note or "") < 10_000
    assert len(made.good.out) == 1
    made.room.forward(hours=1)
    await made.deliver()
    assert (len(made.odd.out), made.room.delivery("a", "odd").state) == (1, DeliveryState.DONE)
    await made.others_go_on()


async def test_an_account_that_hangs_at_its_start_is_tried_again(beside: Make) -> None:
    made = beside(send_timeout=0.2)
    made.odd.hangs("start")
    made.room.publish("a")
    await made.deliver()
    assert (made.odd.out, len(made.good.out)) == ({}, 1)
    assert made.room.account("odd").paused_until is not None
    made.room.forward(hours=1)
    await made.deliver()
    assert len(made.odd.out) == 1


@pytest.mark.parametrize("place", ["connect", "open"])
@pytest.mark.parametrize("error", [ValueError("no such file"), SystemExit(2)], ids=ascii)
async def test_an_account_that_cannot_be_opened_stops_no_other(place: str, error: BaseException, beside: Make) -> None:
    made = beside()
    made.odd.raises(place, error)
    made.room.publish("a")
    await made.deliver()
    assert len(made.good.out) == 1
    assert made.room.delivery("a", "odd").state in {DeliveryState.PENDING, DeliveryState.DONE}
    await made.room.restart()
    made.room.forward(hours=2)
    await made.deliver()
    assert (len(made.odd.out), made.room.delivery("a", "odd").state) == (1, DeliveryState.DONE)


@pytest.mark.parametrize("error", [ValueError("plain"), SystemExit(1), asyncio.CancelledError(), None], ids=ascii)
async def test_an_account_that_does_not_close_keeps_nobody(error: BaseException | None, beside: Make) -> None:
    made = beside(send_timeout=0.2)
    made.odd.fails("aclose", error) if error else made.odd.hangs("aclose")
    made.room.publish("a")
    async with asyncio.timeout(10):
        await made.room._room.dispatcher().run(asyncio.Event(), patience=timedelta())
    assert made.good.calls[-1] == "aclose"
    assert (len(made.odd.out), len(made.good.out)) == (1, 1)
