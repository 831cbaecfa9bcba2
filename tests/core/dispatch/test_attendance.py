"""What an account does beside posting: while this process holds its lane, and at no other time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from newswire.api import Channel, Suspend
from newswire.dispatch.attendance import REST
from newswire.store import channels

if TYPE_CHECKING:
    from collections.abc import Callable


def attentive(wire: Any) -> Any:
    """An account that notes when it attends, and does what it is told to."""
    base = type(wire.account)

    class Attentive(base):  # type: ignore[misc, valid-type]  # whatever the fixture made
        def __init__(self) -> None:
            super().__init__()
            self.noted: list[str] = []
            self.attends = asyncio.Event()
            self.work: Callable[[Suspend], Any] | None = None

        async def attend(self, suspend: Suspend) -> None:
            self.noted.append(f"begins after {self.started} starts")
            self.attends.set()
            try:
                if self.work is not None:
                    await self.work(suspend)
                    return
                await asyncio.Event().wait()
            finally:
                self.noted.append("ends")

    wire.account = Attentive()
    return wire.account


async def run_until(wire: Any, reached: Callable[[], bool], owner: str = "me") -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(wire.worker(owner).run(stop))
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110  # several things are waited for
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_it_attends_from_the_start_of_the_account_until_the_lane_is_given_back(wire: Any) -> None:
    account = attentive(wire)
    await run_until(wire, account.attends.is_set)
    assert account.noted == ["begins after 1 starts", "ends"]
    with wire.store.read() as connection:
        assert channels.lane_rows(connection)[0]["owner"] is None


async def test_who_does_not_hold_the_lane_does_not_attend(wire: Any) -> None:
    account = attentive(wire)
    first = wire.worker("first")
    stop = asyncio.Event()
    running = asyncio.create_task(first.run(stop))
    async with asyncio.timeout(10):
        await account.attends.wait()
    second = asyncio.create_task(wire.worker("second").run(stop))
    await asyncio.sleep(0.1)
    assert account.noted == ["begins after 1 starts"]
    stop.set()
    await asyncio.gather(running, second)


async def test_who_loses_the_lane_stops(wire: Any) -> None:
    account = attentive(wire)
    worker = wire.worker("first")
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(10):
        await account.attends.wait()
        wire.clock.forward(seconds=60)
        with wire.store.write() as connection:
            connection.exec_driver_sql("UPDATE lane SET owner = 'another', until = 99999999999999999")
        worker.wake.set()
        while "ends" not in account.noted:  # noqa: ASYNC110  # it is another task that notes
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_a_channel_it_suspends_is_left_out(wire: Any, an_article: Any) -> None:
    account = attentive(wire)
    told = asyncio.Event()

    async def work(suspend: Suspend) -> None:
        await suspend(wire.channels["news"], "the bot was removed")
        await suspend(Stranger(), "nobody knows it")
        told.set()

    class Stranger(Channel):
        def compose(self, story: Any) -> Any:
            raise NotImplementedError

        async def post(self, post: Any, *, key: str) -> Any:
            raise NotImplementedError

    account.work = work
    await run_until(wire, told.is_set)
    wire.publish(an_article())
    await wire.deliver()
    assert wire.channels["news"].shown == []
    with wire.store.read() as connection:
        (row,) = channels.channel_rows(connection)
    assert (row["active"], row["note"]) == (0, "the bot was removed")


async def test_work_that_fails_is_begun_again_after_a_rest_and_disturbs_nothing(wire: Any, an_article: Any) -> None:
    account = attentive(wire)

    async def work(_: Suspend) -> None:
        raise SystemExit("a plugin may do anything")

    account.work = work
    stop = asyncio.Event()
    worker = wire.worker()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(10):
        await account.attends.wait()
        wire.publish(an_article())
        worker.wake.set()
        while not wire.channels["news"].shown:  # noqa: ASYNC110  # it is another task that posts
            await asyncio.sleep(0.01)
        assert account.noted == ["begins after 1 starts", "ends"]
        wire.clock.forward(seconds=REST + 1)
        worker.wake.set()
        while len(account.noted) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await running
