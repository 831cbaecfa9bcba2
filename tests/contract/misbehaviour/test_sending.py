"""A post that raises, hangs, blocks, or gives what is no receipt: whatever is wrong, it may be out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from newswire.api import (
    Receipt,
)
from newswire.testing import NOON, DeliveryState

Make = Callable[..., Any]


async def test_a_post_that_raises_is_in_doubt(any_error: BaseException, beside: Make) -> None:
    made = beside()
    made.odd.fails("post", any_error)
    made.room.publish("a")
    await made.deliver()
    made.room.forward(hours=2)
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, len(made.odd.out)) == (DeliveryState.DOUBT, 1)
    assert delivery.uncertain_since is not None
    assert [one.outcome for one in made.room.attempts("a", "odd")] == ["unknown"]
    await made.others_go_on()


async def test_a_post_that_is_no_coroutine_and_raises_is_in_doubt(beside: Make) -> None:
    made = beside()

    def at_once(platform: Any, post: Any) -> Any:
        platform.put(post)
        raise ValueError("after it was sent")

    made.odd.instead("post", at_once)
    made.room.publish("a")
    await made.deliver()
    made.room.forward(hours=2)
    await made.deliver()
    assert (made.room.delivery("a", "odd").state, len(made.odd.out)) == (DeliveryState.DOUBT, 1)


async def test_a_post_that_is_no_coroutine_is_in_doubt(beside: Make) -> None:
    made = beside()
    made.odd.instead("post", lambda platform, post: platform.put(post))
    made.room.publish("a")
    await made.deliver()
    assert len(made.odd.out) == 1
    assert made.room.delivery("a", "odd").state in {DeliveryState.DOUBT, DeliveryState.DONE}
    await made.others_go_on()


RECEIPT = Receipt(remote_id="1", at=NOON)
WRONG_RECEIPTS: list[Any] = [
    None,
    "17",
    17,
    {"remote_id": "17"},
    ...,
    replace(RECEIPT, remote_id=None),  # type: ignore[arg-type]
    replace(RECEIPT, remote_id=17),  # type: ignore[arg-type]
    replace(RECEIPT, at=None),  # type: ignore[arg-type]
    replace(RECEIPT, at="now"),  # type: ignore[arg-type]
    replace(RECEIPT, details={"x": ...}),  # type: ignore[dict-item]
    replace(RECEIPT, details={"x": {1, 2}}),  # type: ignore[dict-item]
    replace(RECEIPT, details=None),  # type: ignore[arg-type]
    replace(RECEIPT, remote_id="a lone surrogate \ud800"),
]


@pytest.mark.parametrize("wrong", WRONG_RECEIPTS, ids=ascii)
async def test_a_post_that_gives_no_receipt_is_in_doubt(wrong: Any, beside: Make) -> None:
    made = beside()
    made.odd.answers("post", wrong)
    made.room.publish("a")
    await made.deliver()
    made.room.forward(hours=2)
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, len(made.odd.out)) == (DeliveryState.DOUBT, 1)
    assert delivery.reason
    await made.others_go_on()


@pytest.mark.parametrize("at", [datetime(2026, 11, 23, 12), datetime.min, datetime.max])  # noqa: DTZ001, DTZ901  # that is what is wrong with them
async def test_a_receipt_with_an_odd_time_is_a_receipt_or_a_doubt(at: datetime, beside: Make) -> None:
    made = beside()
    made.odd.answers("post", replace(RECEIPT, at=at))
    made.room.publish("a")
    await made.deliver()
    assert made.room.delivery("a", "odd").state in {DeliveryState.DONE, DeliveryState.DOUBT}
    made.room.revise("a")
    await made.deliver()
    assert len(made.odd.out) == 1
    await made.others_go_on()


async def test_a_post_that_hangs_is_given_up_in_time(beside: Make) -> None:
    made = beside(send_timeout=0.2)
    made.odd.hangs("post")
    made.room.publish("a")
    begun = time.monotonic()
    await made.deliver()
    assert time.monotonic() - begun < 2
    delivery = made.room.delivery("a", "odd")
    assert (delivery.state, delivery.reason) == (DeliveryState.DOUBT, "no answer within 0.2 s")
    await made.others_go_on()


async def test_a_post_that_does_not_let_itself_be_cancelled_is_left_to_itself(beside: Make) -> None:
    made = beside(send_timeout=0.2)
    released = asyncio.Event()

    async def stubborn(*_: Any) -> Any:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue
        return RECEIPT

    made.odd.instead("post", stubborn)
    made.room.publish("a")
    asyncio.get_running_loop().call_later(2.5, released.set)
    begun = time.monotonic()
    try:
        await made.deliver()
        assert time.monotonic() - begun < 2
    finally:
        released.set()
        await asyncio.sleep(0)
    assert made.room.delivery("a", "odd").state is DeliveryState.DOUBT
    await made.others_go_on()


async def test_a_plugin_that_sleeps_on_the_event_loop_delays_everybody_and_loses_nothing(beside: Make) -> None:
    """Nobody can help that: docs/testing-plugins.md tells authors to use `asyncio.to_thread`."""
    made = beside(send_timeout=0.1)

    async def sleepy(platform: Any, post: Any) -> Any:
        time.sleep(0.3)  # noqa: ASYNC251  # what must not be done is done here
        return platform.put(post)

    made.odd.instead("post", sleepy)
    made.room.publish("a")
    await made.deliver()
    assert made.room.delivery("a", "odd").state in {DeliveryState.DONE, DeliveryState.DOUBT}
    assert len(made.odd.out) == 1
    await made.others_go_on()
