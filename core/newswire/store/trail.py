"""The trail of the room: what happened to articles, and every attempt to tell a channel of it, as it is committed.

Events commit in the order of their numbers (see `Engines.serialize_publishing`), so a cursor is enough for them.
Attempts do not: on PostgreSQL lanes write theirs side by side, and a number may be committed after a higher one was
seen. So the numbers that are missing below the highest one are remembered, and looked for until nobody is left who
could still commit them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select, text

from newswire.event import EventKind
from newswire.store import deliveries, masks
from newswire.store.schema import attempt, delivery, event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

PAGE = 1_000
"""How many rows one look takes."""
UNSEEN = 1_000
"""How far below the highest number an attempt may be that is still to be committed when the trail is taken up."""
GRACE = timedelta(seconds=60)
"""How long a missing number is looked for at least: longer than any transaction waits for a lock."""
_UNORDERED = timedelta(minutes=5)
"""How much later than a higher number's a lower number's attempt may have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event."""

    what: Literal["event"] = "event"
    seq: int
    at: datetime
    kind: EventKind
    article: str
    rev: int
    languages: tuple[str, ...]
    """The languages whose readers see a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """An attempt, or what a hand did to a delivery."""

    what: Literal["attempt"] = "attempt"
    id: int
    at: datetime
    """When it ended."""
    seconds: float
    """How long it took."""
    delivery: int
    channel: str | None
    """None where the delivery is not kept any more."""
    article: str | None
    operation: str
    rev: int
    outcome: str
    words: str | None


Line = EventLine | AttemptLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines somebody wants to see."""

    channel: str | None = None
    """Attempts on this channel, and no events."""
    article: str | None = None

    def takes(self, line: Line) -> bool:
        """Whether a line is one of them."""
        if self.article is not None and line.article != self.article:
            return False
        return self.channel is None or (isinstance(line, AttemptLine) and line.channel == self.channel)


@dataclass(frozen=True, slots=True)
class _Horizon:
    """Which transactions a look could see: all below `oldest` had ended, none from `next_one` on had begun."""

    oldest: int
    next_one: int


class Trail:
    """Follows what is committed: nothing is skipped, and nothing comes twice.

    Args:
        wanted: which lines are wanted.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._event = 0
        self._attempt = 0
        self._missing: dict[int, tuple[int, datetime]] = {}

    def take_up(
        self, connection: Connection, *, now: datetime, since: datetime | None = None, most: int | None = None
    ) -> list[Line]:
        """What is there already, in order; `follow` goes on after it.

        Args:
            connection: one consistent view.
            now: the time.
            since: nothing older than this; None: however old.
            most: at most so many lines, the last ones; None: all.
        """
        self._event = connection.scalar(select(func.max(event.c.seq))) or 0
        self._attempt = connection.scalar(select(func.max(attempt.c.id))) or 0
        near = select(attempt.c.id).where(attempt.c.id > self._attempt - UNSEEN)
        seen = set(connection.scalars(near))
        self._miss(set(range(max(self._attempt - UNSEEN, 0) + 1, self._attempt)) - seen, _horizon(connection), now)
        lines: list[Line] = []
        for source in (self._events_back(connection), self._attempts_back(connection)):
            lines += _last(source, since, most)
        lines.sort(key=_place)
        return lines if most is None else lines[len(lines) - min(most, len(lines)) :]

    def follow(self, connection: Connection, *, now: datetime) -> list[Line]:
        """What was committed since the last look, in order.

        Args:
            connection: one consistent view.
            now: the time.
        """
        horizon = _horizon(connection)
        found = [*self._new_events(connection), *self._new_attempts(connection, horizon, now)]
        return sorted((line for line in found if self._wanted.takes(line)), key=_place)

    def _new_events(self, connection: Connection) -> Iterator[Line]:
        rows = connection.execute(_EVENTS.where(event.c.seq > self._event).order_by(event.c.seq).limit(PAGE)).all()
        if rows:
            self._event = rows[-1].seq
            yield from _event_lines(connection, rows)

    def _new_attempts(self, connection: Connection, horizon: _Horizon, now: datetime) -> Iterator[Line]:
        if (connection.scalar(select(func.max(attempt.c.id))) or 0) < self._attempt:
            # All that was seen is pruned, and SQLite begins to count anew: whatever is there is new.
            self._attempt, self._missing = 0, {}
        # Two statements, for an engine that is asked for both at once may read the whole table.
        rows = connection.execute(_IN_ORDER.where(attempt.c.id > self._attempt).limit(PAGE)).all()
        late = [*self._missing]
        rows = [*(connection.execute(_IN_ORDER.where(attempt.c.id.in_(late))).all() if late else ()), *rows]
        highest = max((row.id for row in rows), default=self._attempt)
        seen = {row.id for row in rows}
        self._miss(set(range(self._attempt + 1, highest)) - seen, horizon, now)
        self._attempt = max(self._attempt, highest)
        self._missing = {
            number: (next_one, since)
            for number, (next_one, since) in self._missing.items()
            if number not in seen and (horizon.oldest < next_one or now - since < GRACE)
        }
        yield from _attempt_lines(connection, rows)

    def _miss(self, numbers: Iterable[int], horizon: _Horizon, now: datetime) -> None:
        for number in numbers:
            self._missing.setdefault(number, (horizon.next_one, now))

    def _events_back(self, connection: Connection) -> Iterator[Line]:
        """The events that are wanted, the newest first."""
        if self._wanted.channel is not None:
            return
        statement = _EVENTS.order_by(event.c.seq.desc()).limit(PAGE)
        if self._wanted.article is not None:
            statement = statement.where(event.c.article_id == self._wanted.article)
        before = self._event + 1
        while rows := connection.execute(statement.where(event.c.seq < before)).all():
            before = rows[-1].seq
            yield from _event_lines(connection, rows)

    def _attempts_back(self, connection: Connection) -> Iterator[Line]:
        """The attempts that are wanted, those with the highest numbers first."""
        statement = _ATTEMPTS.where(*self._conditions(connection)).order_by(attempt.c.id.desc()).limit(PAGE)
        before = self._attempt + 1
        while rows := connection.execute(statement.where(attempt.c.id < before)).all():
            before = rows[-1].id
            yield from _attempt_lines(connection, rows)

    def _conditions(self, connection: Connection) -> Iterator[ColumnElement[bool]]:
        if self._wanted.article is not None:
            of = deliveries.of_article(connection, self._wanted.article).values()
            chosen = [row.id for row in of if self._wanted.channel in {None, row.channel}]
            yield attempt.c.delivery_id.in_(chosen)
        elif self._wanted.channel is not None:
            yield delivery.c.channel == self._wanted.channel


_EVENTS = select(event.c.seq, event.c.at, event.c.kind, event.c.article_id, event.c.rev, event.c.languages)
_ATTEMPTS = select(
    attempt.c.id,
    attempt.c.delivery_id,
    attempt.c.started,
    attempt.c.ended,
    attempt.c.operation,
    attempt.c.rev,
    attempt.c.outcome,
    attempt.c.words,
    delivery.c.channel,
    delivery.c.article_id,
).select_from(attempt.outerjoin(delivery, delivery.c.id == attempt.c.delivery_id))

_IN_ORDER = _ATTEMPTS.order_by(attempt.c.id)


def _last(lines: Iterator[Line], since: datetime | None, most: int | None) -> list[Line]:
    """The last lines of those that come the newest first."""
    found: list[Line] = []
    for line in lines:
        if since is not None and line.at < since - _UNORDERED:
            break
        if since is None or line.at >= since:
            found.append(line)
        if most is not None and len(found) >= most:
            break
    return found


def _place(line: Line) -> tuple[datetime, bool, int]:
    return line.at, isinstance(line, AttemptLine), line.id if isinstance(line, AttemptLine) else line.seq


def _event_lines(connection: Connection, rows: Iterable[Any]) -> Iterator[Line]:
    known = masks.masks(connection)
    for seq, at, kind, article_id, rev, languages in rows:
        told = masks.tags(languages, known)
        yield EventLine(seq=seq, at=at, kind=EventKind(kind), article=article_id, rev=rev, languages=told)


def _attempt_lines(connection: Connection, rows: Iterable[Any]) -> Iterator[Line]:
    by_id = lru_cache(maxsize=None)(partial(deliveries.by_id, connection))
    for row in rows:
        channel, article_id = row.channel, row.article_id
        if channel is None and (folded := by_id(row.delivery_id)) is not None:
            channel, article_id = folded.channel, folded.article_id
        yield AttemptLine(
            id=row.id,
            at=row.ended,
            seconds=(row.ended - row.started).total_seconds(),
            delivery=row.delivery_id,
            channel=channel,
            article=article_id,
            operation=row.operation,
            rev=row.rev,
            outcome=row.outcome,
            words=row.words,
        )


def _horizon(connection: Connection) -> _Horizon:
    """What this view can see. SQLite has one writer, whose numbers commit in order."""
    if connection.dialect.name != "postgresql":
        return _Horizon(0, 0)
    # https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
    parts = "pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text"
    oldest, next_one = connection.execute(text(f"SELECT {parts}")).one()  # nothing is filled in
    return _Horizon(int(oldest), int(next_one))
