"""A fleet in simulation: many lanes, many workers, platforms with limits, workers that die. No real time, no network.

What a result leads to is decided by the same code as in newswire: `newswire.dispatch.settle`. Leases follow the rules
of `newswire.store.lanes`, and the rests between steps those of `newswire.dispatch.lane`.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newswire import errors
from newswire.delivery import Delivery, Operation, Policy, Result, Sent, State
from newswire.dispatch.lane import POLL, Pace
from newswire.dispatch.settle import Attempt, orphaned
from newswire.post import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from newswire.api import Abilities
    from newswire.delivery import Change

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEVER = float("inf")
REST = min(POLL, Pace().ttl / 3).total_seconds()
LOOK = 0.05
"""Seconds after the end of a lease until others look."""
LEASE = Pace().ttl.total_seconds()
RECEIPT = Receipt(remote_id="1", at=START)


class Limit:
    """So many calls within so many seconds, counted over a sliding window."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._calls, self._seconds = calls, seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until a call is let through; 0 lets it through."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        return self._taken[0] + self._seconds - now if len(self._taken) >= self._calls else 0.0

    def take(self, now: float) -> None:
        """Counts a call."""
        self._taken.append(now)


@dataclass(slots=True)
class Queue:
    """A channel: what it still has to send, in order."""

    limit: Limit | None
    waiting: int
    paused_until: float = 0.0
    due: float = 0.0
    head: Delivery | None = None
    sending: bool = False


@dataclass(slots=True)
class Lane:
    """An account with its channels."""

    limit: Limit
    policy: Policy
    queues: Sequence[Queue]
    candidates: Sequence[int]
    """The workers that have this account in their config."""
    owner: int | None = None
    epoch: int = 0
    until: float = 0.0
    paused_until: float = 0.0
    plan: int = 0
    """The newest step that is planned; an older plan is void."""
    orphaned_at: float | None = None
    """When its owner died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a simulation assumes."""

    workers: int
    days_between_deaths: float
    """Of one worker, on average."""
    restart: float = 30.0
    """Seconds until a dead worker is back."""
    call: float = 0.2
    """Median seconds of a call to a platform."""
    failures: float = 0.01
    """Share of calls that fail and are tried again."""
    database: float = 0.0
    """Seconds of the database that a delivery needs: result and intent, in one step."""


@dataclass(slots=True)
class Told:
    """What came of a simulation."""

    sent: int = 0
    doubtful: int = 0
    limited: int = 0
    retried: int = 0
    deaths: int = 0
    steps: int = 0
    drained: float = 0.0
    """When the last delivery ended."""
    takeovers: list[float] = field(default_factory=list)
    """Seconds from the death of an owner to the first step of the next."""
    busiest: int = 0
    """Steps within the busiest ten seconds, divided by ten."""


class Fleet:
    """Runs lanes on workers until every backlog is sent.

    Args:
        lanes: the accounts.
        conditions: what is assumed.
        random: gives chance, seeded.
    """

    def __init__(self, lanes: Sequence[Lane], conditions: Conditions, random: Random) -> None:
        self._lanes, self._conditions, self._random = lanes, conditions, random
        self._alive = [True] * conditions.workers
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._now = 0.0
        self._database_free = 0.0
        self._left = sum(queue.waiting for lane in lanes for queue in lane.queues)
        self._per_ten: dict[int, int] = {}
        self.told = Told()

    def run(self) -> Told:
        """Simulates until nothing is left."""
        for lane in self._lanes:
            self._seek_owner(lane)
        for worker in range(self._conditions.workers):
            self._live(worker)
        while self._left:
            self._now, _, act = heapq.heappop(self._events)
            act()
        self.told.drained = self._now
        self.told.busiest = round(max(self._per_ten.values()) / 10)
        return self.told

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, act))

    def _plan(self, lane: Lane, moment: float) -> None:
        lane.plan += 1
        plan = lane.plan
        self._at(moment, lambda: self._step(lane) if lane.plan == plan else None)

    def _live(self, worker: int) -> None:
        life = self._random.expovariate(1 / (self._conditions.days_between_deaths * 86_400))
        self._at(self._now + life, lambda: self._die(worker))

    def _die(self, worker: int) -> None:
        self._alive[worker] = False
        self.told.deaths += 1
        for lane in self._lanes:
            if lane.owner == worker:
                lane.owner, lane.orphaned_at = None, self._now
                lane.plan += 1
                self._at(lane.until, lambda lane=lane: self._seek_owner(lane))  # type: ignore[misc]  # of this turn
        self._at(self._now + self._conditions.restart, lambda: self._revive(worker))

    def _revive(self, worker: int) -> None:
        self._alive[worker] = True
        self._live(worker)

    def _seek_owner(self, lane: Lane) -> None:
        """One of its workers takes a free lane: all of them know when its lease runs out, and look right after that."""
        alive = [one for one in lane.candidates if self._alive[one]]
        if not alive:
            self._at(self._now + REST, lambda: self._seek_owner(lane))
            return
        worker = self._random.choice(alive)
        self._at(self._now + LOOK, lambda: self._take(lane, worker))

    def _take(self, lane: Lane, worker: int) -> None:
        if not self._alive[worker]:
            self._seek_owner(lane)
            return
        lane.owner, lane.epoch, lane.until = worker, lane.epoch + 1, self._now + LEASE
        if lane.orphaned_at is not None:
            self.told.takeovers.append(self._now - lane.orphaned_at)
            lane.orphaned_at = None
        for queue in lane.queues:
            if queue.sending and queue.head is not None:
                queue.sending = False
                at = self._moment(self._now)
                self._apply(lane, queue, orphaned(queue.head, withdrawn=False, policy=lane.policy, now=at))
        self._step(lane)

    def _step(self, lane: Lane) -> None:
        self.told.steps += 1
        ten = int(self._now // 10)
        self._per_ten[ten] = self._per_ten.get(ten, 0) + 1
        if lane.until - self._now <= LEASE * 2 / 3:
            lane.until = self._now + LEASE
        soonest = self._now + REST
        if lane.paused_until > self._now:
            self._plan(lane, min(soonest, lane.paused_until))
            return
        room = Pace().concurrency - sum(queue.sending for queue in lane.queues)
        for queue in lane.queues:
            ready = max(queue.due, queue.paused_until)
            if queue.sending or not queue.waiting:
                continue
            if ready > self._now:
                soonest = min(soonest, ready)
            elif room:
                room -= 1
                self._begin(lane, queue)
        self._plan(lane, soonest)

    def _begin(self, lane: Lane, queue: Queue) -> None:
        head = queue.head or _delivery(self._moment(self._now))
        queue.head = replace(head, attempt=head.attempt + 1, state=State.SENDING, started=self._moment(self._now))
        queue.sending = True
        # The step that announces it waits for its turn at the database; the call follows.
        self._database_free = max(self._database_free, self._now) + self._conditions.database
        called = self._database_free
        took = self._conditions.call * self._random.lognormvariate(0, 0.5)
        epoch = lane.epoch
        self._at(called + took, lambda: self._end(lane, queue, epoch))

    def _end(self, lane: Lane, queue: Queue, epoch: int) -> None:
        if lane.epoch != epoch or lane.owner is None or queue.head is None:
            return  # its worker is dead: the next owner finds an intent without a result
        queue.sending = False
        doing, at = Operation.POST, self._moment(self._now)
        attempt = Attempt(delivery=queue.head, doing=doing, policy=lane.policy, now=at, random=self._random.random)
        self._apply(lane, queue, attempt.settle(self._answer(lane, queue)))
        if lane.paused_until <= self._now:
            self._step(lane)

    def _answer(self, lane: Lane, queue: Queue) -> Result:
        """What the platform says."""
        of_chat = queue.limit.wait(self._now) if queue.limit else 0.0
        if of_chat:
            self.told.limited += 1
            return errors.ChannelPaused("too many in this chat", after=timedelta(seconds=of_chat))
        of_account = lane.limit.wait(self._now)
        if of_account:
            self.told.limited += 1
            return errors.LanePaused("too many of this account", after=timedelta(seconds=of_account))
        if self._random.random() < self._conditions.failures:
            self.told.retried += 1
            return errors.Retry("a hiccup")
        for limit in (queue.limit, lane.limit):
            if limit:
                limit.take(self._now)
        return Sent(rev=1, receipt=RECEIPT, digest=None, language="en")

    def _apply(self, lane: Lane, queue: Queue, change: Change) -> None:
        if "paused_until" in change.channel:
            queue.paused_until = _seconds(change.channel["paused_until"])
        if "paused_until" in change.lane:
            lane.paused_until = _seconds(change.lane["paused_until"])
            self._plan(lane, min(lane.paused_until, self._now + REST))
        columns: dict[str, Any] = change.columns
        if columns["state"] is State.PENDING and queue.head is not None:
            queue.due = _seconds(columns["due"])
            queue.head = replace(queue.head, **columns)
            return
        self.told.sent += columns["state"] is State.DONE
        self.told.doubtful += columns["state"] is State.DOUBT
        queue.head, queue.due = None, 0.0
        queue.waiting -= 1
        self._left -= 1

    @staticmethod
    def _moment(seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)


def _seconds(moment: datetime) -> float:
    return (moment - START).total_seconds()


def _delivery(now: datetime) -> Delivery:
    return Delivery(
        id=1, channel="channel", article_id="article", want=1, have=None, state=State.PENDING, due=now, since=now,
        attempt=0, started=None, uncertain_since=None, generation=0, forced=False, receipt=None, digest=None,
        language=None, reason=None, changed=now,
    )  # fmt: skip


def policy(abilities: Abilities) -> Policy:
    """How a channel's attempts are judged, as the config has it by default."""
    return Policy(abilities=abilities, in_doubt="hold", horizon=timedelta(hours=24))
