"""What only one process of a fleet does at a time: the one that has the lease, and another when that one ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.store import leases
from newswire.turns import LEASE, Turn

if TYPE_CHECKING:
    from newswire.store import Store


def turn(store: Store, owner: str, clock: Any) -> Turn:
    return Turn("intake feeds", store, owner, clock, look=timedelta(milliseconds=20))


async def until(reached: Any) -> None:
    end = asyncio.get_running_loop().time() + 20
    while not reached():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.01)


async def test_one_at_a_time_and_another_when_it_ends(store: Store, clock: Any) -> None:
    doing: list[str] = []
    waiting = asyncio.Event()

    async def work(name: str) -> None:
        doing.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            doing.remove(name)

    first = asyncio.create_task(turn(store, "a", clock).hold(lambda: work("a")))
    await until(lambda: doing == ["a"])
    second = asyncio.create_task(turn(store, "b", clock).hold(lambda: work("b"), waiting=waiting.set))
    await waiting.wait()
    assert doing == ["a"]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await until(lambda: doing == ["b"])
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert doing == []


async def test_a_process_that_froze_is_replaced(store: Store, clock: Any) -> None:
    assert turn(store, "a", clock).take()
    assert not turn(store, "b", clock).take()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert turn(store, "b", clock).take()
    assert not turn(store, "a", clock).take()
    turn(store, "a", clock).give_back()  # it is not its own any more
    assert not turn(store, "c", clock).take()


async def test_what_is_given_back_is_free_at_that_very_moment(store: Store, clock: Any) -> None:
    assert turn(store, "a", clock).take()
    with store.read() as connection:
        assert leases.holder(connection, "intake feeds", now=clock()) == "a"
    turn(store, "a", clock).give_back()
    with store.read() as connection:
        assert leases.holder(connection, "intake feeds", now=clock()) is None
    assert turn(store, "b", clock).take()
    clock.forward(seconds=LEASE.total_seconds())
    assert turn(store, "c", clock).take()
