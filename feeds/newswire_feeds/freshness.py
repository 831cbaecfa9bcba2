"""How far the event log is, asked seldom enough to cost nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Freshness:
    """Remembers the newest event's number for a moment.

    Feed readers come by the minute and may keep an answer for minutes anyway, so that a second's delay is no loss;
    without it each request would wait for a thread and a query. The clock is one that only rises: a wall clock that
    is set back would hold up the news.

    Args:
        latest: asks for the number; blocking.
        ticks: a clock that only rises, in seconds.
        seconds: how long an answer is good for.
    """

    def __init__(self, latest: Callable[[], int], *, ticks: Callable[[], float], seconds: float) -> None:
        self._latest = latest
        self._ticks = ticks
        self._seconds = seconds
        self._number = -1
        self._good_until = float("-inf")

    async def number(self) -> int:
        """The number of the newest event, as of now or a moment ago."""
        now = self._ticks()
        if now >= self._good_until:
            self._number = max(self._number, await asyncio.to_thread(self._latest))
            self._good_until = now + self._seconds
        return self._number
