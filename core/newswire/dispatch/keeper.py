"""A lane's keeper: opens an account with its channels, keeps its worker at work, takes a changed config, closes all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from newswire.dispatch import guard
from newswire.dispatch.settle import REFUSED_PAUSE
from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import channels, lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire.channel import Account
    from newswire.config import ConfiguredAccount, ConfiguredChannel
    from newswire.dispatch.lane import LaneWorker
    from newswire.dispatch.opened import OpenChannel
    from newswire.store import Store

log = get_logger(__name__)
CLOSING = timedelta(seconds=10)
"""How long an account may take to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the lanes of one dispatcher are opened with, until the config changes."""

    store: Store
    owner: str
    clock: Callable[[], datetime]
    connect: Callable[[ConfiguredAccount], Account]
    open: Callable[[ConfiguredChannel, Account], OpenChannel]
    worker: Callable[[str, Account, Mapping[str, OpenChannel]], LaneWorker]


@dataclass(slots=True, kw_only=True, eq=False)
class LaneKeeper:
    """Keeps one lane.

    Args:
        account: as the config has it.
        channels: the enabled channels of the account.
        means: what to open them with.
        before: the keeper of the same lane that has to end first.
    """

    account: ConfiguredAccount
    channels: Sequence[ConfiguredChannel]
    means: Means
    before: LaneKeeper | None = None
    worker: LaneWorker | None = None
    """Its worker; None while it is not open, or where it cannot be."""
    _opened: dict[str, ConfiguredChannel] = field(default_factory=dict)
    """The channels that are open, as the config had them."""
    _failed: dict[str, str] = field(default_factory=dict)
    """The channels that cannot be opened, and why."""
    _hindrance: str | None = None
    """Why the account cannot be connected."""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def hindered(self) -> bool:
        """Whether the account could not be connected."""
        return self._hindrance is not None

    def open(self) -> None:
        """Connects the account and opens its channels; what fails is kept, and told by `keep`."""
        try:
            account = guard.made(partial(self.means.connect, self.account))
        except guard.PluginFailed as error:
            log.exception("an account cannot be connected", account=self.account.name)
            self._hindrance = f"cannot be connected: {error}"
            return
        self.worker = self.means.worker(self.account.name, account, self._open_channels(account, {}))

    def _open_channels(self, account: Account, opened: Mapping[str, OpenChannel]) -> dict[str, OpenChannel]:
        """The channels, opened; those that are as they were stay open."""
        found: dict[str, OpenChannel] = {}
        self._failed = {}
        before, self._opened = self._opened, {}
        for channel in self.channels:
            if before.get(channel.name) == channel:
                found[channel.name] = opened[channel.name]
            else:
                try:
                    found[channel.name] = guard.made(partial(self.means.open, channel, account))
                except guard.PluginFailed as error:
                    log.exception("a channel cannot be opened", channel=channel.name)
                    self._failed[channel.name] = f"{channels.CANNOT_OPEN}: {error}"
                    continue
            self._opened[channel.name] = channel
        return found

    def retire(self) -> None:
        """Lets the lane end: what is under way may come to its end, and nothing new begins."""
        if self.worker is not None:
            self.worker.retire()
        self._stop.set()

    def retire_channels(self, wanted: Sequence[ConfiguredChannel]) -> None:
        """Lets the channels that are not wanted as they are be taken for others from now on."""
        kept = {channel.name: channel for channel in wanted}
        for name, opened in (self.worker.channels if self.worker else {}).items():
            opened.retired = kept.get(name) != self._opened.get(name)

    async def change(self, wanted: Sequence[ConfiguredChannel], means: Means) -> None:
        """Goes on with other channels of the same account."""
        self.channels, self.means = wanted, means
        if self.worker is not None:
            self.worker.change(self._open_channels(self.worker.account, self.worker.channels))
            await self._tell()

    async def keep(self, *, patience: timedelta | None = None) -> None:
        """Works until told to stop; with `patience` only until nothing is due within that time.

        A worker that fails is started again after a rest.
        """
        try:
            if self.before is not None:
                await self.before.ended()
                self.before = None
            if self.worker is None and not self._stop.is_set():
                self.open()
            await self._tell()
            if self.worker is not None:
                try:
                    await self._work(self.worker, patience)
                finally:
                    await self._close(self.worker)
        finally:
            self._done.set()

    def stop(self) -> None:
        """Ends it in order, as when the process ends."""
        self._stop.set()

    @property
    def done(self) -> bool:
        """Whether all of it is closed."""
        return self._done.is_set()

    async def ended(self) -> None:
        """Waits until all of it is closed."""
        await self._done.wait()

    async def _work(self, worker: LaneWorker, patience: timedelta | None) -> None:
        while not self._stop.is_set():
            try:
                await worker.run(self._stop, patience=patience)
            except Exception:
                log.exception("a lane's worker failed; it is started again", account=worker.name)
                if patience is not None:
                    raise
                await asyncio.sleep(worker.pace.ttl.total_seconds() / 3)
            else:
                return

    async def _close(self, worker: LaneWorker) -> None:
        seconds = min(CLOSING, worker.pace.send_timeout).total_seconds()
        try:
            await guard.call(worker.account.aclose, seconds)
        except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the others are closed, too
            log.warning("an account does not close", account=worker.name, error=guard.words(error))

    async def _tell(self) -> None:
        if self._hindrance is not None or self._failed:
            try:
                await self.means.store.run(self._write_failures)
            except StoreError as error:
                log.warning("the store does not answer", account=self.account.name, error=str(error))

    def _write_failures(self) -> None:
        name = self.account.name
        with self.means.store.write() as connection:
            if self._hindrance is not None:
                now = self.means.clock()
                until, note = now + REFUSED_PAUSE, self._hindrance
                lanes.pause(connection, name, self.means.owner, until=until, note=note, now=now)
            for channel, note in self._failed.items():
                channels.deactivate(connection, channel, note)
