"""The dispatcher: a worker for each lane, woken when there is something to do."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from newswire.delivery import Policy
from newswire.digests import DigestPlan
from newswire.dispatch.articles import Articles
from newswire.dispatch.clerk import Clerk
from newswire.dispatch.keeper import LaneKeeper, Means
from newswire.dispatch.lane import LaneWorker, Pace
from newswire.dispatch.opened import OpenChannel
from newswire.errors import StoreError
from newswire.logs import get_logger
from newswire.store import channels
from newswire.store.channels import ChannelEntry
from newswire.store.shaped import Shaped
from newswire.translation.readers import offer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire.channel import Account, Options
    from newswire.config import Config, ConfiguredAccount, ConfiguredChannel
    from newswire.delivery import Start
    from newswire.services import Services
    from newswire.store import Store
    from newswire.store.channels import InStep

log = get_logger(__name__)
MOVE_AGAIN = timedelta(seconds=1)
"""How long to wait before looking again whether a channel can come to another lane."""


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
        in_step: lanes and channels as the store has them.
    """

    def __init__(
        self, config: Config, store: Store, services: Services, world: World, *, owner: str, in_step: InStep
    ) -> None:
        self._store = store
        self._config = config
        self._world = world
        self._owner = owner
        self._moving: Sequence[ChannelEntry] = in_step.moving
        self._worker = self._workers_of(config)
        self._means = self._means_of(config, services, in_step)
        channels_of = _by_account(config)
        self._keepers = {
            account.name: LaneKeeper(account=account, channels=channels_of[account.name], means=self._means)
            for account in config.accounts
            if account.enabled
        }
        for keeper in self._keepers.values():
            keeper.open()
        self._ending: dict[str, LaneKeeper] = {}
        """The keeper of each lane that was told to end last."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._mover: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def workers(self) -> list[LaneWorker]:
        """The workers of the lanes that are open."""
        return [keeper.worker for keeper in self._keepers.values() if keeper.worker is not None]

    @property
    def accounts(self) -> dict[str, Account]:
        """The connected accounts, by name."""
        return {worker.name: worker.account for worker in self.workers}

    def _workers_of(self, config: Config) -> Callable[[str, Account, Mapping[str, OpenChannel]], LaneWorker]:
        """What makes workers that share their articles and their transactions."""
        pace = Pace(
            ttl=config.dispatch.lease,
            concurrency=config.dispatch.concurrency,
            send_timeout=config.dispatch.send_timeout,
        )
        world, articles = self._world, Articles(config.taxonomy, offer(config))
        clerk = Clerk(self._store, self._owner, articles, world.clock, pace.ttl)

        def worker(name: str, account: Account, opened: Mapping[str, OpenChannel]) -> LaneWorker:
            return LaneWorker(
                name=name,
                owner=self._owner,
                account=account,
                channels=opened,
                store=self._store,
                taxonomy=config.taxonomy,
                pace=pace,
                clock=world.clock,
                monotonic=world.monotonic,
                random=world.random,
                articles=articles,
                clerk=clerk,
            )

        return worker

    def _means_of(self, config: Config, services: Services, in_step: InStep) -> Means:
        return Means(
            store=self._store,
            owner=self._owner,
            clock=self._world.clock,
            connect=lambda account: connect_account(account, services),
            open=lambda channel, account: open_channel(config, channel, account, in_step.starts[channel.name]),
            worker=self._worker,
        )

    def wake(self) -> None:
        """Tells every worker that there may be something to do. Call it on the event loop's thread."""
        for worker in self.workers:
            worker.wake.set()

    def stands_still(self, length: timedelta) -> bool:
        """Whether a worker has begun no turn for so long: it hangs, or did not begin to work."""
        now = self._world.monotonic()
        turns = [worker.turned for worker in self.workers]
        return any(turned is None or now - turned > length.total_seconds() for turned in turns)

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop; with `patience` only until nothing is due within that time.

        A worker that fails stops no other; it is started again after a rest.
        """
        for keeper in self._keepers.values():
            self._begin(keeper, patience)
        stopping = asyncio.create_task(stop.wait())
        self._see_to_moves()
        try:
            while not stop.is_set() and (self._tasks or patience is None):
                await asyncio.wait({stopping, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
                self._collect()
        finally:
            self._stopping = True
            for task in filter(None, (stopping, self._mover)):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            for keeper in self._keepers.values():
                keeper.stop()
            while self._tasks:
                await asyncio.wait(self._tasks)
                self._collect()

    def _begin(self, keeper: LaneKeeper, patience: timedelta | None = None) -> None:
        self._tasks.add(asyncio.create_task(keeper.keep(patience=patience)))

    def _collect(self) -> None:
        """Lets go of the keepers that have ended; what one raised is raised here."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        for task in done:
            task.result()

    def retire(self, config: Config, *, anew: bool) -> None:
        """Gets ready for a config: lanes that will be others end, and begin nothing new. Then comes `change`.

        Args:
            config: the accounts and channels from now on.
            anew: whether every lane is to be another.
        """
        wanted, channels_of = {one.name: one for one in config.accounts if one.enabled}, _by_account(config)
        for name, keeper in list(self._keepers.items()):
            if anew or keeper.hindered or wanted.get(name) != keeper.account:
                keeper.retire()
                self._ending[name] = self._keepers.pop(name)
            else:
                keeper.retire_channels(channels_of[name])

    async def change(self, config: Config, services: Services, in_step: InStep) -> None:
        """Goes on by another config, which the store is in step with.

        A lane that is another one now is opened when the one before has ended; all others go on meanwhile.

        Args:
            config: the accounts and channels.
            services: what plugins are offered.
            in_step: lanes and channels as the store has them.
        """
        if not self._keepers:  # whoever shares articles and transactions goes by one config
            self._worker = self._workers_of(config)
        self._moving = in_step.moving
        self._means = self._means_of(config, services, in_step)
        self._ending = {name: keeper for name, keeper in self._ending.items() if not keeper.done}
        channels_of = _by_account(config)
        for account in config.accounts:
            if not account.enabled:
                continue
            wanted = channels_of[account.name]
            if account.name in self._keepers:
                await self._keepers[account.name].change(wanted, self._means)
                continue
            before = self._ending.get(account.name)
            keeper = LaneKeeper(account=account, channels=wanted, means=self._means, before=before)
            self._keepers[account.name] = keeper
            if self._stopping:
                keeper.stop()
            self._begin(keeper)
        self._see_to_moves()

    def _see_to_moves(self) -> None:
        if self._moving and not self._stopping and (self._mover is None or self._mover.done()):
            self._mover = asyncio.create_task(self._move())

    async def _move(self) -> None:
        """Lets channels come to the lanes of their accounts as soon as nobody sends to them by another lane."""
        while self._moving:
            await asyncio.sleep(MOVE_AGAIN.total_seconds())
            asked = self._moving
            try:
                left = await self._store.run(self._move_once, asked)
            except StoreError as error:
                log.warning("the store does not answer", moving=len(asked), error=str(error))
                continue
            if self._moving is asked:
                self._moving = left
            for worker in self.workers:
                worker.adopt()

    def _move_once(self, entries: Sequence[ChannelEntry]) -> Sequence[ChannelEntry]:
        with self._store.write() as connection:
            return channels.move(connection, entries, now=self._world.clock())


def _by_account(config: Config) -> dict[str, list[ConfiguredChannel]]:
    """The enabled channels of each enabled account."""
    found: dict[str, list[ConfiguredChannel]] = {account.name: [] for account in config.accounts if account.enabled}
    for channel in config.enabled_channels:
        found[channel.account].append(channel)
    return found


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
