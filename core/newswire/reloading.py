"""Reloading: the config is read again on SIGHUP and when a file changes; one that is wrong changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from typing import TYPE_CHECKING

from watchfiles import awatch

from newswire.config import load_config
from newswire.config.reading import digest
from newswire.errors import ConfigError, StoreError
from newswire.logs import get_logger, setup_logging
from newswire.renewal import until
from newswire.secrets import mask
from newswire.store.reloads import ConfigWord, keep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence
    from pathlib import Path

    from watchfiles import Change

    from newswire.config import Config
    from newswire.config.changes import Reload
    from newswire.room import Room

log = get_logger(__name__)
SETTLE = 300
"""Milliseconds for which nothing must change before a file is read: editors write in several steps."""
LONGEST = 1600
"""Milliseconds after which it is read all the same."""
LOOK_AGAIN = 5.0
"""Seconds until folders that cannot be watched are tried again."""


class Reloader:
    """Lets a running room go by its config as it changes.

    Args:
        room: the room.
        part: what this process does of the room's work; its last word on the config is kept under that.
        again: set it to have the config read again.
        sends: whether this process sends to platforms, and so needs the secrets of accounts.
    """

    def __init__(self, room: Room, *, part: str, again: asyncio.Event, sends: bool = True) -> None:
        self._room = room
        self._part = part
        self._again = again
        self._sends = sends
        self._seen = room.config.digest
        self._restart: tuple[str, ...] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until told to stop."""
        await self._keep(None)
        watching: asyncio.Task[None] | None = None
        stopping = asyncio.create_task(stop.wait())
        try:
            files: Sequence[Path] = ()
            while not stop.is_set():
                if watching is None or files != self._room.config.files:
                    await _ended(watching)
                    files = self._room.config.files
                    watching = asyncio.create_task(self._watch(files))
                asked = asyncio.create_task(self._again.wait())
                await asyncio.wait([asked, stopping], return_when=asyncio.FIRST_COMPLETED)
                asked.cancel()
                if self._again.is_set():
                    self._again.clear()
                    await until(stop, self.reload())
        finally:
            await _ended(stopping)
            await _ended(watching)

    async def _watch(self, files: Sequence[Path]) -> None:
        """Asks for a reload whenever the files say something else, until it is cancelled."""
        while True:
            try:
                if await asyncio.to_thread(digest, files) != self._seen:
                    self._again.set()
                async for _ in _changes(files):
                    if await asyncio.to_thread(digest, files) != self._seen:
                        self._again.set()
            except (OSError, RuntimeError) as error:  # a folder is gone, or the system watches no more of them
                log.warning("the config is not watched; SIGHUP has it read", error=str(error))
            await asyncio.sleep(LOOK_AGAIN)

    async def reload(self) -> Reload | None:
        """Reads the config again, and goes by it; None where it cannot be used: then all goes on as before."""
        before = self._room.config
        self._seen = await asyncio.to_thread(digest, before.files)
        try:
            config = await asyncio.to_thread(load_config, before.path, before=before, sends=self._sends)
            self._seen = config.digest
            for warning in config.warnings:
                log.warning("config", warning=warning)
            done = await self._room.change(config)
        except Exception as error:
            problems = str(error) if isinstance(error, ConfigError) else mask(f"{type(error).__name__}: {error}")
            if not isinstance(error, ConfigError):
                log.exception("a plugin cannot go by the config")
            log.error("the config was not taken; all goes on as before", file=str(before.path))  # noqa: TRY400  # told below
            for problem in _each(problems):
                log.error("config", problem=problem)  # noqa: TRY400  # a traceback says nothing more
            await self._keep(problems)
            return None
        self._tell(before, done)
        self._restart = done.restart
        await self._keep(None)
        return done

    def _tell(self, before: Config, done: Reload) -> None:
        if done.config.logging != before.logging:
            setup_logging(done.config.logging.level, done.config.logging.format)
        log.info("the config was read again", changes=list(done.told) or "none")
        if done.restart:
            log.warning("this takes effect with a restart only", settings=list(done.restart))

    async def _keep(self, problems: str | None) -> None:
        """Keeps the last word on the config for ``newswire status``."""
        place = f"{socket.gethostname()}:{self._room.config.path}"
        word = ConfigWord(place, self._part, self._room.world.clock(), problems, self._restart)
        with contextlib.suppress(StoreError):  # it is in the log as well
            await self._room.store.run(keep, self._room.store, word)


def _each(problems: str) -> list[str]:
    """Each problem with its hint in one line."""
    return re.sub(r"\n +(?=hint:)", "; ", problems).split("\n")


async def _ended(task: asyncio.Task[None] | asyncio.Task[bool] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _changes(files: Collection[Path]) -> AsyncIterator[None]:
    """Whenever one of some files may have changed, also by being replaced, or by way of links."""
    names = {file.name for file in files}
    folders = sorted({folder for file in files for folder in (file.parent, file.resolve().parent) if folder.is_dir()})

    def counts(_: Change, path: str) -> bool:
        # Kubernetes mounts files through a link "..data" beside them that is replaced as a whole.
        name = path.rpartition("/")[2]
        return name in names or name.startswith("..")

    async for _ in awatch(*folders, watch_filter=counts, recursive=False, step=SETTLE, debounce=LONGEST):
        yield
