"""Work that goes on until it is told to stop, and is begun anew when what it was begun with has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")


async def renewed(
    work: Callable[[asyncio.Event], Coroutine[None, None, None]], stop: asyncio.Event, renew: asyncio.Event
) -> None:
    """Does work until it is told to stop; each time `renew` is set it ends in order, and begins again.

    Args:
        work: begins it; it ends soon after the event it is given is set.
        stop: ends it for good.
        renew: lets it begin again; it is cleared.
    """
    while not stop.is_set():
        renew.clear()
        halt = asyncio.Event()
        working = asyncio.create_task(work(halt))
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(renew.wait())]
        try:
            await asyncio.wait([working, *waits], return_when=asyncio.FIRST_COMPLETED)
        finally:
            halt.set()
            for wait in waits:
                wait.cancel()
        ended_by_itself = working.done()
        await working
        if ended_by_itself and not renew.is_set():
            return


async def until(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What work gives, or None where it was told to stop first: then it is cancelled, and its end waited for.

    Raises:
        Exception: what the work raised.
    """
    working, stopping = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        return None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


async def to_the_end(work: Callable[[], T]) -> T:
    """What blocking work gives, done in a thread; who is cancelled meanwhile waits for its end, for it cannot be."""
    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise
