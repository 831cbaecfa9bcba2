"""Delivery rows: wanting, listing and counting them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, literal_column, select, text, true, type_coerce, update

from newswire.delivery import Delivery, State, Urgency
from newswire.post import Receipt
from newswire.store import folded
from newswire.store.columns import Big, Instant
from newswire.store.many import add_many
from newswire.store.schema import attempt, delivery
from newswire.store.schema import channel as place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection

COLUMNS = [delivery.c[name] for name in Delivery.__dataclass_fields__]
"""What a delivery is read from, in the order of its fields."""
DISCARDED = "discarded by hand"
"""The reason of a delivery that somebody does not want; while nothing of it is out, nothing but a hand revives it."""
_BEGUN = func.coalesce(delivery.c.uncertain_since, delivery.c.started)
_AFTER_THAT = type_coerce(type_coerce(_BEGUN, Big) + 1, Instant)
_ADD = add_many(
    delivery,
    *("channel", "article_id", "want", "state", "reason", "due", "since"),
    *("attempt", "generation", "forced", "deleting", "urgency", "changed"),
)
# In the words of the partial indexes, for an engine serves a query by what it can read in it.
_IN_STATE = {
    state: text(f"state = '{state}'" + (" AND state IN ('doubt', 'dead')" if state in {"doubt", "dead"} else ""))
    for state in State
}
_BUSY = delivery.c.state.in_([State.SENDING.value, State.DOUBT.value])


def _receipt_of(document: Mapping[str, Any] | None) -> Receipt | None:
    return Receipt(**{**document, "at": datetime.fromisoformat(document["at"])}) if document else None


def receipt_document(receipt: Receipt | None) -> dict[str, Any] | None:
    """A receipt as it is kept."""
    if receipt is None:
        return None
    return {
        "remote_id": receipt.remote_id,
        "at": receipt.at.isoformat(),
        "url": receipt.url,
        "details": receipt.details,
    }


def from_values(values: Sequence[Any]) -> Delivery:
    """A delivery from the values of `COLUMNS`."""
    fields = dict(zip(Delivery.__dataclass_fields__, values, strict=True))
    fields["state"] = State(fields["state"])
    fields["forced"] = bool(fields["forced"])
    fields["urgency"] = Urgency(fields["urgency"])
    fields["receipt"] = _receipt_of(fields["receipt"])
    return Delivery(**fields)


def of_article(connection: Connection, article_id: str) -> dict[str, Delivery]:
    """The deliveries of an article, by channel; folded ones, too."""
    found = _unfolded(connection, article_id) or _folded(connection, article_id)
    return {item.channel: item for item in found}


def posts_beside(connection: Connection, of: Delivery, lane: str) -> frozenset[str]:
    """The ids of the posts of an article in the other channels of a lane."""
    rows = connection.execute(
        select(delivery.c.receipt)
        .join(place, place.c.name == delivery.c.channel)
        .where(
            delivery.c.article_id == of.article_id,
            delivery.c.id != of.id,
            place.c.lane == lane,
            delivery.c.receipt.is_not(None),
        )
    )
    return frozenset(str(receipt["remote_id"]) for receipt in rows.scalars() if receipt)


def to_change(connection: Connection, article_id: str) -> dict[str, Delivery]:
    """The deliveries of an article, by channel, none of them folded any more. Needs a writing transaction.

    They stay as they are until its end: else a lane's step could announce one between reading it and changing it.
    """
    folded.unfold(connection, article_id)
    own = select(*COLUMNS).where(delivery.c.article_id == article_id)
    rows = connection.execute(own.order_by(delivery.c.id).with_for_update()).all()
    return {item.channel: item for item in map(from_values, rows)}


def _unfolded(connection: Connection, article_id: str) -> list[Delivery]:
    rows = connection.execute(select(*COLUMNS).where(delivery.c.article_id == article_id)).all()
    return [from_values(row) for row in rows]


def _folded(connection: Connection, article_id: str) -> list[Delivery]:
    rows = folded.of_article(connection, article_id)
    return [from_values([row[column.name] for column in COLUMNS]) for row in rows]


def add(
    connection: Connection,
    article_id: str,
    rev: int,
    wanted: Sequence[tuple[str, str | None]],
    *,
    urgency: Urgency = Urgency.ORDINARY,
    now: datetime,
) -> None:
    """Adds rows for channels that have none.

    Args:
        connection: a writing transaction.
        article_id: the article.
        rev: its revision.
        wanted: channels, each with None, or with the reason why it is not news to it.
        urgency: whether posts of it wait where a channel shapes what goes out.
        now: the time.
    """
    rows = [
        {
            "channel": channel,
            "article_id": article_id,
            "want": rev,
            "state": (State.SUPPRESSED if reason else State.PENDING).value,
            "reason": reason,
            "due": now,
            "since": now,
            "attempt": 0,
            "generation": 0,
            "forced": 0,
            "deleting": 0,
            "urgency": urgency.value,
            "changed": now,
        }
        for channel, reason in wanted
    ]
    if rows:
        _ADD.make(connection, rows)


def force(connection: Connection, article_id: str, rev: int, channel: str, *, now: datetime) -> None:
    """Lets a channel want an article, whatever its age, unless it has it or had it."""
    row = to_change(connection, article_id).get(channel)
    if row is None:
        add(connection, article_id, rev, [(channel, None)], now=now)
        row = of_article(connection, article_id)[channel]
    if row.state in {State.PENDING, State.SUPPRESSED} and row.receipt is None and row.reason != DISCARDED:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == row.id)
            .values(forced=1, state=State.PENDING.value, want=rev, due=now, since=now, reason=None, changed=now)
        )


def raise_wanted(
    connection: Connection,
    article_id: str,
    channels: Iterable[str],
    rev: int,
    *,
    urgency: Urgency = Urgency.ORDINARY,
    now: datetime,
) -> None:
    """Lets channels want a newer revision.

    A row that is being sent, or in doubt, keeps its state: an edit during a send must not start a second send. What it
    wants now arose after that send began, whatever the clock says: by this a hand that resolves a doubt knows that the
    article has changed.
    """
    discarded = and_(
        delivery.c.state == State.SUPPRESSED.value,
        func.coalesce(delivery.c.reason, "") == DISCARDED,
        delivery.c.receipt.is_(None),
    )
    connection.execute(
        update(delivery)
        .where(delivery.c.article_id == article_id, delivery.c.channel.in_(list(channels)), delivery.c.want < rev)
        .where(~discarded)
        .values(
            want=rev,
            urgency=urgency.value,
            attempt=case((_BUSY, delivery.c.attempt), else_=0),
            since=case((literal(now, Instant) <= _BEGUN, _AFTER_THAT), else_=literal(now, Instant)),
            due=case((_BUSY, delivery.c.due), else_=literal(now, Instant)),
            state=case((_BUSY, delivery.c.state), else_=State.PENDING.value),
            reason=case((_BUSY, delivery.c.reason), else_=None),
            changed=now,
        )
    )


def suppress(connection: Connection, article_id: str, channels: Iterable[str], reason: str, *, now: datetime) -> None:
    """Takes back what is not out yet and not on its way."""
    connection.execute(
        update(delivery)
        .where(
            delivery.c.article_id == article_id,
            delivery.c.channel.in_(list(channels)),
            delivery.c.receipt.is_(None),
            delivery.c.state.in_([State.PENDING.value, State.DEAD.value]),
            delivery.c.uncertain_since.is_(None),
        )
        .values(state=State.SUPPRESSED.value, reason=reason, changed=now)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all deliveries of a channel, but for those that are folded."""

    states: Mapping[str, int]
    """How many are in each state."""
    last_post: datetime | None
    """When the channel last showed something new."""


def tally(connection: Connection, names: Sequence[str] | None = None) -> dict[str, Tally]:
    """Counts the deliveries of channels, by name; None: of all channels. It reads every one of them."""
    shown = func.max(case((delivery.c.have.is_not(None), delivery.c.changed)))
    statement = (
        select(delivery.c.channel, delivery.c.state, func.count(), shown)
        .where(true() if names is None else delivery.c.channel.in_(list(names)))
        .group_by(delivery.c.channel, delivery.c.state)
        .order_by(delivery.c.channel, delivery.c.state)
    )
    result: dict[str, Tally] = {}
    for name, some in groupby(connection.execute(statement), key=lambda row: row[0]):
        rows = [(state, number, at) for _, state, number, at in some]
        last = max((at for _, _, at in rows if at is not None), default=None)
        result[name] = Tally({state: number for state, number, _ in rows}, last)
    return result


def lately(connection: Connection, among: int = 20_000) -> dict[str, datetime]:
    """By channel when it last showed something new, as far as the newest deliveries tell.

    Args:
        connection: to read with.
        among: how many of the newest are looked at; a channel that has nothing among them is left out.
    """
    newest = select(delivery.c.channel, delivery.c.changed, delivery.c.have).order_by(delivery.c.id.desc()).limit(among)
    some = newest.subquery()
    last = select(some.c.channel, func.max(some.c.changed)).where(some.c.have.is_not(None)).group_by(some.c.channel)
    return dict(connection.execute(last).all())


def listing(
    connection: Connection,
    *,
    channel: str | None = None,
    article_id: str | None = None,
    states: Sequence[State] = (),
    before: int | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries, the newest first; those of one article even if they are folded.

    Args:
        connection: to read with.
        channel: only of this channel.
        article_id: only of this article.
        states: only in these states; none: in any.
        before: only those with a lower id.
        limit: how many at most.
    """
    where: list[ColumnElement[bool]] = []
    if channel is not None:
        where.append(delivery.c.channel == channel)
    if article_id is not None:
        where.append(delivery.c.article_id == article_id)
    if before is not None:
        where.append(delivery.c.id < before)
    if states:
        # A look for each state: what is open is rare, and has indexes of its own, which serve one state at a time.
        looks = [newest(state, where, limit) for state in states]
        where = [delivery.c.id.in_([key for look in looks for key in connection.scalars(look)])]
    statement = select(*COLUMNS).where(and_(True, *where)).order_by(delivery.c.id.desc()).limit(limit)
    found = [from_values(row) for row in connection.execute(statement).all()]
    if article_id is not None and not found:
        found = [
            item
            for item in sorted(_folded(connection, article_id), key=lambda item: item.id, reverse=True)
            if channel in {None, item.channel}
            and (not states or item.state in states)
            and (before is None or item.id < before)
        ][:limit]
    return found


def newest(state: State, where: Sequence[ColumnElement[bool]], limit: int) -> Select[int]:
    """The ids of the newest deliveries of a state."""
    # The sum keeps an engine from looking at every delivery from the newest on for one of the few that are open.
    order = delivery.c.id if state in {State.DONE, State.SUPPRESSED} else delivery.c.id + literal_column("0", Big)
    return select(delivery.c.id).where(_IN_STATE[state], *where).order_by(order.desc()).limit(limit)


def by_id(connection: Connection, delivery_id: int) -> Delivery | None:
    """A delivery by its id, folded or not."""
    row = connection.execute(select(*COLUMNS).where(delivery.c.id == delivery_id)).one_or_none()
    if row is not None:
        return from_values(row)
    article_id = folded.article_of(connection, delivery_id)
    among = _folded(connection, article_id) if article_id is not None else []
    return next((item for item in among if item.id == delivery_id), None)


def attempts(connection: Connection, *delivery_ids: int) -> list[dict[str, Any]]:
    """Every attempt of deliveries, in order: when, what, and the platform's words."""
    statement = select(attempt).where(attempt.c.delivery_id.in_(delivery_ids)).order_by(attempt.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def edits(connection: Connection) -> dict[str, int]:
    """Per channel how many edits its followers saw."""
    seen = (attempt.c.operation == "edit") & (attempt.c.outcome == "sent") & attempt.c.words.is_(None)
    statement = select(delivery.c.channel, func.count()).join(attempt, attempt.c.delivery_id == delivery.c.id)
    return dict(connection.execute(statement.where(seen).group_by(delivery.c.channel)).all())
