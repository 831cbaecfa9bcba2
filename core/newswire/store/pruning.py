"""What may be pruned, and pruning it: one small step, one transaction."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, select

from newswire.delivery import State
from newswire.store import folded, masks
from newswire.store.schema import article, attempt, delivery, event, follower

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.engine import Connection, RowMapping

    from newswire.store.archive import Archive
    from newswire.store.folded import Row

OPEN = (State.PENDING.value, State.SENDING.value, State.DOUBT.value)
"""States of deliveries that are never folded, however old: something is to be done about them."""


def resting(connection: Connection, before: datetime, *, after: str, limit: int) -> list[str]:
    """Articles whose deliveries have all been at rest since before a time, in the order of their ids."""
    return list(connection.scalars(resting_statement(before, after=after, limit=limit)))


def resting_statement(before: datetime, *, after: str, limit: int) -> Select[tuple[str]]:
    """The statement for `resting`.

    It asks the articles, not the deliveries: there are far fewer of them, and each costs one look at an index.
    """
    return (
        select(article.c.id)
        .where(article.c.id > after, article.c.seen < before, _has_deliveries(), ~_is_busy(before))
        .order_by(article.c.id)
        .limit(limit)
    )


def _has_deliveries() -> ColumnElement[bool]:
    return exists().where(delivery.c.article_id == article.c.id)


def _is_busy(before: datetime) -> ColumnElement[bool]:
    return exists().where(
        delivery.c.article_id == article.c.id, (delivery.c.changed >= before) | delivery.c.state.in_(OPEN)
    )


def fold_deliveries(
    connection: Connection, archive: Archive, before: datetime, article_ids: Sequence[str], *, room: int
) -> tuple[int, int]:
    """Archives and folds the deliveries of articles, until there are `room` of them.

    Args:
        connection: a writing transaction in which nobody else publishes.
        archive: where they are kept.
        before: they must have been at rest since then.
        article_ids: articles to look at, in order.
        room: how many deliveries one step takes; those of one article stay together.

    Returns:
        How many articles were looked at, and how many deliveries were folded.
    """
    done: dict[str, list[Row]] = {}
    seen = 0
    for article_id in article_ids:
        mine = select(delivery).where(delivery.c.article_id == article_id).order_by(delivery.c.id).with_for_update()
        rows = [_plain(row) for row in connection.execute(mine).mappings()]
        seen += 1
        if rows and all(row["changed"] < before and row["state"] not in OPEN for row in rows):
            done[article_id] = rows
        if sum(map(len, done.values())) >= room:
            break
    found = [row for rows in done.values() for row in rows]
    _keep(archive, "deliveries", found, "changed")
    for article_id, rows in done.items():
        folded.fold(connection, article_id, rows)
    return seen, len(found)


def prune_attempts(connection: Connection, archive: Archive, before: datetime, *, room: int) -> int:
    """Archives and deletes the oldest attempts; their numbers rise with time, so no index is needed to find them."""
    oldest = connection.execute(select(attempt).order_by(attempt.c.id).limit(room)).mappings().all()
    found = [_plain(row) for row in takewhile(lambda row: row["ended"] < before, oldest)]
    _keep(archive, "attempts", found, "ended")
    _delete_up_to(connection, attempt, attempt.c.id, found, "id")
    return len(found)


def prune_events(connection: Connection, archive: Archive, before: datetime, *, room: int) -> int:
    """Archives and deletes the oldest events that every follower has read; the newest event always stays."""
    limit = event_limit(connection)
    rows = (
        connection.execute(select(event).where(event.c.seq <= limit).order_by(event.c.seq).limit(room)).mappings().all()
    )
    known = masks.masks(connection)
    found = [_plain(row) for row in takewhile(lambda row: row["at"] < before, rows)]
    told = [row | {"languages": masks.tags(row["languages"], known)} for row in found]
    _keep(archive, "events", told, "at")
    _delete_up_to(connection, event, event.c.seq, found, "seq")
    return len(found)


def event_limit(connection: Connection) -> int:
    """The number up to which events may go: not the newest, and none that a follower has still to read."""
    newest = connection.scalar(select(func.max(event.c.seq))) or 0
    slowest = connection.scalar(select(func.min(follower.c.cursor)))
    return min(newest - 1, slowest) if slowest is not None else newest - 1


def followers_behind(connection: Connection, before: datetime) -> list[tuple[str, int]]:
    """The followers that have not read all events from before a time, and how far each has read."""
    newest_old = select(func.max(event.c.seq)).where(event.c.at < before).scalar_subquery()
    statement = select(follower.c.name, follower.c.cursor).where(follower.c.cursor < newest_old)
    return [(name, cursor) for name, cursor in connection.execute(statement.order_by(follower.c.name))]


def forget_follower(connection: Connection, name: str) -> bool:
    """Forgets how far a follower has read, so that it holds no events any more; whether it was known."""
    return bool(connection.execute(delete(follower).where(follower.c.name == name)).rowcount)


def count(connection: Connection, before: datetime) -> dict[str, int]:
    """How much could be pruned now, of each kind."""
    among = select(article.c.id).where(article.c.seen < before, ~_is_busy(before))
    limit = event_limit(connection)
    return {
        "deliveries": _number(connection, select(func.count(delivery.c.id)).where(delivery.c.article_id.in_(among))),
        "attempts": _number(connection, select(func.count(attempt.c.id)).where(attempt.c.ended < before)),
        "events": _number(connection, select(func.count(event.c.seq)).where(event.c.at < before, event.c.seq <= limit)),
    }


def _plain(row: RowMapping) -> Row:
    return {str(name): value for name, value in row.items()}  # the names of columns are more than strings


def _number(connection: Connection, statement: Select[Any]) -> int:
    return connection.scalar(statement) or 0


def _keep(archive: Archive, kind: str, rows: Iterable[Row], time: str) -> None:
    by_month = sorted(rows, key=lambda row: row[time])
    for month, some in groupby(by_month, key=lambda row: f"{row[time]:%Y-%m}"):
        archive.append(kind, month, list(some))


def _delete_up_to(connection: Connection, table: Table, key: Any, found: Sequence[Row], name: str) -> None:
    if found:
        connection.execute(delete(table).where(key <= found[-1][name]))
