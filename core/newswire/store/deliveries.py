"""Delivery rows: wanting, listing and counting them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, insert, literal, select, update

from newswire.delivery import Delivery, State
from newswire.post import Receipt
from newswire.store.columns import Instant
from newswire.store.schema import attempt, delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection, RowMapping

_COLUMNS = [delivery.c[name] for name in Delivery.__dataclass_fields__]
_BUSY = delivery.c.state.in_([State.SENDING.value, State.DOUBT.value])


def _receipt_of(document: Mapping[str, Any] | None) -> Receipt | None:
    return Receipt(**{**document, "at": datetime.fromisoformat(document["at"])}) if document else None


def receipt_document(receipt: Receipt | None) -> dict[str, Any] | None:
    """A receipt as it is kept."""
    return asdict(receipt) if receipt else None


def from_row(row: RowMapping) -> Delivery:
    """A delivery from its columns."""
    values = {name: row[name] for name in Delivery.__dataclass_fields__}
    values |= {
        "state": State(values["state"]),
        "forced": bool(values["forced"]),
        "receipt": _receipt_of(values["receipt"]),
    }
    return Delivery(**values)


def of_article(connection: Connection, article_id: str) -> dict[str, Delivery]:
    """The deliveries of an article, by channel."""
    rows = connection.execute(select(*_COLUMNS).where(delivery.c.article_id == article_id)).mappings()
    return {row["channel"]: from_row(row) for row in rows}


def add(
    connection: Connection,
    article_id: str,
    rev: int,
    wanted: Sequence[tuple[str, str | None]],
    *,
    now: datetime,
) -> None:
    """Adds rows for channels that have none.

    Args:
        connection: a writing transaction.
        article_id: the article.
        rev: its revision.
        wanted: channels, each with None, or with the reason why it is not news to it.
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
            "changed": now,
        }
        for channel, reason in wanted
    ]
    if rows:
        connection.execute(insert(delivery), rows)


def force(connection: Connection, article_id: str, rev: int, channel: str, *, now: datetime) -> None:
    """Lets a channel want an article, whatever its age, unless it has it or had it."""
    row = of_article(connection, article_id).get(channel)
    if row is None:
        add(connection, article_id, rev, [(channel, None)], now=now)
        row = of_article(connection, article_id)[channel]
    if row.state in {State.PENDING, State.SUPPRESSED} and row.receipt is None:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == row.id)
            .values(forced=1, state=State.PENDING.value, want=rev, due=now, since=now, reason=None, changed=now)
        )


def raise_wanted(connection: Connection, article_id: str, channels: Iterable[str], rev: int, *, now: datetime) -> None:
    """Lets channels want a newer revision.

    A row that is being sent, or in doubt, keeps its state: an edit during a send must not start a second send.
    """
    connection.execute(
        update(delivery)
        .where(delivery.c.article_id == article_id, delivery.c.channel.in_(list(channels)), delivery.c.want < rev)
        .values(
            want=rev,
            attempt=case((_BUSY, delivery.c.attempt), else_=0),
            since=now,
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


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Per channel the number of deliveries in each state."""
    result: dict[str, dict[str, int]] = {}
    statement = select(delivery.c.channel, delivery.c.state, func.count()).group_by(
        delivery.c.channel, delivery.c.state
    )
    for channel, state, number in connection.execute(statement):
        result.setdefault(channel, {})[state] = number
    return result


def listing(
    connection: Connection,
    *,
    channel: str | None = None,
    article_id: str | None = None,
    states: Sequence[State] = (),
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries, the newest first."""
    where: list[ColumnElement[bool]] = []
    if channel is not None:
        where.append(delivery.c.channel == channel)
    if article_id is not None:
        where.append(delivery.c.article_id == article_id)
    if states:
        where.append(delivery.c.state.in_([state.value for state in states]))
    statement = select(*_COLUMNS).where(and_(True, *where)).order_by(delivery.c.id.desc()).limit(limit)
    return [from_row(row) for row in connection.execute(statement).mappings()]


def attempts(connection: Connection, delivery_id: int) -> list[dict[str, Any]]:
    """Every attempt of a delivery, in order: when, what, and the platform's words."""
    statement = select(attempt).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def edits(connection: Connection) -> dict[str, int]:
    """Per channel how many edits its followers saw."""
    seen = (attempt.c.operation == "edit") & (attempt.c.outcome == "sent") & attempt.c.words.is_(None)
    statement = select(delivery.c.channel, func.count()).join(attempt, attempt.c.delivery_id == delivery.c.id)
    return dict(connection.execute(statement.where(seen).group_by(delivery.c.channel)).all())
