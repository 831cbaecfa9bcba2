"""The Telegram plugin keeps the contract, against the sandbox.

What is asserted stands in `newswire.testing.ChannelContract`, whose tests run here.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
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
from newswire.sandbox import Fault, Membership, Sandbox
from newswire.testing import ChannelContract, Failure, Platform
from newswire_telegram.kind import TelegramType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

TOKEN = "123456:AAH-the_secret_of_these_tests"
GROUP = -4242
SUPERGROUP = -1001234567890


class TelegramPlatform(Platform):
    """A group in the sandbox that the bot administers; it may become a supergroup."""

    type = TelegramType()
    loggers: ClassVar[Sequence[str]] = ("uvicorn",)
    secrets = (TOKEN, "the_secret_of_these_tests")

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(clock=self.clock.timestamp, limits=False)
        self.sandbox.telegram.add_bot(TOKEN, username="news_bot")
        self.group = self.sandbox.telegram.add_chat(GROUP, "group", title="News")
        self.sandbox.telegram.add_chat(SUPERGROUP, "supergroup", title="News")
        self.url = ""

    @property
    def account(self) -> Mapping[str, Any]:
        return {"token": TOKEN, "api_url": f"{self.url}/telegram", "read_timeout": 1.0}

    @property
    def channel(self) -> Mapping[str, Any]:
        return {"chat": GROUP}

    def shown(self) -> Sequence[str]:
        return [*self.sandbox.telegram.texts(GROUP), *self.sandbox.telegram.texts(SUPERGROUP)]

    def heal(self) -> None:
        self.sandbox.faults.clear()
        self.sandbox.telegram.state.bots[TOKEN].revoked = False
        self.group.everyone = Membership()
        self.group.migrated_to = None

    def strike(self, **fault: Any) -> None:
        self.sandbox.faults.add(Fault(platform="telegram", **fault))

    def kick(self) -> None:
        self.group.everyone = Membership(status="kicked")

    def revoke(self) -> None:
        self.sandbox.telegram.state.bots[TOKEN].revoked = True

    def upgrade(self) -> None:
        self.group.migrated_to = SUPERGROUP

    def lose(self) -> None:
        for message in self.sandbox.telegram.messages(GROUP):
            message.deleted = self.clock.timestamp()


def says(code: int, words: str) -> dict[str, Any]:
    return {"effect": "status", "status": code, "body": {"ok": False, "error_code": code, "description": words}}


def strikes(name: str, means: type[Outcome], fault: dict[str, Any], **more: Any) -> Failure:
    return Failure(name=name, means=means, script=lambda platform: platform.strike(**fault), **more)


class TestTelegram(ChannelContract):
    send_timeout = timedelta(seconds=10)
    cannot: ClassVar[Mapping[type[Outcome], str]] = {
        LanePaused: "only several chats that hear it mean the bot (tests/plugins/telegram/test_governor.py)"
    }
    failures = (
        strikes("409", Retry, says(409, "Conflict: terminated by other getUpdates request")),
        strikes("a proxy's 403", Retry, {"effect": "html", "status": 403}),
        strikes("429, 17 s", ChannelPaused, {"effect": "rate_limit", "retry_after": 17}),
        strikes("429, 43,837 s", ChannelPaused, {"effect": "rate_limit", "retry_after": 43_837}),
        Failure(name="token revoked", means=AccountRefused, script=TelegramPlatform.revoke),
        Failure(name="bot kicked", means=ChannelGone, script=TelegramPlatform.kick),
        Failure(name="group upgraded", means=ChannelMoved, script=TelegramPlatform.upgrade),
        Failure(name="message deleted by hand", means=PostGone, script=TelegramPlatform.lose, on=["edit"]),
        strikes("content refused", Rejected, says(400, "Bad Request: message is too long"), on=["post", "edit"]),
        strikes("too old", Rejected, says(400, "Bad Request: message can't be deleted for everyone"), on=["delete"]),
        strikes("cut before it is taken", Unknown, {"effect": "cut", "when": "before"}, on=["post"]),
        strikes("cut after it is taken", Unknown, {"effect": "cut", "when": "after"}, on=["post"], taken=True),
        strikes("no answer", Unknown, {"effect": "hang", "seconds": 5}, on=["post"], taken=True),
        strikes("server error", Unknown, {"effect": "status", "status": 500}, on=["post"]),
        strikes("an edit cut", Retry, {"effect": "cut", "when": "before"}, on=["edit", "delete"]),
        strikes("an edit cut, done", Retry, {"effect": "cut", "when": "after"}, on=["edit", "delete"], taken=True),
    )

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[TelegramPlatform]:
        platform = TelegramPlatform()
        async with platform.sandbox.serving() as platform.url:
            yield platform
