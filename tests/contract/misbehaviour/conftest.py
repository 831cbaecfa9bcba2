"""A platform in memory whose plugin does what a test tells it to, and one that behaves beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from newswire.api import (
    Abilities,
    Account,
    Channel,
    ChannelType,
    Options,
    Post,
    Receipt,
    Retry,
    Services,
    Story,
)
from newswire.testing import (
    NOON,
    DeliveryState,
    RehearsalRoom,
    RehearsedAccount,
    RehearsedChannel,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Act = Callable[..., Any]


class Place(Options):
    """No option but a name."""

    place: str = "here"


@dataclass
class Platform:
    """What is out, and what the plugin does instead of what it should: a function of what it would have done."""

    name: str
    out: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    acts: dict[str, list[Act]] = field(default_factory=dict)
    abilities: Abilities = field(default_factory=Abilities)

    def instead(self, method: str, *acts: Act) -> None:
        """The next calls of a method are these functions; after them it behaves."""
        self.acts.setdefault(method, []).extend(acts)

    def raises(self, method: str, error: BaseException) -> None:
        """A method that is no coroutine raises."""

        def act(*_: Any) -> Any:
            raise error

        self.instead(method, act)

    def fails(self, method: str, error: BaseException, *, taken: bool = True) -> None:
        """A coroutine method takes the post, or not, and raises."""

        async def act(*given: Any) -> Any:
            if taken and given:
                self.put(given[1])
            raise error

        self.instead(method, act)

    def answers(self, method: str, value: Any) -> None:
        """A coroutine method takes the post and returns this."""

        async def act(*given: Any) -> Any:
            self.put(given[1])
            return value

        self.instead(method, act)

    def gives(self, method: str, value: Any) -> None:
        """A method returns this and does nothing."""
        self.instead(method, lambda *_: value)

    def hangs(self, method: str) -> None:
        """A coroutine method never ends."""

        async def act(*_: Any) -> Any:
            await asyncio.Event().wait()

        self.instead(method, act)

    def act(self, method: str) -> Act | None:
        waiting = self.acts.get(method)
        return waiting.pop(0) if waiting else None

    def put(self, post: Any) -> Receipt:
        """Takes a post, whatever it is."""
        remote_id = str(len(self.out) + 1)
        self.out[remote_id] = str(getattr(post, "text", post))
        return Receipt(remote_id=remote_id, at=NOON)


class OddAccount(Account):
    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def start(self) -> None:
        if act := self.platform.act("start"):
            await _awaited(act())

    async def aclose(self) -> None:
        self.platform.calls.append("aclose")
        if act := self.platform.act("aclose"):
            await _awaited(act())


class OddChannel(Channel):
    abilities: ClassVar[Abilities] = Abilities()

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.abilities = platform.abilities  # type: ignore[misc]

    def compose(self, story: Story) -> Post:
        post = Post(text=f"{story.title}\n{story.url}", language=story.language, link=story.url)
        act = self.platform.act("compose")
        made: Post = act(post) if act else post
        return made

    def post(self, post: Post, *, key: str) -> Any:  # no coroutine function: a plugin may err so, too
        del key
        self.platform.calls.append("post")
        act = self.platform.act("post")
        return act(self.platform, post) if act else _given(self.platform.put(post))

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        self.platform.calls.append("edit")
        if act := self.platform.act("edit"):
            answer: Receipt = await _awaited(act())
            return answer
        self.platform.out[receipt.remote_id] = post.text
        return receipt

    async def delete(self, receipt: Receipt) -> None:
        self.platform.calls.append("delete")
        if act := self.platform.act("delete"):
            await _awaited(act())
        self.platform.out.pop(receipt.remote_id, None)

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        self.platform.calls.append("find")
        if act := self.platform.act("find"):
            answer: Receipt | None = await _awaited(act())
            return answer
        found = [key for key, text in self.out.items() if text == post.text and key not in taken]
        return Receipt(remote_id=found[0], at=NOON) if found else None

    @property
    def out(self) -> dict[str, str]:
        return self.platform.out


async def _given(value: Any) -> Any:
    return value


async def _awaited(value: Any) -> Any:
    return await value if isinstance(value, Awaitable) else value


class OddType(ChannelType[Place, Place, OddAccount]):
    kind = "odd"
    account_options = Place
    channel_options = Place

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def connect(self, name: str, options: Place, services: Services) -> OddAccount:
        del name, options, services
        if act := self.platform.act("connect"):
            act()
        return OddAccount(self.platform)

    def open(self, account: OddAccount, options: Place) -> Channel:
        self.platform.calls.append(f"open {options.place}")
        if act := self.platform.act("open"):
            act()
        return OddChannel(account.platform)


class Beside:
    """A room with an odd account of two channels, and one that behaves."""

    def __init__(self, *, send_timeout: timedelta, in_doubt: Any, abilities: Abilities) -> None:
        self.odd = Platform("odd", abilities=abilities)
        self.good = Platform("good")
        # Names are in the order in which the room comes to them: the odd account is always the first.
        self.accounts = (
            RehearsedAccount(
                name="odd",
                type=OddType(self.odd),
                channels=[RehearsedChannel(name="odd", in_doubt=in_doubt)],
            ),
            RehearsedAccount(name="good", type=OddType(self.good), channels=[RehearsedChannel(name="good")]),
        )
        self.room = RehearsalRoom(*self.accounts, send_timeout=send_timeout)

    async def deliver(self, seconds: float = 5) -> None:
        """Delivers, but not for ever: a dispatcher that a plugin holds up fails the test."""
        async with asyncio.timeout(seconds):
            await self.room.deliver()

    async def others_go_on(self) -> None:
        """The account beside the odd one has the article, once, and goes on."""
        assert len(self.good.out) == 1
        assert self.room.delivery("a", "good").state is DeliveryState.DONE
        self.room.publish("later")
        await self.deliver()
        assert len(self.good.out) == 2


class Unsayable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("it has no words")


class OwnBaseError(BaseException):
    pass


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever a plugin may raise that is no outcome."""
    if "any_error" in metafunc.fixturenames:
        errors: list[BaseException] = [
            ValueError("plain"),
            TimeoutError("its own"),
            StopIteration(),
            ExceptionGroup("several", [ValueError("a"), Retry("b")]),
            Exception("a lone surrogate \ud800 and a null \x00"),
            Exception("long " * 1_000_000),
            Unsayable(),
            SystemExit(3),
            KeyboardInterrupt(),
            asyncio.CancelledError(),
            BaseExceptionGroup("several", [SystemExit(1)]),
            OwnBaseError("own"),
        ]
        metafunc.parametrize("any_error", errors, ids=lambda error: type(error).__name__)


@pytest.fixture
async def beside() -> AsyncIterator[Callable[..., Beside]]:
    made: list[Beside] = []

    def make(
        *,
        send_timeout: float = 2,
        in_doubt: str = "hold",
        abilities: Abilities | None = None,
    ) -> Beside:
        made.append(
            Beside(
                send_timeout=timedelta(seconds=send_timeout),
                in_doubt=in_doubt,
                abilities=abilities or Abilities(),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.odd.acts.clear()
        await one.room.aclose()
