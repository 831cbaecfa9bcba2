from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from newswire.api import Event, Follower
from newswire.followers import FollowerRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.model import Article


class Diary(Follower):
    """Remembers what it was told; fails where asked to."""

    name: ClassVar[str] = "diary"

    def __init__(self) -> None:
        self.told: list[int] = []
        self.failures = 0

    async def handle(self, events: Sequence[Event]) -> None:
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError
        self.told += [event.seq for event in events]


async def test_a_follower_gets_every_event_once_across_restarts(wire: Any, an_article: Callable[..., Article]) -> None:
    for key in "abc":
        wire.publish(an_article(key))
    diary = Diary()
    await FollowerRunner(diary, wire.store, lambda: 0.0).run(asyncio.Event(), once=True)
    wire.publish(an_article("d"))
    await FollowerRunner(diary, wire.store, lambda: 0.0).run(asyncio.Event(), once=True)
    assert diary.told == [1, 2, 3, 4]


async def test_a_follower_that_fails_gets_the_same_again(wire: Any, an_article: Callable[..., Article]) -> None:
    wire.publish(an_article())
    diary = Diary()
    diary.failures = 2
    runner, stop = FollowerRunner(diary, wire.store, lambda: 0.0), asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    while not diary.told:  # noqa: ASYNC110  # the follower itself says nothing
        await asyncio.sleep(0.01)
    assert diary.told == [1]
    wire.publish(an_article("b"))
    runner.wake.set()
    while len(diary.told) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    stop.set()
    await running
    assert diary.told == [1, 2]
