"""The meter: reads from the store how the room stands. Blocking.

Everything is read by indexes, or counted off a log from where the last reading ended, so it costs little however much
is kept.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newswire.alerts.alert import Kind
from newswire.delivery import State
from newswire.metrics import families, process
from newswire.metrics.families import Family, Samples
from newswire.store import alerts, channels, events, leases, records, tallies, trouble
from newswire.store.attempt_log import AttemptLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config import Config
    from newswire.store import Store
    from newswire.store.trouble import Made

_SENT = "sent"


@dataclass(slots=True)
class Counted:
    """What came of attempts, since somebody began to count."""

    attempts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By channel, operation and outcome."""
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    """By channel and operation."""

    def count(self, made: Made) -> None:
        """Counts an attempt."""
        self.attempts[made.channel, made.operation, made.outcome] += 1
        key, length = (made.channel, made.operation), (made.ended - made.started).total_seconds()
        self.seconds[key] = self.seconds.get(key, 0.0) + length


class Meter:
    """Reads the metrics of a room.

    Args:
        config: gives the config as it is now.
        store: where everything is.
        clock: tells the time, in UTC.
    """

    def __init__(self, config: Callable[[], Config], store: Store, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._log = AttemptLog()
        self._counted = Counted()
        self._alone = threading.Lock()

    def read(self) -> list[Samples]:
        """Every metric there is a value for.

        Raises:
            StoreError: the database does not answer.
        """
        config = self._config()
        with self._alone, self._store.read() as connection:
            self._log.read(connection, self._counted.count)
            found = list(_Reading(connection, config, self._counted, self._clock()).samples())
        return [*found, *process.samples(config.plugins)]


class _Reading:
    def __init__(self, connection: Connection, config: Config, counted: Counted, now: datetime) -> None:
        self._connection = connection
        self._config = config
        self._counted = counted
        self._now = now
        enabled = {channel.name: channel.account for channel in config.enabled_channels}
        self._rows = [row for row in channels.brief_rows(connection) if row["name"] in enabled]
        self._account_of = enabled

    def samples(self) -> Iterator[Samples]:
        latest = events.latest(self._connection)
        yield Samples(families.EVENTS, [((), latest)])
        counted = tallies.counted(self._connection, tallies.EVERYTHING)
        languages = {tag: sum(counted.get(tag, {}).values()) for tag in self._config.site.languages}
        yield _by(families.EDITIONS, languages)
        yield from self._intakes()
        yield from self._accounts()
        yield from self._deliveries()
        lag = {
            follower.name: latest - cursor
            for follower in self._config.plugins.followers
            for cursor, _ in [events.cursors(self._connection).get(follower.name, (0, None))]
        }
        yield _by(families.FOLLOWER_LAG, lag)
        standing = [alert.kind.value for alert in alerts.load(self._connection).values() if alert.stands]
        yield _by(families.ALERTS, Counter({kind.value: 0 for kind in Kind} | Counter(standing)))
        watched = leases.holder(self._connection, "alerts", now=self._now) is not None
        yield Samples(families.ALERTS_WATCHED, [((), watched)])

    def _intakes(self) -> Iterator[Samples]:
        enabled = {intake.name for intake in self._config.intakes if intake.enabled}
        rows = [row for row in records.intake_rows(self._connection) if row["name"] in enabled]
        for family, column in ((families.INTAKE_RUN, "last_run"), (families.INTAKE_SUCCESS, "last_success")):
            yield _by(family, {row["name"]: row[column].timestamp() for row in rows if row[column] is not None})

    def _accounts(self) -> Iterator[Samples]:
        enabled = {account.name for account in self._config.accounts if account.enabled}
        rows = [row for row in channels.lane_rows(self._connection) if row["name"] in enabled]
        held = {row["name"]: bool(row["owner"]) and self._ahead(row["until"]) for row in rows}
        yield _by(families.ACCOUNT_HELD, held)
        yield _by(families.ACCOUNT_PAUSED, {row["name"]: self._ahead(row["paused_until"]) for row in rows})
        states = Counter((self._account_of[row["name"]], self._state(row)) for row in self._rows)
        yield _by(families.CHANNELS, states)

    def _ahead(self, moment: datetime | None) -> bool:
        return moment is not None and moment > self._now

    def _state(self, row: Mapping[str, Any]) -> str:
        if not row["active"]:
            return "suspended"
        return "paused" if self._ahead(row["paused_until"]) else "active"

    def _deliveries(self) -> Iterator[Samples]:
        names = [row["name"] for row in self._rows]
        pending = trouble.backlog(self._connection)
        found = trouble.troubles(self._connection)
        doubt = {one.channel: one.count for one in found if one.state is State.DOUBT}
        dead = {one.channel: one.count for one in found if one.state is State.DEAD}
        oldest = {head.channel: head.since.timestamp() for head in trouble.heads(self._connection)}
        for family, numbers in ((families.PENDING, pending), (families.DOUBT, doubt), (families.DEAD, dead)):
            yield self._summed(family, names, numbers)
        firsts: dict[str, float] = {}
        for name in names:
            if name in oldest:
                account = self._account_of[name]
                firsts[account] = min(oldest[name], firsts.get(account, oldest[name]))
        yield _by(families.OLDEST, firsts)
        yield from self._attempts()
        left_out = len(names) if len(names) > self._config.metrics.most_channels else 0
        yield Samples(families.CHANNELS_LEFT_OUT, [((), left_out)])
        if left_out:
            return
        yield _by(families.CHANNEL_ACTIVE, {row["name"]: row["active"] for row in self._rows})
        each = ((families.CHANNEL_PENDING, pending), (families.CHANNEL_DOUBT, doubt), (families.CHANNEL_DEAD, dead))
        for family, numbers in each:
            yield _by(family, {name: numbers.get(name, 0) for name in names})
        yield _by(families.CHANNEL_OLDEST, {name: oldest[name] for name in names if name in oldest})
        posts = self._counted.attempts
        yield _by(families.CHANNEL_POSTS, {name: posts[name, "post", _SENT] for name in names})

    def _summed(self, family: Family, names: Sequence[str], numbers: Mapping[str, int]) -> Samples:
        """The numbers of channels, added up for each account."""
        sums: Counter[str] = Counter({self._account_of[name]: 0 for name in names})
        for name in names:
            sums[self._account_of[name]] += numbers.get(name, 0)
        return _by(family, sums)

    def _attempts(self) -> Iterator[Samples]:
        attempts: Counter[tuple[str, str, str]] = Counter()
        seconds: dict[tuple[str, str], float] = {}
        counts: Counter[tuple[str, str]] = Counter()
        for (name, operation, outcome), number in self._counted.attempts.items():
            account = self._account_of.get(name)
            if account is not None:
                attempts[account, operation, outcome] += number
                counts[account, operation] += number
        for (name, operation), length in self._counted.seconds.items():
            account = self._account_of.get(name)
            if account is not None:
                seconds[account, operation] = seconds.get((account, operation), 0.0) + length
        yield _by(families.ATTEMPTS, attempts)
        order = sorted(seconds)
        yield Samples(families.ATTEMPT_SECONDS, [(key, seconds[key]) for key in order], [counts[key] for key in order])


def _by(family: Family, values: Mapping[Any, float]) -> Samples:
    """Samples by their labels, in order; a single label may stand by itself."""
    pairs: Iterable[tuple[Any, float]] = sorted(values.items())
    return Samples(family, [(key if isinstance(key, tuple) else (key,), float(value)) for key, value in pairs])
