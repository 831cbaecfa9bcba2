"""Which feeds have news, and up to which event: kept by the follower, read by all who have to tell of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire.api import State


class News:
    """For each feed the number of the last event that changed it.

    A level and not a queue: a feed that changes often while nobody can be told stands here once. Whoever tells of it
    remembers up to which number they have.

    Args:
        state: where it is kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._numbers: dict[str, int] = {}
        self._waiting: set[asyncio.Event] = set()

    async def load(self) -> None:
        """Reads what other processes have left."""
        kept = await asyncio.to_thread(self._state.all)
        self._take({feed: number for feed, number in kept.items() if isinstance(number, int)})

    async def add(self, touched: Mapping[str, int]) -> None:
        """Keeps that feeds have changed, and wakes those who wait for it."""
        await asyncio.to_thread(self._state.update, dict(touched))
        self._take(touched)

    def _take(self, touched: Mapping[str, int]) -> None:
        for feed, number in touched.items():
            self._numbers[feed] = max(number, self._numbers.get(feed, 0))
        for waiting in self._waiting:
            waiting.set()

    def number(self, feed: str) -> int:
        """The number of the last event that changed a feed; 0 where none did."""
        return self._numbers.get(feed, 0)

    def after(self, number: int) -> dict[str, int]:
        """The feeds that changed after an event."""
        return {feed: last for feed, last in self._numbers.items() if last > number}

    async def wait(self, seconds: float | None = None) -> None:
        """Returns when something is added, or the time is over."""
        waiting = asyncio.Event()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(waiting)
