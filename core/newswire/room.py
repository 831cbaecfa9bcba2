"""The room: everything of one process, put together from the config."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random as chance
import secrets as tokens
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from newswire import dashboard
from newswire.config.tables import API_INTAKE
from newswire.dashboard import Dashboard, Entrance, Sessions
from newswire.dispatch.dispatcher import Dispatcher, World, channel_entries, lane_fingerprints
from newswire.errors import ConfigError, StoreError
from newswire.followers import POLL, FollowerRunner
from newswire.http_api import Changer, Desk, Gate, HttpApi, Rates
from newswire.logs import get_logger
from newswire.publisher import Publisher, Subscriber
from newswire.receiving import OpenedIntake, Receiver
from newswire.services import ChannelListing
from newswire.store import Store, wakeups
from newswire.store.clock import MEASURE, DatabaseClock
from newswire.store.library import StoredLibrary
from newswire.store.retention import Retention
from newswire.web import WebApp, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import timedelta

    from newswire.config import Config, ConfiguredChannel
    from newswire.extension import HttpApp
    from newswire.intake import Delivered
    from newswire.receiving import Report
    from newswire.services import OptionsT
    from newswire.site import Site
    from newswire.store.records import PluginState
    from newswire.subscription import NamedFilter
    from newswire.taxonomy import Taxonomy

T = TypeVar("T")
log = get_logger(__name__)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def real_world() -> World:
    """The time and the chance of this machine."""
    # CLOCK_BOOTTIME goes on while a machine is suspended, so a thawed worker knows that its lease ran out.
    clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return World(
        clock=utc_now,
        monotonic=lambda: time.clock_gettime(clock_id),
        random=chance.random,
    )


class RoomServices:
    """What the room offers its plugins; see `newswire.services.Services`."""

    def __init__(self, config: Config, store: Store, world: World) -> None:
        self._config = config
        self._store = store
        self._clock = world.clock
        self._library = StoredLibrary(store.engines, config.site, config.taxonomy)

    @property
    def site(self) -> Site:
        """The site whose articles are carried."""
        return self._config.site

    @property
    def taxonomy(self) -> Taxonomy:
        """The topics."""
        return self._config.taxonomy

    @property
    def library(self) -> StoredLibrary:
        """What is published."""
        return self._library

    @property
    def public_url(self) -> str:
        """Where the web app is reached from outside, without a slash at the end."""
        return self._config.http.public_url.rstrip("/")

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells the time, in UTC."""
        return self._clock

    @property
    def filters(self) -> Mapping[str, NamedFilter]:
        """The named filters of the config, by name."""
        return self._config.filters

    @property
    def channels(self) -> Sequence[ChannelListing]:
        """The enabled channels, as readers see them."""
        return [self._listing(channel) for channel in self._config.enabled_channels]

    def settings(self, model: type[OptionsT]) -> OptionsT:
        """The plugin's own table of the config.

        Raises:
            ConfigError: no plugin declared such a table.
        """
        for options in self._config.settings.values():
            if isinstance(options, model):
                return options
        raise ConfigError(f"no plugin declares a config table of {model.__name__}; see the hook newswire_settings")

    def intakes(self, model: type[OptionsT]) -> Mapping[str, OptionsT]:
        """The tables of the enabled intakes whose options are of a model, by the intake's name."""
        enabled = (intake for intake in self._config.intakes if intake.enabled)
        return {intake.name: intake.options for intake in enabled if isinstance(intake.options, model)}

    def state(self, plugin: str) -> PluginState:
        """The plugin's own small store."""
        return self._store.state(plugin)

    def _listing(self, channel: ConfiguredChannel) -> ChannelListing:
        account = self._config.account(channel.account)
        topics = channel.subscription.topics
        return ChannelListing(
            name=channel.name,
            kind=account.type.kind,
            languages=channel.subscription.languages,
            topics=str(topics) if topics is not None else None,
            address=account.type.follow_address(channel.options, account.options),
        )


class Room:
    """Everything of one process.

    Args:
        config: the checked config.
        world: time and chance.
        store: the database, if it is open already.
    """

    def __init__(self, config: Config, world: World | None = None, store: Store | None = None) -> None:
        self.config = config
        self.store = store or Store(config.store.url)
        self.world = world or real_world()
        self._database_clock: DatabaseClock | None = None
        if world is None and not self.store.engines.sqlite:
            self._database_clock = DatabaseClock(self.store.engines, self.world.clock, self.world.monotonic)
            self.world = replace(self.world, clock=self._database_clock)
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{tokens.token_hex(4)}"
        self.services = RoomServices(config, self.store, self.world)
        self.publisher = Publisher(
            self.store,
            subscribers(config),
            config.site.languages,
            self.world.clock,
            intake_names(config),
            related=config.site.related,
        )
        self._dispatcher: Dispatcher | None = None
        self._followers = [
            FollowerRunner(
                follower, self.store, self.world.random, clock=self.world.clock, owner=f"{self.owner}:{follower.name}"
            )
            for follower in config.plugins.followers
        ]

    def prepare(self, *, sends: bool = True) -> None:
        """Makes the schema if there is none, and brings lanes and channels in step with the config. Blocking.

        Args:
            sends: whether this process sends to platforms. One that does not may lack the accounts' secrets, and
                leaves the lanes to those that have them.

        Raises:
            SchemaOutdated: the database needs ``newswire migrate``.
        """
        self.store.require_current()
        if self._database_clock is not None:
            self._database_clock.measure()
        self.publisher.prepare(lane_fingerprints(self.config) if sends else {}, channel_entries(self.config))

    def receiver(self, name: str) -> Receiver:
        """Publishes what comes in under a name."""
        return Receiver(name, self.publisher, self.store, self.world.clock)

    def intakes(self) -> list[OpenedIntake]:
        """The enabled intakes, opened."""
        return [
            OpenedIntake(
                intake.name,
                intake.type.open(intake.name, intake.options, self.services),
                self.receiver(intake.name),
                intake.every,
            )
            for intake in self.config.intakes
            if intake.enabled
        ]

    def dispatcher(self) -> Dispatcher:
        """The dispatcher, with every enabled account connected."""
        starts = self.publisher.starts
        self._dispatcher = Dispatcher(
            self.config, self.store, self.services, self.world, owner=self.owner, starts=starts
        )
        return self._dispatcher

    async def dispatch(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Brings every channel to what it should show, then tells others that the lanes are free."""
        try:
            await self.dispatcher().run(stop, patience=patience)
        finally:
            with contextlib.suppress(StoreError):  # they look by themselves, too
                await self.store.run(self._announce)

    async def listen(self, stop: asyncio.Event) -> None:
        """Wakes dispatcher and followers when another process has written to the store; keeps the clock right."""
        tasks = [asyncio.create_task(wakeups.watch(self.store, self.wake)), asyncio.create_task(self._keep_time())]
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_time(self) -> None:
        while self._database_clock is not None:
            await asyncio.sleep(MEASURE.total_seconds())
            with contextlib.suppress(StoreError):
                await self.store.look(self._database_clock.measure)

    def _announce(self) -> None:
        with self.store.write() as connection:
            wakeups.announce(connection)

    def wake(self) -> None:
        """Tells dispatcher and followers that something was published. Call it on the event loop's thread."""
        if self._dispatcher is not None:
            self._dispatcher.wake()
        for runner in self._followers:
            runner.wake.set()

    async def follow(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Feeds every follower."""
        for follower in self.config.plugins.followers:
            follower.start(self.services)
        await asyncio.gather(*(runner.run(stop, once=once) for runner in self._followers))

    def retention(self) -> Retention:
        """Archives and prunes what is older than ``[store] keep``."""
        return Retention(self.store, self.config.store.keep, self.config.store.archive_folder, self.world.clock)

    async def serve(self, stop: asyncio.Event) -> None:
        """Serves the web app."""
        own: list[HttpApp] = [self._http_api()] if self.config.http.api else []
        own += [self._dashboard()] if self.config.http.dashboard else []
        app = WebApp([*own, *self.config.plugins.http_apps], self.services, self._ready)
        log.info("serving", bind=self.config.http.bind, public_url=self.config.http.public_url)
        await serve(app, self.config.http.bind, stop)

    def _http_api(self) -> HttpApi:
        site = self.config.site
        changer = Changer(self.publisher, site.languages)
        desk = Desk(site, self.store, changer, self.services.public_url, self.wake)
        return HttpApi(desk, Gate(self.store, Rates(self.world.monotonic), self.world.clock))

    def _dashboard(self) -> Dashboard:
        sessions = Sessions(self.store, self.world.clock, self.config.http.session)
        entrance = Entrance(self.store, sessions, Rates(self.world.monotonic), self.services.public_url)
        desk = dashboard.Desk(self.store, lambda: self.config, self.services, self.world.clock, self.wake)
        return Dashboard(desk, entrance)

    async def receive(self, opened: OpenedIntake) -> Report:
        """Reads everything an intake has; while the store does not answer, it waits."""
        return await self._take(opened, opened.intake.read)

    async def backfill(self) -> None:
        """Gives new channels the older articles they ask for; to be called when every intake was read once."""
        await self._insist("backfill", self.publisher.backfill)
        self.wake()

    async def watch(self, opened: OpenedIntake) -> None:
        """Takes what an intake hands over as it changes, and reads all of it from time to time if asked to."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._take_changes(opened))
            if opened.every is not None:
                group.create_task(self._read_again(opened, opened.every))

    async def _take(self, opened: OpenedIntake, read: Callable[[], Iterable[Delivered]]) -> Report:
        report = await self._insist(opened.name, lambda: opened.receiver.receive(read()))
        tell_report(opened.name, report)
        self.wake()
        return report

    async def _insist(self, name: str, work: Callable[[], T]) -> T:
        """Does blocking work that may be done twice, as often as it takes until the store answers."""
        while True:
            try:
                return await asyncio.to_thread(work)
            except StoreError as error:
                log.warning("the store does not answer", waiting=name, error=str(error))
                await asyncio.sleep(POLL.total_seconds())

    async def _take_changes(self, opened: OpenedIntake) -> None:
        async for delivered in opened.intake.watch():
            await self._take(opened, partial(_same, list(delivered)))

    async def _read_again(self, opened: OpenedIntake, every: timedelta) -> None:
        while True:
            await asyncio.sleep(every.total_seconds())
            await self.receive(opened)

    async def _ready(self) -> str | None:
        try:
            await self.store.look(self.services.library.latest)
        except StoreError as error:
            return str(error)
        return None

    def close(self) -> None:
        """Lets the database go."""
        self.store.close()


def _same(delivered: Sequence[Delivered]) -> Iterable[Delivered]:
    return delivered


def intake_names(config: Config) -> list[str]:
    """The names that articles and editions may belong to."""
    named = [intake.name for intake in config.intakes if intake.enabled]
    return [*named, API_INTAKE] if config.http.api else named


def subscribers(config: Config) -> list[Subscriber]:
    """The enabled channels as the publisher sees them."""
    return [
        Subscriber(
            name=channel.name,
            subscription=channel.subscription,
            max_age=channel.max_age,
            backfill=channel.backfill,
        )
        for channel in config.enabled_channels
    ]


def tell_report(name: str, report: Report) -> None:
    """Writes what an intake brought to the log."""
    for problem in report.problems:
        log.warning("not taken", intake=name, problem=str(problem))
    if report.counts:
        log.info("received", intake=name, **report.counts)
