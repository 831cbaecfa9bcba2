"""What every kind of channel keeps: the kit drives the plugin through everything with the real dispatcher."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

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

from homeserver import Homeserver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def says(status: int, code: str, means: type[Outcome], **more: Any) -> Failure:
    """An error that the homeserver answers with."""
    answer = {"errcode": code, "error": "so it is", **more}
    return Failure(
        name=f"{status} {code}", means=means, script=lambda server: server.strike(status=status, answer=answer)
    )


def cut(name: str, *, taken: bool) -> Failure:
    """A connection that ends before there is an answer; aiohttp repeats a PUT by itself, so it happens twice."""

    def script(server: Homeserver) -> None:
        server.strike(cut=True, taken=taken)
        server.strike(cut=True, taken=taken)

    return Failure(name=name, means=Unknown, script=script, taken=taken)


class TestMatrix(ChannelContract):
    failures = (
        says(429, "M_LIMIT_EXCEEDED", LanePaused, retry_after_ms=2000),
        says(401, "M_UNKNOWN_TOKEN", AccountRefused),
        says(403, "M_FORBIDDEN", ChannelGone),
        says(413, "M_TOO_LARGE", Rejected),
        says(502, "M_UNKNOWN", Unknown),
        cut("cut before it is taken", taken=False),
        cut("cut after it is taken", taken=True),
        Failure(name="redacted by hand", means=PostGone, script=Homeserver.redact_all, on=["edit"]),
    )
    cannot = {  # noqa: RUF012  # as the base class has it
        ChannelMoved: "a room that is upgraded is a new room",
        ChannelPaused: "limits are the account's",
        Retry: "only a server that is not there: see test_channel",
    }

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[Platform]:
        async with Homeserver().serving() as server:
            yield server
