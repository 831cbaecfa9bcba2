"""The Mastodon plugin keeps the contract, against the sandbox.

What is asserted stands in `newswire.testing.ChannelContract`, whose tests run here.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

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
from newswire.sandbox import Fault, Quirks, Sandbox
from newswire.testing import ChannelContract, Failure, Platform, RehearsalClock
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

TOKEN = "token-of-the-newsroom"
STATUSES = "/api/v1/statuses*"


class MastodonPlatform(Platform):
    """An account on a server of the sandbox."""

    type = MastodonType()
    loggers: ClassVar[Sequence[str]] = ("uvicorn",)
    secrets = (TOKEN,)
    quirks = Quirks()

    def __init__(self) -> None:
        super().__init__()
        # The library corrects the end of a rate limit by the difference between the server's clock and this machine's.
        self.clock = RehearsalClock(datetime.now(UTC))
        self.sandbox = Sandbox(clock=self.clock.timestamp, limits=False)
        self.sandbox.mastodon.add_server("main", self.quirks)
        self.sandbox.mastodon.add_account("main", TOKEN, "news")
        self.url = ""

    @property
    def account(self) -> Mapping[str, Any]:
        return {"token": TOKEN, "url": f"{self.url}/mastodon/main"}

    def shown(self) -> Sequence[str]:
        return self.sandbox.mastodon.texts("main")

    def heal(self) -> None:
        self.sandbox.faults.clear()

    def strike(self, **fault: Any) -> None:
        self.sandbox.faults.add(Fault(platform="mastodon", path=STATUSES, **fault))

    def lose(self) -> None:
        for status in self.sandbox.mastodon.statuses("main"):
            status.deleted = self.clock.timestamp()


class ForgetfulPlatform(MastodonPlatform):
    """A server that heeds no idempotency key, and has ids of its own."""

    quirks = Quirks(idempotency=False, ids="hex", rate_headers="none", language="en")


def says(code: int, words: str) -> dict[str, Any]:
    return {"effect": "status", "status": code, "body": {"error": words}}


def strikes(name: str, means: type[Outcome], fault: dict[str, Any], **more: Any) -> Failure:
    return Failure(name=name, means=means, script=lambda platform: platform.strike(**fault), **more)


class TestMastodon(ChannelContract):
    send_timeout = timedelta(seconds=10)
    failures = (
        strikes("429", LanePaused, {"effect": "rate_limit", "retry_after": 90}),
        strikes("401", AccountRefused, says(401, "The access token is invalid")),
        strikes("403", AccountRefused, says(403, "This action is outside the authorized scopes")),
        Failure(name="status deleted by hand", means=PostGone, script=MastodonPlatform.lose, on=["edit"]),
        strikes("422", Rejected, says(422, "Validation failed: Text character limit of 500 exceeded")),
        strikes("cut before it is taken", Unknown, {"effect": "cut", "when": "before"}, on=["post"]),
        strikes("cut after it is taken", Unknown, {"effect": "cut", "when": "after"}, on=["post"], taken=True),
        strikes("broken answer", Unknown, {"effect": "garbage", "when": "after"}, on=["post"], taken=True),
        strikes("503", Unknown, says(503, "There was a temporary problem"), on=["post"]),
        strikes("520", Unknown, {"effect": "html", "status": 520}, on=["post"]),
        strikes("an edit cut", Retry, {"effect": "cut", "when": "before"}, on=["edit", "delete"]),
        strikes("an edit cut, done", Retry, {"effect": "cut", "when": "after"}, on=["edit", "delete"], taken=True),
    )
    cannot = {  # noqa: RUF012  # it is a class variable of the base
        ChannelGone: "a timeline is there as long as its account is",
        ChannelMoved: "nor does it move",
        ChannelPaused: "limits are the account's",
    }

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[MastodonPlatform]:
        platform = MastodonPlatform()
        async with platform.sandbox.serving() as platform.url:
            yield platform
