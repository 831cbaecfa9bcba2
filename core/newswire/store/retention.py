"""Retention: what is older than ``[store] keep`` leaves the tables, a small step at a time.

Deliveries at rest are archived and folded, attempts and events archived and deleted. Nothing of it changes what
newswire does: see `newswire.store.folded`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import pruning
from newswire.store.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from newswire.store.store import Store

log = get_logger(__name__)
ROOM = 500
"""How many rows one transaction takes."""
EVERY = timedelta(hours=6)
"""How long it rests after a round."""
BREATH = timedelta(milliseconds=200)
"""How long it rests after a step, so that deliveries go on beside it."""


class Retention:
    """Prunes a store.

    Args:
        store: where everything is kept.
        keep: how old things may get there; None: nothing is pruned.
        folder: where the archive is.
        clock: tells the time, in UTC.
        room: how many rows one transaction takes.
    """

    def __init__(
        self,
        store: Store,
        keep: timedelta | None,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        room: int = ROOM,
    ) -> None:
        self._store = store
        self._keep = keep
        self._archive = Archive(folder)
        self._clock = clock
        self._room = room

    async def run(self, stop: asyncio.Event, *, every: timedelta = EVERY) -> None:
        """Prunes from time to time until told to stop; what fails is told, and tried again the next time."""
        while self._keep is not None and not stop.is_set():
            try:
                await self._round(stop)
            except (StoreError, OSError) as error:
                log.warning("nothing more is pruned for now", error=str(error))
            await _rest(stop, every)

    async def _round(self, stop: asyncio.Event) -> None:
        total: dict[str, int] = {}
        steps = self.steps()
        while (step := await self._store.run(next, steps, None)) is not None:
            kind, number = step
            total[kind] = total.get(kind, 0) + number
            await _rest(stop, BREATH)
            if stop.is_set():
                break
        if any(total.values()):
            log.info("pruned", archive=str(self._archive.folder), **total)

    def steps(self) -> Iterator[tuple[str, int]]:
        """Prunes everything there is to prune now, a transaction a step: what kind, and how many. Blocking.

        Raises:
            StoreError: the database refused.
            OSError: the archive could not be written; then nothing of that step was pruned.
        """
        if self._keep is None:
            return
        before = self._clock() - self._keep
        yield from self._fold(before)
        for kind, prune in (("attempts", pruning.prune_attempts), ("events", pruning.prune_events)):
            pruned = self._room
            while pruned >= self._room:
                with self._store.write() as connection:
                    self._store.engines.serialize_publishing(connection)
                    pruned = prune(connection, self._archive, before, room=self._room)
                yield kind, pruned

    def _fold(self, before: datetime) -> Iterator[tuple[str, int]]:
        resting = self._resting(before, "")
        while resting:
            with self._store.write() as connection:
                self._store.engines.serialize_publishing(connection)
                seen, number = pruning.fold_deliveries(connection, self._archive, before, resting, room=self._room)
            yield "deliveries", number
            resting = resting[seen:] or self._resting(before, resting[-1])

    def _resting(self, before: datetime, after: str) -> list[str]:
        with self._store.read() as connection:
            return pruning.resting(connection, before, after=after, limit=self._room)

    def count(self) -> dict[str, int]:
        """How much could be pruned now, of each kind. Blocking."""
        if self._keep is None:
            return {}
        with self._store.read() as connection:
            return pruning.count(connection, self._clock() - self._keep)


async def _rest(stop: asyncio.Event, length: timedelta) -> None:
    try:
        await asyncio.wait_for(stop.wait(), length.total_seconds())
    except TimeoutError:
        return
