"""The database's clock: one time for all processes, whatever the clocks of their machines say.

A lease says until when its lane is taken, and a delivery when it is due. Where several machines read and write these
times, a machine whose clock is wrong would take lanes that are not free, or sit on its news.
"""

from __future__ import annotations

import threading
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from newswire.store.engine import Engines

log = get_logger(__name__)
MEASURE = timedelta(seconds=60)
"""How often the clock should be measured anew: a bad quartz is off by 0.1 ms a second, that is 6 ms in between."""
NOTABLE = timedelta(seconds=2)
"""A difference of a machine's clock that its admin is told of."""
_SLOW = 1.0
"""Seconds of a question beyond which its answer says too little to replace a better one."""


class DatabaseClock:
    """Tells the time of a PostgreSQL server, off by at most half of what one question to it takes.

    Between two measurements the time goes on by a monotonic clock, so setting the machine's clock moves nothing. Until
    the first measurement it is the machine's time.

    Args:
        engines: the database.
        local: the machine's time, in UTC.
        monotonic: seconds that never go back, and go on while the machine sleeps.
    """

    def __init__(self, engines: Engines, local: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._engines = engines
        self._local = local
        self._monotonic = monotonic
        self._known: tuple[datetime, float] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The time, in UTC."""
        with self._lock:
            if self._known is None:
                return self._local()
            told, at = self._known
            return told + timedelta(seconds=self._monotonic() - at)

    def measure(self) -> timedelta:
        """Asks the database for the time. Blocking.

        Returns:
            How far the machine's clock is ahead of it.

        Raises:
            StoreError: the database does not answer.
        """
        with self._engines.read() as connection:
            connection.execute(select(1))  # what it takes to get a connection is no part of the question
            before = self._monotonic()
            told = connection.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)
            after = self._monotonic()
        with self._lock:
            if self._known is None or after - before < _SLOW:
                self._known = (told, (before + after) / 2)
        ahead = self._local() - self()
        if abs(ahead) > NOTABLE:
            log.warning("this machine's clock differs from the database's", seconds=round(ahead.total_seconds(), 1))
        return ahead
