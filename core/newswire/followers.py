"""Followers: each reads the event log at its own pace, by its own durable cursor, in one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from structlog.contextvars import bound_contextvars

from newswire.dispatch.settle import backoff
from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import events, leases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from newswire.event import Event
    from newswire.extension import Follower
    from newswire.services import Services
    from newswire.store import Store

log = get_logger(__name__)
BATCH = 200
POLL = timedelta(seconds=5)
LEASE = timedelta(seconds=15)
"""How long a follower stays with a process that gives no sign of life."""


def started(follower: Follower, services: Services) -> bool:
    """Lets a follower get ready; one that fails rests until it is started again, and stops no other."""
    try:
        follower.start(services)
    except Exception:
        log.exception("a follower does not start", follower=follower.name)
        return False
    return True


class FollowerRunner:
    """Feeds one follower.

    Args:
        follower: the plugin's code.
        store: where the log and the cursor are.
        random: gives a number from 0 up to 1.
        clock: tells the time, in UTC.
        owner: who this process is; unique among all on the store.
    """

    def __init__(
        self,
        follower: Follower,
        store: Store,
        random: Callable[[], float],
        *,
        clock: Callable[[], datetime],
        owner: str,
    ) -> None:
        self._follower = follower
        self._store = store
        self._random = random
        self._clock = clock
        self._owner = owner
        self._attending: asyncio.Task[None] | None = None
        self._ours_until: datetime | None = None
        self.wake = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Hands over events as they come; with `once` only until the follower has them all, or fails."""
        try:
            with bound_contextvars(follower=self._follower.name):
                await self._feed(stop, once=once)
        finally:
            await self._dismiss()
            with contextlib.suppress(StoreError):  # then the lease runs out
                await self._store.run(self._release)

    async def _feed(self, stop: asyncio.Event, *, once: bool) -> None:
        failures = 0
        while not stop.is_set():
            self.wake.clear()
            try:
                ours, cursor, batch = await self._store.run(self._next)
                self._note_lease(ours)
            except StoreError as error:
                if once:
                    raise
                log.warning("the store does not answer", error=str(error))
                cursor, batch = 0, ()
            if not once:
                await self._see_to_attendance()
            if not batch:
                if once:
                    await self._attend_once(stop)
                    return
                await self._rest(stop, POLL)
                continue
            failures = 0 if await self._hand_over(cursor, batch) else failures + 1
            if failures:
                if once:
                    return
                await self._rest(stop, backoff(failures, self._random))

    def _note_lease(self, ours: bool) -> None:  # noqa: FBT001  # the one thing it is told
        # A lease that is younger than a third is not written anew.
        self._ours_until = self._clock() + LEASE * 2 / 3 if ours else None

    @property
    def _ours(self) -> bool:
        """Whether nobody else can have taken over."""
        return self._ours_until is not None and self._clock() < self._ours_until

    async def _see_to_attendance(self) -> None:
        """Lets the follower attend while it is ours, and not longer."""
        if not self._ours:
            await self._dismiss()
        elif self._attending is None:
            self._attending = asyncio.create_task(self._follower.attend(once=False))
        elif self._attending.done() and self._failed(self._attending):
            self._attending = None  # begun again at the next turn

    async def _attend_once(self, stop: asyncio.Event) -> None:
        if not self._ours:
            return
        self._attending = asyncio.create_task(self._follower.attend(once=True))
        stopping = asyncio.create_task(stop.wait())
        try:
            while self._ours and not self._attending.done() and not stop.is_set():
                waits = {self._attending, stopping}
                await asyncio.wait(waits, timeout=POLL.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
                ours, _, _ = await self._store.run(self._next)
                self._note_lease(ours)
            if self._attending.done():
                self._failed(self._attending)
        finally:
            stopping.cancel()

    def _failed(self, attending: asyncio.Task[None]) -> bool:
        if attending.cancelled():
            return True
        error = attending.exception()
        if error is not None:
            log.error("a follower's attendance failed", exc_info=error)
        return error is not None

    async def _dismiss(self) -> None:
        attending, self._attending = self._attending, None
        if attending is not None:
            attending.cancel()
            # What it raises at the last is of no use to anybody.
            await asyncio.gather(attending, return_exceptions=True)

    async def _hand_over(self, cursor: int, batch: Sequence[Event]) -> bool:
        note = None
        try:
            await self._follower.handle(batch)
            cursor = batch[-1].seq
        except Exception as error:
            log.exception("a follower failed", seq=batch[0].seq)
            note = f"{type(error).__name__}: {error}"
        try:
            await self._store.run(self._advance, cursor, note)
        except StoreError as error:
            log.warning("these events will come again", error=str(error))
            return False
        return note is None

    async def _rest(self, stop: asyncio.Event, length: timedelta) -> None:
        waits = [asyncio.create_task(self.wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=length.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    def _next(self) -> tuple[bool, int, Sequence[Event]]:
        """Whether the follower is ours, its cursor, and the events that follow."""
        name = self._follower.name
        with self._store.write() as connection:
            if not leases.take(connection, f"follower {name}", self._owner, now=self._clock(), ttl=LEASE):
                return False, 0, ()
            cursor = events.cursor(connection, name)
            return True, cursor, events.after(connection, cursor, limit=BATCH)

    def _advance(self, seq: int, note: str | None) -> None:
        with self._store.write() as connection:
            events.advance(connection, self._follower.name, seq, note)

    def _release(self) -> None:
        with self._store.write() as connection:
            leases.release(connection, f"follower {self._follower.name}", self._owner, now=self._clock())
