from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from newswire.api import Event, Follower
from newswire.followers import LEASE, FollowerRunner
from newswire.store import leases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.model import Article


def _runner(diary: Diary, wire: Any, owner: str = "me") -> FollowerRunner:
    return FollowerRunner(diary, wire.store, lambda: 0.0, clock=wire.clock, owner=owner)


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
    await _runner(diary, wire).run(asyncio.Event(), once=True)
    wire.publish(an_article("d"))
    await _runner(diary, wire).run(asyncio.Event(), once=True)
    assert diary.told == [1, 2, 3, 4]


async def test_a_follower_that_fails_gets_the_same_again(wire: Any, an_article: Callable[..., Article]) -> None:
    wire.publish(an_article())
    diary = Diary()
    diary.failures = 2
    runner, stop = _runner(diary, wire), asyncio.Event()
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


async def test_a_follower_is_fed_by_one_process_until_that_falls_silent(
    wire: Any, an_article: Callable[..., Article]
) -> None:
    diary = Diary()
    wire.publish(an_article("a"))
    with wire.store.write() as connection:
        assert leases.take(connection, "follower diary", "another", now=wire.clock(), ttl=LEASE)
    await _runner(diary, wire).run(asyncio.Event(), once=True)
    assert diary.told == []
    wire.clock.forward(seconds=16)
    await _runner(diary, wire).run(asyncio.Event(), once=True)
    assert diary.told == [1]


async def test_a_follower_that_ends_leaves_its_place_at_once(wire: Any, an_article: Callable[..., Article]) -> None:
    diary = Diary()
    wire.publish(an_article("a"))
    await _runner(diary, wire, "first").run(asyncio.Event(), once=True)
    wire.publish(an_article("b"))
    wire.clock.forward(seconds=1)
    await _runner(diary, wire, "second").run(asyncio.Event(), once=True)
    assert diary.told == [1, 2]


class Guard(Diary):
    """Also attends: notes when it begins and ends, and fails where asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.ended = 0
        self.attended_once: list[list[int]] = []
        self.faults = 0

    async def attend(self, *, once: bool) -> None:
        if once:
            self.attended_once.append(list(self.told))
            return
        self.begun += 1
        try:
            if self.faults:
                self.faults -= 1
                raise ZeroDivisionError
            await asyncio.Event().wait()
        finally:
            self.ended += 1


async def _until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110  # the follower itself says nothing
        await asyncio.sleep(0.01)


async def test_a_follower_attends_while_it_is_fed_and_not_longer(wire: Any, an_article: Callable[..., Article]) -> None:
    guard = Guard()
    runner, stop = _runner(guard, wire), asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    await _until(lambda: guard.begun == 1)
    wire.publish(an_article("a"))
    runner.wake.set()
    await _until(lambda: guard.told == [1])
    assert (guard.begun, guard.ended) == (1, 0)
    stop.set()
    await running
    assert (guard.begun, guard.ended) == (1, 1)


async def test_attendance_ends_when_another_process_took_over(wire: Any) -> None:
    guard = Guard()
    runner, stop = _runner(guard, wire), asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    await _until(lambda: guard.begun == 1)
    wire.clock.forward(seconds=16)  # this process was frozen
    with wire.store.write() as connection:
        assert leases.take(connection, "follower diary", "another", now=wire.clock(), ttl=LEASE)
    runner.wake.set()
    await _until(lambda: guard.ended == 1)
    wire.clock.forward(seconds=16)  # the other one died
    runner.wake.set()
    await _until(lambda: guard.begun == 2)
    stop.set()
    await running


async def test_attendance_that_fails_is_begun_again(wire: Any, an_article: Callable[..., Article]) -> None:
    guard = Guard()
    guard.faults = 1
    runner, stop = _runner(guard, wire), asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    await _until(lambda: guard.ended == 1)
    wire.publish(an_article("a"))
    runner.wake.set()
    await _until(lambda: guard.told == [1])
    runner.wake.set()
    await _until(lambda: guard.begun == 2)
    stop.set()
    await running


async def test_once_a_follower_attends_when_it_has_every_event(wire: Any, an_article: Callable[..., Article]) -> None:
    guard = Guard()
    for key in "ab":
        wire.publish(an_article(key))
    await _runner(guard, wire).run(asyncio.Event(), once=True)
    assert guard.attended_once == [[1, 2]]
    assert guard.begun == 0


async def test_once_nobody_attends_what_another_process_feeds(wire: Any) -> None:
    guard = Guard()
    with wire.store.write() as connection:
        assert leases.take(connection, "follower diary", "another", now=wire.clock(), ttl=LEASE)
    await _runner(guard, wire).run(asyncio.Event(), once=True)
    assert guard.attended_once == []
