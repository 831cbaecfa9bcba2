"""Both real plugins before the sandbox, in one room."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Fault, Membership, Sandbox
from newswire.testing import (
    Attempt,
    DeliveryState,
    RehearsalClock,
    RehearsalRoom,
    RehearsedAccount,
    RehearsedChannel,
)
from newswire_mastodon.plugin import MastodonType
from newswire_telegram.kind import TelegramType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


TOKEN = "123456:AAH-the_secret_of_these_tests"
CHAT, NEW_CHAT = -4242, -1001234567890
SERVER_TOKEN = "token-of-the-newsroom"


class Scene:
    """Both plugins in one room, each with an account in the sandbox: what happens to one must not touch the other."""

    def __init__(self, **changes: Any) -> None:
        # Mastodon.py corrects the end of a rate limit by the difference between the server's and this machine's clock.
        self.clock = RehearsalClock(datetime.now(UTC).replace(microsecond=0))
        self.sandbox = Sandbox(clock=self.clock.timestamp, limits=False)
        self.bot = self.sandbox.telegram.add_bot(TOKEN, username="news_bot")
        self.chat = self.sandbox.telegram.add_chat(CHAT, "group", title="News")
        self.sandbox.telegram.add_chat(NEW_CHAT, "supergroup", title="News")
        self.sandbox.mastodon.add_account("main", SERVER_TOKEN, "news")
        self.server = self.sandbox.mastodon.servers["main"]
        self.url = ""
        self.changes = changes
        self.room: RehearsalRoom

    def telegram(self, *, chat: int = CHAT, thread: int | None = None, **account: Any) -> RehearsedAccount:
        options = {"token": TOKEN, "api_url": f"{self.url}/telegram", "read_timeout": 1.0, **account}
        place = {"chat": chat} | ({"thread": thread} if thread else {})
        channel = RehearsedChannel(name="telegram", options=place, **self.changes)
        return RehearsedAccount(name="telegram", type=TelegramType(), options=options, channels=[channel])

    def mastodon(self, type: Any = None, **account: Any) -> RehearsedAccount:  # noqa: A002  # the word of the config
        options = {"token": SERVER_TOKEN, "url": f"{self.url}/mastodon/main", **account}
        channel = RehearsedChannel(name="mastodon", **self.changes)
        return RehearsedAccount(name="mastodon", type=type or MastodonType(), options=options, channels=[channel])

    def strike(self, platform: Any, effect: Any, **fault: Any) -> None:
        """Lets something go wrong with the next call that posts, edits or deletes."""
        path = "/api/v1/statuses*" if platform == "mastodon" else "/*Message*"
        self.sandbox.faults.add(Fault(platform=platform, effect=effect, path=path, **fault))

    def posts(self, platform: str) -> list[str]:
        """What followers see on a platform."""
        if platform == "mastodon":
            return self.sandbox.mastodon.texts("main")
        return self.sandbox.telegram.texts(CHAT) + self.sandbox.telegram.texts(NEW_CHAT)

    def heal(self) -> None:
        """The platforms are as they should be."""
        self.sandbox.faults.clear()
        self.bot.revoked = self.chat.dissolved = False
        self.chat.everyone, self.chat.migrated_to = Membership(), None

    async def begin(self, doing: str) -> None:
        """Brings an article to where the next delivery does this."""
        self.room.publish("a")
        if doing != "post":
            await self.room.deliver()
            assert (len(self.posts("telegram")), len(self.posts("mastodon"))) == (1, 1)
        if doing == "edit":
            self.room.revise("a")
        elif doing == "delete":
            self.room.withdraw("a")

    async def finish(self, platform: str) -> None:
        """Moves the clock past every pause until the delivery rests."""
        for _ in range(12):
            await self.room.deliver()
            delivery, account, channel = self.stand(platform)
            if delivery.state is not DeliveryState.PENDING or not channel.active:
                return
            waits = (delivery.due, account.paused_until, channel.paused_until)
            self.clock.forward_to(max(moment for moment in waits if moment))
            self.clock.forward(timedelta(seconds=1))

    def stand(self, platform: str) -> Any:
        """The delivery of the article, its account and its channel."""
        return self.room.delivery("a", platform), self.room.account(platform), self.room.channel(platform)

    def last(self, platform: str) -> Attempt:
        """The last attempt."""
        return self.room.attempts("a", platform)[-1]

    async def plays(
        self,
        platform: str,
        script: Callable[[Scene], object],
        *,
        doing: str,
        outcome: str,
        words: str,
        state: str,
        posts: int,
        end: tuple[str, int],
        account_rests: float | None = None,
        channel_rests: float | None = None,
        active: bool = True,
        counted: int | None = None,
    ) -> None:
        """Plays one row of a table: one failure, what it leads to at once, and what in the end."""
        other = "mastodon" if platform == "telegram" else "telegram"
        await self.begin(doing)
        script(self)
        before = len(self.room.attempts("a", platform))
        await self.room.deliver()
        delivery, account, channel = self.stand(platform)
        assert (delivery.state, len(self.posts(platform))) == (state, posts), delivery.reason
        attempts = self.room.attempts("a", platform)[before:]
        assert (attempts[0].operation, attempts[0].outcome) == (doing, outcome)
        assert re.search(words, attempts[0].words or ""), attempts[0].words
        assert state not in {"pending", "dead", "doubt"} or re.search(words, delivery.reason or ""), delivery.reason
        assert _rest(account.paused_until, self.clock()) == _about(account_rests)
        assert _rest(channel.paused_until, self.clock()) == _about(channel_rests)
        assert channel.active is active
        assert counted is None or delivery.attempt == counted
        uncertain = doing == "post" and outcome == "unknown"
        assert (delivery.uncertain_since is not None) is uncertain
        await self._leaves_alone(other, doing)
        self.heal()
        await self.finish(platform)
        delivery, _, channel = self.stand(platform)
        assert ((delivery.state, len(self.posts(platform))), channel.active) == (end, active), delivery.reason

    async def _leaves_alone(self, platform: str, doing: str) -> None:
        delivery, account, channel = self.stand(platform)
        assert (delivery.state, account.paused_until, channel.paused_until) == ("done", None, None)
        assert len(self.posts(platform)) == int(doing != "delete")
        assert channel.active


def _rest(until: datetime | None, now: datetime) -> float | None:
    return (until - now).total_seconds() if until is not None and until > now else None


def _about(seconds: float | None) -> Any:
    return None if seconds is None else pytest.approx(seconds, abs=10)


@pytest.fixture
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """Both plugins before the sandbox; a parameter changes what their channels have in common."""
    given = dict(getattr(request, "param", {}))
    timeout = timedelta(seconds=given.pop("send_timeout", 30))
    made = Scene(**given)
    async with contextlib.AsyncExitStack() as stack:
        made.url = await stack.enter_async_context(made.sandbox.serving())
        made.room = RehearsalRoom(made.telegram(), made.mastodon(), clock=made.clock, send_timeout=timeout)
        await stack.enter_async_context(made.room)
        yield made
