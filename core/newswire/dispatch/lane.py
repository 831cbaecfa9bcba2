"""A lane's worker: sends for one account, a few channels at a time, in order within each channel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire import errors
from newswire.delivery import Operation, Sent, Suppressed
from newswire.dispatch.attempt import Job, Sender
from newswire.dispatch.settle import Attempt, backoff, orphaned
from newswire.logs import get_logger
from newswire.store import articles, lanes
from newswire.store.library import links

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.channel import Account
    from newswire.delivery import Change, Delivery, Result
    from newswire.dispatch.opened import OpenChannel
    from newswire.store import Store
    from newswire.store.articles import StoredArticle
    from newswire.store.lanes import Finished, Intent, Step
    from newswire.story import Link
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
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _started: bool = False
    _failures: int = 0
    _start_again: float = 0.0
    _deadline: float = 0.0
    _finished: list[Finished] = field(default_factory=list)

    async def run(self, stop: asyncio.Event, *, patience: timedelta | None = None) -> None:
        """Works until told to stop, then lets what is on its way end and gives the lane back.

        Args:
            stop: set when it is to stop.
            patience: work only until nothing is due within this time, and return.
        """
        under_way: set[asyncio.Task[Finished]] = set()
        try:
            while not stop.is_set():
                self.wake.clear()
                step = await self._step(self.pace.concurrency - len(under_way), patience)
                intents = step.intents if step else ()
                under_way |= {asyncio.create_task(self._attempt(intent, step.epoch)) for intent in intents if step}
                if not under_way and patience is not None and await self._nothing_soon(step, patience):
                    return
                under_way = await self._rest(under_way, stop, step)
        finally:
            await self._wind_up(under_way)

    async def _nothing_soon(self, step: Step | None, patience: timedelta) -> bool:
        until = self.clock() + patience
        if step is not None:
            return step.next_due is None or step.next_due > until
        # The lane is somebody else's: a worker that does what is due, or a dead one whose lease must run out first.
        return not await self.store.look(self._due_by, until)

    def _due_by(self, until: datetime) -> bool:
        with self.store.read() as connection:
            return lanes.due_by(connection, self.name, until)

    async def _step(self, room: int, patience: timedelta | None) -> Step | None:
        if not self._started and (self.monotonic() < self._start_again or not await self._start_account()):
            return None
        begun = self.monotonic()
        finished, self._finished = self._finished, []
        try:
            step = await self.store.run(self._write_step, finished, room)
        except errors.StoreError as error:
            self._finished = finished + self._finished
            if patience is not None:
                raise
            log.warning("the store does not answer", lane=self.name, error=str(error))
            return None
        self._deadline = begun + self.pace.ttl.total_seconds() if step else 0.0
        return step

    def _write_step(self, finished: list[Finished], room: int) -> Step | None:
        with self.store.write() as connection:
            return lanes.step(
                connection,
                self.name,
                self.owner,
                finished,
                now=self.clock(),
                ttl=self.pace.ttl,
                room=room,
                orphaned=self._orphaned,
            )

    def _orphaned(self, delivery: Delivery, withdrawn: bool) -> Change:  # noqa: FBT001  # the store calls it
        policy = self.channels[delivery.channel].policy
        return orphaned(delivery, withdrawn=withdrawn, policy=policy, now=self.clock())

    async def _start_account(self) -> bool:
        """Lets the account learn what it must before the first post; a failure pauses the lane."""
        try:
            async with asyncio.timeout(self.pace.send_timeout.total_seconds()):
                await self.account.start()
        except Exception as error:  # noqa: BLE001  # a plugin may raise anything; it must stop nobody else
            self._failures += 1
            wait = backoff(self._failures, self.random)
            self._start_again = self.monotonic() + wait.total_seconds()
            log.warning("the account does not start", lane=self.name, error=_words(error), wait=wait.total_seconds())
            await self.store.run(self._pause, f"the account does not start: {_words(error)}", wait)
            return False
        self._started, self._failures = True, 0
        return True

    def _pause(self, note: str, wait: timedelta) -> None:
        with self.store.write() as connection:
            lanes.pause(connection, self.name, until=self.clock() + wait, note=note)

    async def _rest(
        self, under_way: set[asyncio.Task[Finished]], stop: asyncio.Event, step: Step | None
    ) -> set[asyncio.Task[Finished]]:
        """Waits until an attempt ends, somebody wakes the worker, or something is due; keeps what has ended."""
        waits = [asyncio.create_task(self.wake.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(
                [*under_way, *waits], timeout=self._pause_length(step), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in waits:
                task.cancel()
        ended = {task for task in under_way if task.done()}
        self._finished += [task.result() for task in ended]
        return under_way - ended

    def _pause_length(self, step: Step | None) -> float:
        longest = min(POLL, self.pace.ttl / 3).total_seconds()
        if step is None or step.next_due is None:
            return longest
        return min(max((step.next_due - self.clock()).total_seconds(), 0.0), longest)

    async def _wind_up(self, under_way: set[asyncio.Task[Finished]]) -> None:
        if under_way:
            await asyncio.wait(under_way, timeout=self.pace.send_timeout.total_seconds())
            self._finished += [task.result() for task in under_way if task.done() and not task.cancelled()]
        await self.store.run(self._write_end)

    def _write_end(self) -> None:
        with self.store.write() as connection:
            lanes.record(connection, self._finished, now=self.clock())
            lanes.release(connection, self.name, self.owner)
        self._finished = []

    async def _attempt(self, intent: Intent, epoch: int) -> Finished:
        started = self.clock()
        delivery = intent.delivery
        opened = self.channels[delivery.channel]
        doing, rev = Operation.POST, delivery.want
        result: Result
        try:
            stored, related = await self.store.look(self._load, delivery.article_id, opened.reader_language)
            job = Job(
                delivery=delivery,
                stored=stored,
                opened=opened,
                channel=opened.at(intent.address),
                related=related,
                taxonomy=self.taxonomy,
            )
            doing, rev = job.doing, stored.rev
            result = await self._sender().attempt(job)
        except Exception as error:
            log.exception("an attempt failed before anything was sent", lane=self.name, channel=opened.name)
            result = errors.Retry(f"failed before anything was sent: {_words(error)}")
        attempt = Attempt(delivery=delivery, doing=doing, policy=opened.policy, now=self.clock(), random=self.random)
        finished = lanes.Finished(
            delivery=delivery,
            epoch=epoch,
            operation=doing.value,
            rev=rev,
            started=started,
            ended=self.clock(),
            outcome=type(result).__name__.lower(),
            words=_result_words(result),
            change=attempt.settle(result),
        )
        self._tell(finished)
        return finished

    def _sender(self) -> Sender:
        return Sender(
            clock=self.clock,
            send_timeout=self.pace.send_timeout,
            may_send=lambda: self.monotonic() < self._deadline,
        )

    def _load(self, article_id: str, language: str) -> tuple[StoredArticle, Mapping[str, Link]]:
        with self.store.read() as connection:
            stored = articles.load(connection, article_id)
            if stored is None:
                raise errors.UnknownArticle(f"article {article_id!r} is not in the store any more")
            beside = articles.load_many(connection, stored.content.related)
        return stored, links(beside.values(), language)

    def _tell(self, finished: Finished) -> None:
        log.info(
            finished.operation,
            channel=finished.delivery.channel,
            article=finished.delivery.article_id,
            rev=finished.rev,
            outcome=finished.outcome,
            words=finished.words,
            seconds=round((finished.ended - finished.started).total_seconds(), 3),
        )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, errors.NewswireError) else str(error)


def _result_words(result: Result) -> str | None:
    match result:
        case Sent(note=note):
            return note
        case Suppressed(reason):
            return reason
        case _:
            return str(result)
