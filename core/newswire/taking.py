"""Taking articles in: every intake is read, then watched, each by itself; a changed config changes what it says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from newswire.logs import get_logger
from newswire.renewal import until

if TYPE_CHECKING:
    from newswire.config import ConfiguredIntake
    from newswire.receiving import OpenedIntake
    from newswire.room import Room

log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Kept:
    """An intake that is read and watched."""

    configured: ConfiguredIntake
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    read: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all of it was read once, or will not be."""
    task: asyncio.Task[None] | None = None


class Taking:
    """Keeps the intakes of a room.

    Args:
        room: whose.
        watch: whether to pick up changes as they happen.
    """

    def __init__(self, room: Room, *, watch: bool) -> None:
        self._room = room
        self._watch = watch
        self._kept: dict[str, _Kept] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Reads every intake, gives new channels their older articles, and goes on taking what changes."""
        self.change(anew=False)
        try:
            await stop.wait()
        finally:
            for kept in self._kept.values():
                kept.stop.set()
            tasks = [kept.task for kept in self._kept.values() if kept.task is not None]
            if self._filling is not None:
                self._filling.cancel()
                tasks.append(self._filling)
            await asyncio.gather(*tasks, *self._ending, return_exceptions=True)

    def change(self, *, anew: bool) -> None:
        """Takes in what the room's config says now. An intake that is another one begins when the one before has ended.

        Args:
            anew: whether every intake is to be opened and read again.
        """
        wanted = {intake.name: intake for intake in self._room.config.intakes if intake.enabled}
        before: dict[str, _Kept] = {}
        for name, kept in list(self._kept.items()):
            if anew or wanted.get(name) != kept.configured:
                kept.stop.set()
                before[name] = self._kept.pop(name)
        for name, intake in wanted.items():
            if name not in self._kept:
                kept = self._kept[name] = _Kept(intake)
                kept.task = asyncio.create_task(self._keep(kept, before.pop(name, None)))
        # Others have none to wait for them.
        self._ending = {task for task in self._ending if not task.done()}
        self._ending |= {kept.task for kept in before.values() if kept.task is not None}
        if self._filling is not None:
            self._filling.cancel()
        self._filling = asyncio.create_task(self._fill(list(self._kept.values())))

    async def _keep(self, kept: _Kept, before: _Kept | None) -> None:
        if before is not None and before.task is not None:
            await asyncio.wait({before.task})
        name = kept.configured.name
        try:
            if kept.stop.is_set():
                return
            opened = self._room.open_intake(kept.configured)
            work = partial(self._attend, kept, opened)
            try:
                # What every process of a fleet could read is read by the one whose turn it is.
                turn = opened.turn
                await until(kept.stop, turn.hold(work, waiting=kept.read.set) if turn else work())
            finally:
                opened.intake.stop()
        except Exception as error:
            log.exception("an intake is not watched any more", intake=name, error=str(error))
        finally:
            kept.read.set()

    async def _attend(self, kept: _Kept, opened: OpenedIntake) -> None:
        await self._room.receive(opened, until=kept.stop)
        kept.read.set()
        if self._watch or opened.every is not None:
            await self._room.watch(opened)

    async def _fill(self, kept: list[_Kept]) -> None:
        """New channels get older articles when everything was read once."""
        await asyncio.gather(*(one.read.wait() for one in kept))
        await self._room.backfill()
