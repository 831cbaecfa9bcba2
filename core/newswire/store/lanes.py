"""Lanes: the right to send for an account, and the step that sends by it.

One step is one commit: it renews the lane's lease, writes the results of the last attempts and the intents of the
next. So every attempt is preceded by a durable intent, and only one worker sends for an account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, exists, func, insert, literal_column, or_, select, update

from newswire.delivery import Change, Delivery, State
from newswire.store import deliveries
from newswire.store.schema import article, attempt, channel, delivery, lane

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection


# Literals, not parameters: a partial index serves a query only if its condition can be read from the text.
_PENDING = literal_column("'pending'", Text)
_SENDING = literal_column("'sending'", Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An attempt that has ended."""

    delivery: Delivery
    epoch: int
    operation: str
    rev: int
    started: datetime
    ended: datetime
    outcome: str
    words: str | None
    change: Change


@dataclass(frozen=True, slots=True)
class Intent:
    """A delivery that is announced to be sent."""

    delivery: Delivery
    withdrawn: bool
    address: dict[str, str | int] | None
    """Where the channel's destination has moved, if it has."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step found."""

    epoch: int
    intents: Sequence[Intent]
    next_due: datetime | None
    """When the lane has something to do next, if nothing new comes."""


Orphaned = Callable[[Delivery, bool], Change]
"""Decides on an attempt of a former owner, by the delivery and whether its article is withdrawn."""


def step(
    connection: Connection,
    name: str,
    owner: str,
    finished: Sequence[Finished],
    *,
    now: datetime,
    ttl: timedelta,
    room: int,
    orphaned: Orphaned,
) -> Step | None:
    """Takes or keeps the lane, writes results, announces the next attempts.

    Args:
        connection: a writing transaction.
        name: the lane.
        owner: who takes it.
        finished: attempts that have ended since the last step.
        now: the time.
        ttl: how long the lane is taken for.
        room: how many attempts may be announced.
        orphaned: decides on attempts of a former owner, by delivery and whether the article is withdrawn.

    Returns:
        None when the lane is somebody else's.
    """
    record(connection, finished, now=now)
    taken = _take(connection, name, owner, now=now, until=now + ttl)
    if taken is None:
        return None
    epoch, paused_until = taken
    _adopt_orphans(connection, name, epoch, now=now, orphaned=orphaned)
    if paused_until is not None and paused_until > now:
        return Step(epoch, (), paused_until)
    intents = _announce(connection, name, epoch, now=now, room=room) if room > 0 else ()
    return Step(epoch, intents, _next_due(connection, name, now))


def release(connection: Connection, name: str, owner: str) -> None:
    """Gives a lane back at once."""
    connection.execute(update(lane).where(lane.c.name == name, lane.c.owner == owner).values(owner=None, until=None))


def record(connection: Connection, finished: Sequence[Finished], *, now: datetime) -> None:
    """Writes results. A row that is in other hands by now is left to them, unless they only wonder about it."""
    for item in finished:
        columns = _stored(item.change.columns)
        mine = connection.execute(
            update(delivery)
            .where(
                delivery.c.id == item.delivery.id,
                delivery.c.epoch == item.epoch,
                delivery.c.state.in_([State.SENDING.value, State.DOUBT.value]),
            )
            .values(**columns, changed=now)
        ).rowcount
        if mine:
            _reopen(connection, item, now)
        if item.change.channel:
            _change_channel(connection, item)
        if item.change.lane:
            name = select(channel.c.lane).where(channel.c.name == item.delivery.channel).scalar_subquery()
            connection.execute(update(lane).where(lane.c.name == name).values(**item.change.lane))
    if finished:
        connection.execute(insert(attempt), [_attempt_row(item) for item in finished])


def _stored(columns: dict[str, Any]) -> dict[str, Any]:
    values = dict(columns)
    values["state"] = State(values["state"]).value
    if "receipt" in values:
        values["receipt"] = deliveries.receipt_document(values["receipt"])
    return values


def _reopen(connection: Connection, item: Finished, now: datetime) -> None:
    # The article moved on while this was being sent: what was wanted then is not what is wanted now.
    connection.execute(
        update(delivery)
        .where(
            delivery.c.id == item.delivery.id,
            delivery.c.want > item.rev,
            delivery.c.state.in_([State.DONE.value, State.DEAD.value, State.SUPPRESSED.value]),
        )
        .values(state=State.PENDING.value, due=now)
    )


def _change_channel(connection: Connection, item: Finished) -> None:
    connection.execute(update(channel).where(channel.c.name == item.delivery.channel).values(**item.change.channel))


def _attempt_row(item: Finished) -> dict[str, Any]:
    return {
        "delivery_id": item.delivery.id,
        "rev": item.rev,
        "operation": item.operation,
        "started": item.started,
        "ended": item.ended,
        "outcome": item.outcome,
        "words": item.words,
    }


def _take(
    connection: Connection, name: str, owner: str, *, now: datetime, until: datetime
) -> tuple[int, datetime | None] | None:
    row = connection.execute(
        select(lane.c.owner, lane.c.epoch, lane.c.until, lane.c.paused_until)
        .where(lane.c.name == name)
        .with_for_update()
    ).one_or_none()
    if row is None or (row.owner not in {None, owner} and row.until is not None and row.until >= now):
        return None
    kept = row.owner == owner and row.until is not None and row.until >= now
    epoch = row.epoch if kept else row.epoch + 1
    connection.execute(update(lane).where(lane.c.name == name).values(owner=owner, epoch=epoch, until=until))
    return epoch, row.paused_until


def _adopt_orphans(connection: Connection, name: str, epoch: int, *, now: datetime, orphaned: Orphaned) -> None:
    columns = [delivery.c[field] for field in Delivery.__dataclass_fields__]
    rows = connection.execute(
        select(*columns, delivery.c.epoch, article.c.withdrawn)
        .join(channel, channel.c.name == delivery.c.channel)
        .join(article, article.c.id == delivery.c.article_id)
        .where(channel.c.lane == name, delivery.c.state == _SENDING, delivery.c.epoch < epoch)
    ).mappings()
    for row in rows.all():
        found = deliveries.from_row(row)
        change = orphaned(found, bool(row["withdrawn"]))
        connection.execute(
            update(delivery).where(delivery.c.id == found.id).values(**_stored(change.columns), changed=now)
        )


def _announce(connection: Connection, name: str, epoch: int, *, now: datetime, room: int) -> list[Intent]:
    inner = delivery.alias("inner_delivery")
    busy = delivery.alias("busy_delivery")
    head = (
        select(inner.c.id)
        .where(inner.c.channel == channel.c.name, inner.c.state == _PENDING)
        .order_by(inner.c.id)
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    columns = [delivery.c[field] for field in Delivery.__dataclass_fields__]
    rows = connection.execute(
        select(*columns, article.c.withdrawn, channel.c.address)
        .select_from(channel)
        .join(delivery, delivery.c.id == head)
        .join(article, article.c.id == delivery.c.article_id)
        .where(
            channel.c.lane == name,
            channel.c.active != 0,
            or_(channel.c.paused_until.is_(None), channel.c.paused_until <= now),
            delivery.c.due <= now,
            ~exists().where(and_(busy.c.channel == channel.c.name, busy.c.state == _SENDING)).correlate(channel),
        )
        .order_by(delivery.c.due, delivery.c.id)
        .limit(room)
    ).mappings()
    found = [(deliveries.from_row(row), bool(row["withdrawn"]), row["address"]) for row in rows.all()]
    if found:
        connection.execute(
            update(delivery)
            .where(delivery.c.id.in_([item.id for item, _, _ in found]))
            .values(state="sending", epoch=epoch, attempt=delivery.c.attempt + 1, started=now, changed=now)
        )
    return [Intent(_begun(item, now), withdrawn, address) for item, withdrawn, address in found]


def _begun(item: Delivery, now: datetime) -> Delivery:
    values = {name: getattr(item, name) for name in Delivery.__dataclass_fields__}
    return Delivery(**{**values, "state": State.SENDING, "attempt": item.attempt + 1, "started": now})


def _next_due(connection: Connection, name: str, now: datetime) -> datetime | None:
    """When a head of the lane is due, counting the pauses of channels; heads that are due now are not waited for."""
    inner = delivery.alias("inner_delivery")
    head_due = (
        select(inner.c.due)
        .where(inner.c.channel == channel.c.name, inner.c.state == _PENDING)
        .order_by(inner.c.id)
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(head_due, channel.c.paused_until).where(channel.c.lane == name, channel.c.active != 0)
    )
    times = [max(due, paused or due) for due, paused in rows if due is not None]
    return min((time for time in times if time > now), default=None)


def due_by(connection: Connection, name: str, until: datetime) -> bool:
    """Whether a lane has, or will have by a time, something to do, whoever holds it."""
    active = and_(channel.c.lane == name, channel.c.active != 0)
    waiting = (
        select(delivery.c.id)
        .join(channel, channel.c.name == delivery.c.channel)
        .join(lane, lane.c.name == channel.c.lane)
        .where(
            active,
            or_(lane.c.paused_until.is_(None), lane.c.paused_until <= until),
            or_(channel.c.paused_until.is_(None), channel.c.paused_until <= until),
            or_(delivery.c.state == _SENDING, and_(delivery.c.state == _PENDING, delivery.c.due <= until)),
        )
    )
    return bool(connection.scalar(select(waiting.exists())))


def backlog(connection: Connection) -> int:
    """How many deliveries are pending or being sent, over all lanes."""
    waiting = delivery.c.state.in_([State.PENDING.value, State.SENDING.value])
    return connection.scalar(select(func.count()).select_from(delivery).where(waiting)) or 0


def pause(connection: Connection, name: str, *, until: datetime, note: str) -> None:
    """Lets a lane rest."""
    connection.execute(update(lane).where(lane.c.name == name).values(paused_until=until, note=note))
