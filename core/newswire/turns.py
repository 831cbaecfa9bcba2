"""Turns: what any process of a fleet can do, and only one at a time should, is done by the one that has the lease."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import leases

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from newswire.store import Store

log = get_logger(__name__)
LEASE = timedelta(seconds=15)
LOOK = timedelta(seconds=3)


class Turn:
    """The right to do something.

    Args:
        name: of what.
        store: holds the lease.
        owner: who takes it; unique among all processes on the store.
        clock: tells the time, in UTC.
        look: how often one looks whether it is one's turn, or still is; well below `LEASE`.
    """

    def __init__(
        self, name: str, store: Store, owner: str, clock: Callable[[], datetime], look: timedelta = LOOK
    ) -> None:
        self.name = name
        self._store = store
        self._owner = owner
        self._clock = clock
        self._look = look.total_seconds()

    def take(self, length: timedelta = LEASE) -> bool:
        """Takes the lease or keeps it, unless somebody else has it. Blocking."""
        with self._store.write() as connection:
            return leases.take(connection, self.name, self._owner, now=self._clock(), ttl=length)

    def give_back(self) -> None:
        """Lets others have it. Blocking."""
        with contextlib.suppress(StoreError), self._store.write() as connection:  # else the lease runs out
            leases.release(connection, self.name, self._owner, now=self._clock())

    async def hold(self, work: Callable[[], Awaitable[None]], waiting: Callable[[], None] = lambda: None) -> None:
        """Does the work whenever it is one's turn, until cancelled; work that is under way when it is not ends.

        Args:
            work: what to do; when it returns, the turn is kept nonetheless; when it raises, so does this.
            waiting: called whenever it turns out that somebody else has the lease.
        """
        doing: asyncio.Task[None] | None = None
        until: datetime | None = None
        try:
            while True:
                try:
                    if await self._store.run(self.take):
                        until = self._clock() + LEASE * 2 / 3
                    else:
                        until = None
                        waiting()
                except StoreError as error:
                    log.warning("the store does not answer", waiting=self.name, error=str(error))
                ours = until is not None and self._clock() < until
                if ours and doing is None:
                    doing = asyncio.ensure_future(work())
                elif doing is not None and not ours:
                    await _end(doing)
                    doing = None
                if doing is not None and doing.done():
                    doing.result()
                await self._rest(doing)
        finally:
            if doing is not None:
                await _end(doing)
            await self._store.run(self.give_back)

    async def _rest(self, doing: asyncio.Task[None] | None) -> None:
        if doing is None or doing.done():
            await asyncio.sleep(self._look)
        else:
            await asyncio.wait([doing], timeout=self._look)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
