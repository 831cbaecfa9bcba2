"""Followers: each reads the event log at its own pace, by its own durable cursor."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.dispatch.settle import backoff
from newswire.logs import get_logger
from newswire.store import events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.event import Event
    from newswire.extension import Follower
    from newswire.store import Store

log = get_logger(__name__)
BATCH = 200
POLL = timedelta(seconds=5)


class FollowerRunner:
    """Feeds one follower.

    Args:
        follower: the plugin's code.
        store: where the log and the cursor are.
        random: gives a number from 0 up to 1.
    """

    def __init__(self, follower: Follower, store: Store, random: Callable[[], float]) -> None:
        self._follower = follower
        self._store = store
        self._random = random
        self.wake = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Hands over events as they come; with `once` only until the follower has them all, or fails."""
        failures = 0
        while not stop.is_set():
            self.wake.clear()
            cursor, batch = await self._store.run(self._next)
            if not batch:
                if once:
                    return
                await self._rest(stop, POLL)
                continue
            try:
                await self._follower.handle(batch)
            except Exception as error:
                failures += 1
                log.exception("a follower failed", follower=self._follower.name, seq=batch[0].seq)
                await self._store.run(self._advance, cursor, f"{type(error).__name__}: {error}")
                if once:
                    return
                await self._rest(stop, backoff(failures, self._random))
            else:
                failures = 0
                await self._store.run(self._advance, batch[-1].seq, None)

    async def _rest(self, stop: asyncio.Event, length: timedelta) -> None:
        waits = [asyncio.create_task(self.wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=length.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()

    def _next(self) -> tuple[int, Sequence[Event]]:
        with self._store.write() as connection:
            cursor = events.cursor(connection, self._follower.name)
            return cursor, events.after(connection, cursor, limit=BATCH)

    def _advance(self, seq: int, note: str | None) -> None:
        with self._store.write() as connection:
            events.advance(connection, self._follower.name, seq, note)
