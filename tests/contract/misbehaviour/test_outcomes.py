"""Outcomes that make no sense: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    LanePaused,
    Outcome,
    Rejected,
    Retry,
)
from newswire.testing import DeliveryState

Make = Callable[..., Any]


class UnsayableOutcome(Rejected):
    def __str__(self) -> str:
        raise RuntimeError("it has no words")


ODD_OUTCOMES: list[Outcome] = [
    Retry("never", after=timedelta.max),
    Retry("before now", after=timedelta(days=-5)),
    Retry("soon", after="soon"),  # type: ignore[arg-type]
    Retry("seconds", after=30),  # type: ignore[arg-type]
    Retry(None),  # type: ignore[arg-type]
    Retry("a lone surrogate \ud800 and a null \x00"),
    Retry("long " * 1_000_000),
    ChannelPaused("for ever", after=timedelta.max),
    ChannelPaused("nobody knows", after=None),  # type: ignore[arg-type]
    LanePaused("for ever", after=timedelta.max),
    LanePaused("before now", after=timedelta.min),
    LanePaused("nobody knows", after=None),  # type: ignore[arg-type]
    ChannelMoved("nowhere", address={}),
    ChannelMoved("to a place there is not", address={"no_such_option": 1}),
    ChannelMoved("to what is no JSON", address={"place": object()}),  # type: ignore[dict-item]
    ChannelMoved("to what is no address", address={"place": ["a"]}),  # type: ignore[dict-item]
    AccountRefused(),
    ChannelGone(b"bytes", 2, None),
    Rejected(),
    Outcome("of no kind"),
    UnsayableOutcome("x"),
]


@pytest.mark.parametrize("outcome", ODD_OUTCOMES, ids=lambda one: f"{type(one).__name__} {one.args!r:.40}")
async def test_an_outcome_that_makes_no_sense_loses_nothing(outcome: Outcome, beside: Make) -> None:
    made = beside()
    made.odd.fails("post", outcome, taken=False)
    made.room.publish("a")
    await made.deliver()
    delivery = made.room.delivery("a", "odd")
    assert delivery.state in {DeliveryState.PENDING, DeliveryState.DEAD, DeliveryState.DOUBT, DeliveryState.DONE}
    assert delivery.state is not DeliveryState.DONE or len(made.odd.out) == 1
    assert made.room.attempts("a", "odd")
    assert len(delivery.reason or "") < 10_000
    made.room.forward(days=8)
    await made.deliver()
    assert len(made.odd.out) <= 1
    await made.others_go_on()
