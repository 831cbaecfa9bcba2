"""A lane's worker: sends for one account, a few channels at a time, in order within each channel."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from structlog.contextvars import bound_contextvars

from newswire import errors
from newswire.delivery import Operation, Sent, Suppressed
from newswire.dispatch import guard
from newswire.dispatch.articles import Articles
from newswire.dispatch.attempt import Job, Sender
from newswire.dispatch.attendance import Attendance
from newswire.dispatch.clerk import Clerk
from newswire.dispatch.settle import Attempt, backoff, orphaned
from newswire.logs import get_logger
from newswire.store import deliveries, lanes, results
from newswire.store.results import Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.channel import Account
    from newswire.delivery import Change, Delivery, Result
    from newswire.dispatch.opened import OpenChannel
    from newswire.store import Store
    from newswire.store.lanes import Intent, Step
    from newswire.store.shaped import Shaped
    from newswire.taxonomy import Taxonomy

log = get_logger(__name__)
POLL = timedelta(seconds=5)
"""Longest rest between two steps: serves what is due, and takes over lanes that were let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a lane works."""

    ttl: timedelta = timedelta(seconds=15)
    """How long a lease lasts; a silent worker loses its lanes after that."""
    concurrency: int = 4
    """How many channels of a lane are sent to at a time."""
    send_timeout: timedelta = timedelta(seconds=60)
    """How long a platform may take to answer."""


@dataclass(slots=True, kw_only=True)
class LaneWorker:
    """Sends for one account.

    Args:
        name: the lane, that is the account's name.
        owner: who this worker is; unique among all workers on the store.
        account: the connected account.
        channels: its open channels, by name.
        store: where deliveries are.
        taxonomy: gives topics their labels.
        pace: how it works.
        clock: tells the time, in UTC.
        monotonic: seconds that never go back, for the lease's deadline.
        random: gives a number from 0 up to 1.
        articles: articles at hand; shared by the lanes of one dispatcher.
        clerk: makes the steps; shared by the lanes of one dispatcher.
    """

    name: str
    owner: str
    account: Account
    channels: Mapping[str, OpenChannel]
    store: Store
    taxonomy: Taxonomy
    pace: Pace
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    random: Callable[[], float]
    articles: Articles = None  # type: ignore[assignment]  # made below when none is given
    clerk: Clerk = None  # type: ignore[assignment]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _sender: Sender = field(init=False)
    _shaped: Mapping[str, Shaped] = field(init=False)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _started: bool = False
    _failures: int = 0
    _start_again: float = 0.0
    _sending: set[int] = field(default_factory=set)
    _unsure: bool = False
    _deadline: float = 0.0
    _finished: list[Finished] = field(default_factory=list)
    _attendance: Attendance = field(init=False)
    _asked_with: Mapping[str, OpenChannel] = field(default_factory=dict)
    """The channels the present step was made for."""
    _adopts: bool = False
    _retired: bool = False
    turned: float | None = None
    """When the worker last began a turn, by `monotonic`; None before the first."""

    def __post_init__(self) -> None:
        self.articles = self.articles or Articles(self.taxonomy)
        self.clerk = self.clerk or Clerk(self.store, self.owner, self.articles, self.clock, self.pace.ttl)
        self._shaped = _shaping(self.channels)
        self._sender = Sender(
            clock=self.clock,
            send_timeout=self.pace.send_timeout,
            may_send=lambda: self.monotonic() < self._deadline,
        )
        self._attendance = Attendance(self.name, self.account, self.channels, self.store, self.monotonic)

    def change(self, channels: Mapping[str, OpenChannel]) -> None:
        """Goes on with these channels; what is under way ends as it began."""
        self._adopts = self._adopts or not channels.keys() <= self.channels.keys()
        self.channels, self._shaped = channels, _shaping(channels)
        self._attendance.channels = channels
        self.wake.set()

    def adopt(self) -> None:
        """Looks with the next step for what is being sent by nobody: a channel has come to the lane."""
        self._adopts = True
        self.wake.set()

    def retire(self) -> None:
        """From now on what the platform says of the account or its channels is not kept: the config has changed."""
        self._retired = True

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop, then lets what is on its way end and gives the lane back.

        Args:
            stop: set when it is to stop.
            patience: work only until nothing is due within this time, and return.
        """
        with bound_contextvars(account=self.name):
            await self._work(stop, patience)

    async def _work(self, stop: asyncio.Event, patience: timedelta | None) -> None:
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self.wake.set())
        try:
            while not stop.is_set():
                self.wake.clear()
                self.turned = self.monotonic()
                step = await self._step(patience)
                for intent in step.intents if step else ():
                    self._begin(intent, step.epoch if step else 0)
                if not self._under_way and patience is not None and await self._nothing_soon(step, patience):
                    return
                await self._rest(step)
        finally:
            stopping.cancel()
            await self._wind_up()

    def _begin(self, intent: Intent, epoch: int) -> None:
        self._sending.add(intent.delivery.id)
        opened = self._asked_with[intent.delivery.channel]
        task = asyncio.create_task(self._finish(intent, epoch, opened))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _finish(self, intent: Intent, epoch: int, opened: OpenChannel) -> None:
        about = intent.delivery
        # Whatever is logged meanwhile, by a plugin or its libraries, tells what it is about.
        with bound_contextvars(channel=about.channel, article=about.article_id, delivery=about.id):
            finished = await self._attempt(intent, epoch, opened)
        self._sending.discard(intent.delivery.id)
        self._finished.append(finished)
        self.wake.set()

    async def _rest(self, step: Step | None) -> None:
        """Waits until an attempt ends, somebody wakes the worker, or something is due."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pause_length(step)):
                await self.wake.wait()

    async def _nothing_soon(self, step: Step | None, patience: timedelta) -> bool:
        if self._finished:
            return False
        until = self.clock() + patience
        if step is not None:
            return step.next_due is None or step.next_due > until
        # The lane is somebody else's: a worker that does what is due, or a dead one whose lease must run out first.
        return not await self.store.look(self._due_by, until)

    def _due_by(self, until: datetime) -> bool:
        with self.store.read() as connection:
            return lanes.due_by(connection, self.name, until)

    async def _step(self, patience: timedelta | None) -> Step | None:
        if not self._started and (self.monotonic() < self._start_again or not await self._start_account()):
            return None
        begun, now = self.monotonic(), self.clock()
        finished, self._finished = self._finished, []
        room = self.pace.concurrency - sum(not task.done() for task in self._under_way)
        self._asked_with, adopts, self._adopts = self.channels, self._adopts, False
        request = lanes.Request(
            lane=self.name,
            finished=finished,
            room=room,
            channels=self._asked_with,
            orphaned=self._orphaned,
            shaped=self._shaped,
            sending=frozenset(self._sending) if self._unsure else None,
            adopts=frozenset(self._sending) if adopts else None,
        )
        try:
            step = await self.clerk.step(request)
        except errors.StoreError as error:
            self._unsure, self._adopts = True, adopts or self._adopts
            self._finished = finished + self._finished
            if patience is not None:
                raise
            log.warning("the store does not answer", error=str(error))
            return None
        self._unsure = False
        self._deadline = begun + (step.until - now).total_seconds() if step else 0.0
        if step is None:
            await self._attendance.end()
        else:
            self._attendance.begin()
        return step

    def _orphaned(self, delivery: Delivery, withdrawn: bool) -> Change | None:  # noqa: FBT001  # the store calls it
        opened = self.channels.get(delivery.channel)
        if opened is None:
            return None  # its channel is not enabled here; it is settled when the channel is back
        return orphaned(delivery, withdrawn=withdrawn, policy=opened.policy, now=self.clock())

    async def _start_account(self) -> bool:
        """Lets the account learn what it must before the first post; a failure pauses the lane."""
        try:
            await guard.call(self.account.start, self.pace.send_timeout.total_seconds())
        except Exception as error:  # noqa: BLE001  # a plugin may raise anything; it must stop nobody else
            self._failures += 1
            wait = backoff(self._failures, self.random)
            self._start_again = self.monotonic() + wait.total_seconds()
            log.warning("the account does not start", error=guard.words(error), wait=wait.total_seconds())
            await self.store.run(self._pause, f"the account does not start: {guard.words(error)}", wait)
            return False
        self._started, self._failures = True, 0
        return True

    def _pause(self, note: str, wait: timedelta) -> None:
        if self._retired:
            return
        with self.store.write() as connection:
            now = self.clock()
            lanes.pause(connection, self.name, self.owner, until=now + wait, note=note, now=now)

    def _pause_length(self, step: Step | None) -> float:
        longest = min(POLL, self.pace.ttl / 3).total_seconds()
        if step is None and self.name in self.clerk.free_at:
            return min(max((self.clerk.free_at[self.name] - self.clock()).total_seconds() + 0.05, 0.05), longest)
        if step is None or step.next_due is None:
            return longest
        return min(max((step.next_due - self.clock()).total_seconds(), 0.0), longest)

    async def _wind_up(self) -> None:
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=self.pace.send_timeout.total_seconds())
        await self._attendance.end()
        await self.store.run(self._write_end)

    def _write_end(self) -> None:
        with self.store.write() as connection:
            results.record(connection, self._finished, now=self.clock())
            lanes.release(connection, self.name, self.owner)
        self._finished = []

    async def _attempt(self, intent: Intent, epoch: int, opened: OpenChannel) -> Finished:
        started = self.clock()
        delivery = intent.delivery
        doing, rev = Operation.POST, delivery.want
        result: Result
        try:
            stored = self.articles.get(delivery.article_id)
            job = Job(
                delivery=delivery,
                stored=stored,
                opened=opened,
                channel=opened.at(intent.address),
                articles=self.articles,
                taken=await self._taken(delivery),
            )
            doing, rev = job.doing, stored.rev
            result = await self._sender.attempt(job)
        except Exception as error:
            log.exception("an attempt failed before anything was sent")
            result = errors.Retry(f"failed before anything was sent: {guard.words(error)}")
        attempt = Attempt(delivery=delivery, doing=doing, policy=opened.policy, now=self.clock(), random=self.random)
        change = self._heeded(_settled(attempt, result), opened)
        finished = Finished(
            delivery=delivery,
            epoch=epoch,
            operation=doing.value,
            rev=rev,
            started=started,
            ended=self.clock(),
            outcome=type(result).__name__.lower(),
            words=_result_words(result),
            change=change,
            counts_for=_counts_for(opened, delivery, doing, result, change),
        )
        self._tell(finished)
        return finished

    async def _taken(self, delivery: Delivery) -> frozenset[str]:
        if delivery.uncertain_since is None:
            return frozenset()
        return await self.store.look(self._posts_beside, delivery)

    def _posts_beside(self, delivery: Delivery) -> frozenset[str]:
        with self.store.read() as connection:
            return deliveries.posts_beside(connection, delivery, self.name)

    def _heeded(self, change: Change, opened: OpenChannel) -> Change:
        """A change without what it says of a channel or an account that is another one by now."""
        if self._retired:
            return replace(change, channel={}, lane={})
        return replace(change, channel={}) if opened.retired else change

    def _tell(self, finished: Finished) -> None:
        log.info(
            finished.operation,
            rev=finished.rev,
            outcome=finished.outcome,
            words=finished.words,
            seconds=round((finished.ended - finished.started).total_seconds(), 3),
        )


def _shaping(channels: Mapping[str, OpenChannel]) -> dict[str, Shaped]:
    return {name: one.shaped for name, one in channels.items() if one.shaped is not None}


def _counts_for(
    opened: OpenChannel, delivery: Delivery, doing: Operation, result: Result, change: Change
) -> timedelta | None:
    """How long a post counts where posts are counted, if one is out now or perhaps is."""
    if opened.shaped is None or doing is not Operation.POST:
        return None
    perhaps = delivery.uncertain_since is None and change.columns.get("uncertain_since") is not None
    return opened.shaped.shaping.memory if isinstance(result, Sent) or perhaps else None


def _settled(attempt: Attempt, result: Result) -> Change:
    try:
        return attempt.settle(result)
    except Exception as error:
        log.exception("a result could not be judged")
        return attempt.settle(errors.Unknown(f"the result could not be judged: {guard.words(error)}"))


def _result_words(result: Result) -> str | None:
    match result:
        case Sent(note=note):
            return note
        case Suppressed(reason):
            return reason
        case _:
            return guard.words(result)
