"""The Apprise plugin keeps the contract, before a real HTTP server that Apprise's ``json://`` speaks to."""

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
from newswire.testing import ChannelContract, Failure, Platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def strikes(name: str, means: type[Outcome], **fault: Any) -> Failure:
    taken = fault.get("taken", False)
    return Failure(name=name, means=means, script=lambda board: board.strike(**fault), on=["post"], taken=taken)


class TestApprise(ChannelContract):
    send_timeout = timedelta(seconds=15)
    failures = (
        strikes("401", AccountRefused, status=401),
        strikes("404", AccountRefused, status=404),
        strikes("redirect", AccountRefused, status=302, headers={"location": "/elsewhere"}),
        strikes("413", Rejected, status=413),
        strikes("429", LanePaused, status=429, headers={"retry-after": "7"}),
        strikes("500", Unknown, status=500),
        strikes("503, taken", Unknown, status=503, taken=True),
        strikes("cut before it is taken", Unknown, cut=True),
        strikes("cut after it is taken", Unknown, cut=True, taken=True),
        strikes("no answer in time", Unknown, hang=4.5, taken=True),
    )
    cannot = {  # noqa: RUF012  # it is a class variable of the base
        ChannelGone: "an address is all of an account's credential",
        ChannelMoved: "nobody says where to",
        ChannelPaused: "an account is one service",
        PostGone: "posts are neither edited nor deleted",
        Retry: "a server that is not there is tried in test_sending",
    }

    @pytest.fixture(autouse=True)
    def _given(self, new_board: Any) -> None:
        self.new_board = new_board

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[Platform]:
        async with self.new_board().serving() as board:
            yield board
