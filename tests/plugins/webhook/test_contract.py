"""The webhook plugin keeps the contract, before a real HTTP server that is as strict as the specification."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import (
    AccountRefused,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    LanePaused,
    Outcome,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)
from newswire.testing import ChannelContract, Failure, Operation, Platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


ECHO = "Cannot POST /hooks/the-path-is-secret-too"


EVERYWHERE: Sequence[Operation] = ("post", "edit", "delete")


def strikes(name: str, means: type[Outcome], on: Sequence[Operation] = EVERYWHERE, **fault: Any) -> Failure:
    taken = fault.get("taken", False)
    return Failure(name=name, means=means, script=lambda platform: platform.strike(**fault), on=on, taken=taken)


class TestWebhook(ChannelContract):
    send_timeout = timedelta(seconds=15)
    failures = (
        strikes("410", ChannelGone, status=410),
        strikes("429", LanePaused, status=429, headers={"retry-after": "90"}),
        strikes("429 without a time", LanePaused, status=429),
        strikes("502", LanePaused, status=502),
        strikes("504, taken", LanePaused, status=504, taken=True),
        strikes("redirect", AccountRefused, status=302, headers={"location": "/elsewhere"}),
        strikes("401", AccountRefused, status=401),
        strikes(
            "404 that repeats the address", AccountRefused, status=404, text="Cannot POST /hooks/the-path-is-secret-too"
        ),
        strikes("400", Retry, status=400),
        strikes("503 that says when", Retry, status=503, headers={"retry-after": "30"}),
        strikes("500, taken", Retry, status=500, taken=True),
        strikes("cut before it is taken", Unknown, cut=True),
        strikes("cut after it is taken", Unknown, cut=True, taken=True),
        strikes("no answer in time", Unknown, on=["post"], hang=4.5, taken=True),
    )
    cannot = {  # noqa: RUF012  # it is a class variable of the base
        ChannelMoved: "a redirect tells a sender to correct the address, and is not followed",
        ChannelPaused: "a receiver is asked as one",
        PostGone: "every message is taken by itself",
        Rejected: "what a receiver does not take is sent again",
    }

    @pytest.fixture(autouse=True)
    def _given(self, new_receiver: Any) -> None:
        self.new_receiver = new_receiver

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[Platform]:
        async with self.new_receiver().serving() as receiver:
            yield receiver
