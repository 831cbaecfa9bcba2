"""The dispatcher: a worker for each lane, woken when there is something to do."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from newswire.delivery import Policy
from newswire.dispatch.lane import LaneWorker, Pace
from newswire.dispatch.opened import OpenChannel
from newswire.logs import get_logger
from newswire.store.channels import ChannelEntry
from newswire.store.wakeups import DataVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.channel import Account, Options
    from newswire.config import Config, ConfiguredChannel
    from newswire.delivery import Start
    from newswire.services import Services
    from newswire.store import Store

log = get_logger(__name__)
WATCH = timedelta(milliseconds=250)
"""How often a SQLite database is asked whether another process wrote to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is not newswire: time and chance."""

    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    random: Callable[[], float]


class Dispatcher:
    """Brings every channel to what it should show.

    Args:
        config: the accounts and channels.
        store: where deliveries are.
        services: what plugins are offered.
        world: time and chance.
        owner: who this dispatcher is; unique among all on the store.
        starts: when each channel was added.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        services: Services,
        world: World,
        *,
        owner: str,
        starts: Mapping[str, Start],
    ) -> None:
        self._store = store
        self.accounts = connect_accounts(config, services)
        pace = Pace(concurrency=config.dispatch.concurrency, send_timeout=config.dispatch.send_timeout)
        self.workers = [
            LaneWorker(
                name=name,
                owner=owner,
                account=account,
                channels={
                    channel.name: open_channel(config, channel, account, starts[channel.name])
                    for channel in config.enabled_channels
                    if channel.account == name
                },
                store=store,
                taxonomy=config.taxonomy,
                pace=pace,
                clock=world.clock,
                monotonic=world.monotonic,
                random=world.random,
            )
            for name, account in self.accounts.items()
        ]

    def wake(self) -> None:
        """Tells every worker that there may be something to do. Call it on the event loop's thread."""
        for worker in self.workers:
            worker.wake.set()

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop; with `patience` only until nothing is due within that time.

        A worker that fails stops no other; it is started again after a rest.
        """
        watcher = asyncio.create_task(self._watch(stop)) if self._store.engines.sqlite else None
        try:
            await asyncio.gather(*(self._keep(worker, stop, patience) for worker in self.workers))
        finally:
            if watcher is not None:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)
            await asyncio.gather(*(account.aclose() for account in self.accounts.values()), return_exceptions=True)

    async def _keep(self, worker: LaneWorker, stop: asyncio.Event, patience: timedelta | None) -> None:
        while not stop.is_set():
            try:
                await worker.run(stop, patience=patience)
            except Exception:
                log.exception("a lane's worker failed; it is started again", lane=worker.name)
                if patience is not None:
                    raise
                await asyncio.sleep(worker.pace.ttl.total_seconds() / 3)
            else:
                return

    async def _watch(self, stop: asyncio.Event) -> None:
        """Wakes the workers when another process has written to the database."""
        version = await self._store.look(DataVersion, self._store.engines)
        try:
            while not stop.is_set():
                await asyncio.sleep(WATCH.total_seconds())
                if await self._store.look(version.changed):
                    self.wake()
        finally:
            version.close()


def connect_accounts(config: Config, services: Services) -> dict[str, Account]:
    """The enabled accounts, connected, by name."""
    return {
        account.name: account.type.connect(account.name, account.options, services)
        for account in config.accounts
        if account.enabled
    }


def open_channel(config: Config, channel: ConfiguredChannel, account: Account, start: Start) -> OpenChannel:
    """A configured channel of a connected account, opened."""
    kind = config.account(channel.account).type
    opened = kind.open(account, channel.options)
    return OpenChannel(
        name=channel.name,
        type=kind,
        options=channel.options,
        account=account,
        subscription=channel.subscription,
        reader_language=channel.reader_language,
        max_age=channel.max_age,
        start=start,
        policy=Policy(abilities=opened.abilities, in_doubt=channel.in_doubt, horizon=config.dispatch.horizon),
        channel=opened,
    )


def lane_fingerprints(config: Config) -> dict[str, str]:
    """A fingerprint of each enabled account's options, by name: it changes when a token or address does."""
    return {account.name: fingerprint(account.options) for account in config.accounts if account.enabled}


def channel_entries(config: Config) -> list[ChannelEntry]:
    """The enabled channels as the store keeps them."""
    return [
        ChannelEntry(channel.name, channel.account, fingerprint(channel.options)) for channel in config.enabled_channels
    ]


def fingerprint(options: Options) -> str:
    """A short digest of options, secrets included; the digest tells nothing of them."""
    parts = [
        f"{name}={value.get_secret_value() if isinstance(value, SecretStr) else value!r}" for name, value in options
    ]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8, person=b"newswire").hexdigest()
