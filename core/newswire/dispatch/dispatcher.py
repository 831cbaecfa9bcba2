"""The dispatcher: a worker for each lane, woken when there is something to do."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from newswire.delivery import Policy
from newswire.digests import DigestPlan
from newswire.dispatch import guard
from newswire.dispatch.articles import Articles
from newswire.dispatch.clerk import Clerk
from newswire.dispatch.lane import LaneWorker, Pace
from newswire.dispatch.opened import OpenChannel
from newswire.dispatch.settle import REFUSED_PAUSE
from newswire.logs import get_logger
from newswire.store import channels, lanes
from newswire.store.channels import ChannelEntry
from newswire.store.shaped import Shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.channel import Account, Options
    from newswire.config import Config, ConfiguredAccount, ConfiguredChannel
    from newswire.delivery import Start
    from newswire.services import Services
    from newswire.store import Store

log = get_logger(__name__)
CLOSING = timedelta(seconds=10)
"""How long an account may take to close."""


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
        self._config = config
        self._world = world
        self._owner = owner
        self._failed_lanes: dict[str, str] = {}
        self._failed_channels: dict[str, str] = {}
        self.accounts: dict[str, Account] = {}
        self.workers: list[LaneWorker] = []
        pace = Pace(
            ttl=config.dispatch.lease,
            concurrency=config.dispatch.concurrency,
            send_timeout=config.dispatch.send_timeout,
        )
        articles = Articles(config.taxonomy)
        clerk = Clerk(store, owner, articles, world.clock, pace.ttl)
        for configured in config.accounts:
            if not configured.enabled:
                continue
            try:
                account = guard.made(partial(connect_account, configured, services))
            except guard.PluginFailed as error:
                log.exception("an account cannot be connected", account=configured.name)
                self._failed_lanes[configured.name] = f"cannot be connected: {error}"
                continue
            self.accounts[configured.name] = account
            self.workers.append(
                LaneWorker(
                    name=configured.name,
                    owner=owner,
                    account=account,
                    channels=self._open(configured.name, account, starts),
                    store=store,
                    taxonomy=config.taxonomy,
                    pace=pace,
                    clock=world.clock,
                    monotonic=world.monotonic,
                    random=world.random,
                    articles=articles,
                    clerk=clerk,
                )
            )

    def _open(self, name: str, account: Account, starts: Mapping[str, Start]) -> dict[str, OpenChannel]:
        opened = {}
        for channel in self._config.enabled_channels:
            if channel.account != name:
                continue
            try:
                make = partial(open_channel, self._config, channel, account, starts[channel.name])
                opened[channel.name] = guard.made(make)
            except guard.PluginFailed as error:
                log.exception("a channel cannot be opened", channel=channel.name)
                self._failed_channels[channel.name] = f"{channels.CANNOT_OPEN}: {error}"
        return opened

    def wake(self) -> None:
        """Tells every worker that there may be something to do. Call it on the event loop's thread."""
        for worker in self.workers:
            worker.wake.set()

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop; with `patience` only until nothing is due within that time.

        A worker that fails stops no other; it is started again after a rest.
        """
        if self._failed_lanes or self._failed_channels:
            await self._store.run(self._tell_failures)
        try:
            await asyncio.gather(*(self._keep(worker, stop, patience) for worker in self.workers))
        finally:
            await asyncio.gather(*(self._close(name, account) for name, account in self.accounts.items()))

    def _tell_failures(self) -> None:
        with self._store.write() as connection:
            for name, note in self._failed_lanes.items():
                now = self._world.clock()
                lanes.pause(connection, name, self._owner, until=now + REFUSED_PAUSE, note=note, now=now)
            for name, note in self._failed_channels.items():
                channels.deactivate(connection, name, note)

    async def _close(self, name: str, account: Account) -> None:
        seconds = min(CLOSING, self._config.dispatch.send_timeout).total_seconds()
        try:
            await guard.call(account.aclose, seconds)
        except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the others are closed, too
            log.warning("an account does not close", lane=name, error=guard.words(error))

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


def connect_account(configured: ConfiguredAccount, services: Services) -> Account:
    """A configured account, connected; no network yet.

    Raises:
        Exception: whatever the plugin raises.
    """
    account: Account = configured.type.connect(configured.name, configured.options, services)
    return account


def connect_accounts(config: Config, services: Services) -> dict[str, Account]:
    """The enabled accounts, connected, by name."""
    return {account.name: connect_account(account, services) for account in config.accounts if account.enabled}


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
        shaped=shaped(config, channel),
    )


def shaped(config: Config, channel: ConfiguredChannel) -> Shaped | None:
    """How a configured channel shapes what goes out, if it does."""
    if channel.shaping is None:
        return None
    cadence, plan = channel.shaping.digest, None
    if cadence is not None:
        plan = DigestPlan(
            channel=channel.name,
            cadence=cadence,
            zone=channel.shaping.zone,
            language=channel.reader_language,
            site_url=config.site.url,
        )
    return Shaped(shaping=channel.shaping, plan=plan, subscription=channel.subscription)


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
