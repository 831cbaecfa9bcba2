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
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from newswire import dashboard
from newswire.alerts.lookout import Lookout
from newswire.circulation import Circulation, Subscriber
from newswire.config.changes import reload
from newswire.config.tables import API_INTAKE
from newswire.dashboard import Dashboard, Entrance, Sessions
from newswire.dispatch.dispatcher import Dispatcher, World, channel_entries, lane_fingerprints
from newswire.errors import StoreError
from newswire.followers import POLL, FollowerRunner, started
from newswire.http_api import Changer, Desk, Gate, HttpApi, Rates
from newswire.logs import get_logger
from newswire.metrics import Meter, MetricsApp
from newswire.offering import RoomServices
from newswire.publisher import Publisher
from newswire.receiving import OpenedIntake, Receiver, tell_report, while_unset
from newswire.renewal import renewed, to_the_end
from newswire.store import Store, wakeups
from newswire.store.clock import MEASURE, DatabaseClock
from newswire.store.retention import Retention
from newswire.taking import Taking
from newswire.translation.office import TranslationOffice
from newswire.turns import Turn
from newswire.web import WebApp, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from newswire.config import Config, ConfiguredIntake
    from newswire.config.changes import Reload
    from newswire.extension import HttpApp, Scope
    from newswire.intake import Delivered
    from newswire.receiving import Report
    from newswire.site import Site
    from newswire.store.channels import ChannelEntry
    from newswire.web.app import Receive, Send

STANDSTILL = timedelta(minutes=1)
"""After how long without a turn a worker counts as standing still: it takes one every few seconds."""
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
        self._sends = True
        self._dispatcher: Dispatcher | None = None
        self._taking: Taking | None = None
        self.translation = self._office()
        self._runners: list[FollowerRunner] = []
        self._login_rates = Rates(self.world.monotonic)
        self._gate = Gate(self.store, Rates(self.world.monotonic), self.world.clock)
        self._app: WebApp | None = None
        self._follow_anew, self._retain_anew, self._translate_anew = (asyncio.Event() for _ in range(3))
        self.meter = Meter(lambda: self.config, self.store, self.world.clock)

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
        self._sends = sends
        self.publisher.prepare(*self._standing(self.config))
        if sends:
            self.translation.prepare()

    def _standing(self, config: Config) -> tuple[dict[str, str], list[ChannelEntry]]:
        return lane_fingerprints(config) if self._sends else {}, channel_entries(config)

    async def change(self, config: Config) -> Reload:
        """Goes on by another config, without losing or repeating anything. Only one may be under way at a time.

        What is being sent ends as it began; lanes, intakes, followers and addresses that the change concerns are
        opened anew, each when the one before has ended, and all others go on.

        Args:
            config: checked.

        Returns:
            What became of it.

        Raises:
            Exception: what a plugin raised that could not be opened; then nothing has changed.
        """
        asked = reload(self.config, config)
        config, before = asked.config, self.config
        services = RoomServices(config, self.store, self.world) if asked.surroundings else self.services
        app = None
        if self._app is not None:
            app = self._web_app(config, RoomServices(config, self.store, self.world))
        circulation = await asyncio.to_thread(
            Circulation,
            subscribers(config),
            config.site.languages,
            intake_names(config),
            related=config.site.related,
        )
        if self._dispatcher is not None:
            self._dispatcher.retire(config, anew=asked.lanes)
        standing = self._standing(config)
        await self._insist("config", lambda: self.publisher.prepare(*standing, circulation))
        self.config, self.services = config, services
        services.change(config)
        if app is not None:
            self._app = app
        if self._dispatcher is not None:
            await self._dispatcher.change(config, services, self.publisher.in_step)
        if self._taking is not None:
            self._taking.change(anew=asked.surroundings)
        if asked.surroundings:
            self.translation = self._office()
            self._follow_anew.set()
            self._translate_anew.set()
        if config.store != before.store:
            self._retain_anew.set()
        return asked

    def receiver(self, name: str) -> Receiver:
        """Publishes what comes in under a name."""
        return Receiver(name, self.publisher, self.store, self.world.clock)

    def intakes(self, kind: str | None = None) -> list[OpenedIntake]:
        """The enabled intakes, opened; of one kind, if it is named."""
        return [self.open_intake(one) for one in self.config.intakes if one.enabled and kind in {None, one.type.kind}]

    def open_intake(self, intake: ConfiguredIntake) -> OpenedIntake:
        """An intake, opened."""
        opened = intake.type.open(intake.name, intake.options, self.services)
        turn = Turn(f"intake {intake.name}", self.store, self.owner, self.world.clock) if intake.type.shared else None
        return OpenedIntake(intake.name, opened, self.receiver(intake.name), intake.every, turn)

    async def take_in(self, stop: asyncio.Event, *, watch: bool) -> None:
        """Reads every intake, gives new channels their older articles, and goes on taking what changes.

        Args:
            stop: set when it is to stop.
            watch: whether to pick up changes as they happen.
        """
        self._taking = Taking(self, watch=watch)
        await self._taking.run(stop)

    def dispatcher(self) -> Dispatcher:
        """The dispatcher, with every enabled account connected."""
        in_step = self.publisher.in_step
        self._dispatcher = Dispatcher(
            self.config, self.store, self.services, self.world, owner=self.owner, in_step=in_step
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
        for runner in self._runners:
            runner.wake.set()
        self.translation.wake()

    async def follow(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Feeds every follower."""
        await renewed(partial(self._feed, once=once), stop, self._follow_anew)

    async def _feed(self, stop: asyncio.Event, *, once: bool) -> None:
        followers = [follower for follower in self.config.plugins.followers if started(follower, self.services)]
        followers += await self.store.run(self.translation.followers)
        self._runners = [
            FollowerRunner(
                follower, self.store, self.world.random, clock=self.world.clock, owner=f"{self.owner}:{follower.name}"
            )
            for follower in followers
        ]
        await asyncio.gather(*(runner.run(stop, once=once) for runner in self._runners))
        if not once:
            await stop.wait()

    async def translate(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Has every translator work; with `patience` only until nothing is due within that time."""
        await renewed(lambda halt: self.translation.run(halt, self.wake, patience), stop, self._translate_anew)

    def _office(self) -> TranslationOffice:
        return TranslationOffice(self.config, self.store, self.services, self.publisher, self.world, self.owner)

    async def look_out(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Sees to it that the admin is told of what goes wrong, in one process of all; with `once` by one look."""
        lookout = Lookout(lambda: self.config, self.store, self.world.clock, f"{self.owner}:alerts", self.wake)
        await lookout.run(stop, once=once)

    def retention(self) -> Retention:
        """Archives and prunes what is older than ``[store] keep``."""
        return Retention(self.store, self.config.store.keep, self.config.store.archive_folder, self.world.clock)

    async def retain(self, stop: asyncio.Event) -> None:
        """Archives and prunes from time to time."""
        await renewed(lambda halt: self.retention().run(halt), stop, self._retain_anew)

    async def serve(self, stop: asyncio.Event) -> None:
        """Serves the web app."""
        self._app = self._web_app(self.config, self.services)
        log.info("serving", bind=self.config.http.bind, public_url=self.config.http.public_url)
        await serve(self._answer, self.config.http.bind, stop)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is not None:  # whatever answers now: a request that is under way ends where it began
            await self._app(scope, receive, send)

    def _web_app(self, config: Config, services: RoomServices) -> WebApp:
        own: list[HttpApp] = [MetricsApp(self.meter, self.store, self._gate)]
        if config.http.api:
            own.append(self._http_api(config.site, services))
        if config.http.dashboard:
            own.append(self._dashboard(config, services))
        return WebApp([*own, *config.plugins.http_apps], services, self._ready)

    async def serve_metrics(self, stop: asyncio.Event) -> None:
        """Serves how this process is, at an address of its own, if the config names one."""
        bind = self.config.metrics.bind
        if bind:
            log.info("serving metrics", bind=bind)
            await serve(WebApp([MetricsApp(self.meter, self.store, None)], self.services, self._ready), bind, stop)

    def _http_api(self, site: Site, services: RoomServices) -> HttpApi:
        changer = Changer(self.publisher, site.languages)
        return HttpApi(Desk(site, self.store, changer, services.public_url, services.asking, self.wake), self._gate)

    def _dashboard(self, config: Config, services: RoomServices) -> Dashboard:
        sessions = Sessions(self.store, self.world.clock, config.http.session)
        entrance = Entrance(self.store, sessions, self._login_rates, services.public_url)
        desk = dashboard.Desk(self.store, config, services, self.world.clock, self.wake)
        return Dashboard(desk, entrance)

    async def receive(self, opened: OpenedIntake, *, until: asyncio.Event | None = None) -> Report:
        """Reads everything an intake has; while the store does not answer, it waits.

        Args:
            opened: the intake.
            until: when it is set, the rest is left unread.
        """
        read = opened.intake.read
        return await self._take(opened, read if until is None else lambda: while_unset(read(), until))

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
                return await to_the_end(work)
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
            await self.store.look(partial(self.store.require_current, make=False))
        except StoreError as error:
            return str(error)
        if self._dispatcher is not None and self._dispatcher.stands_still(STANDSTILL):
            return "an account's worker stands still; the log tells more"
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
