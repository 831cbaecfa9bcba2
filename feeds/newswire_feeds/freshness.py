"""How far the event log is, asked seldom enough to cost nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 0.5
"""Seconds a request waits for a store that does not answer, where it can be answered without."""


class Freshness:
    """Remembers the newest event's number for a moment.

    The number is the counter that finished documents are checked by: publishing raises it and knows nothing of feeds.
    It comes from the database, so it is right however many processes publish and serve: a number that was seen is
    committed, and so is every lower one, for publishing is serialised on both engines.

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
        self._good_until = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self.number = -1
        """The newest event's, as far as is known; -1 before the first look."""

    @property
    def stale(self) -> bool:
        """Whether it is time to look again."""
        return self._ticks() >= self._good_until

    async def renew(self) -> None:
        """Looks again; whoever else asks meanwhile waits for the same look.

        While the store does not answer, the number stays: what is finished can still be sent.

        Raises:
            NewswireError: the store does not answer, and never has.
        """
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        looking = self._looking
        done, _ = await asyncio.wait({looking}, timeout=None if self.number < 0 else _PATIENCE)
        if done and looking.exception() and self.number < 0:
            looking.result()

    async def _look(self) -> None:
        now = self._ticks()  # before the look: what is published meanwhile is seen by the next one
        try:
            self.number = max(self.number, await asyncio.to_thread(self._latest))
        finally:
            self._good_until = now + self._seconds
            self._looking = None
