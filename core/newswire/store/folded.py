"""Folded deliveries: those of an article to which nothing has happened for long, all in one small row.

Folding loses nothing: a correction, a withdrawal or a hand that reaches for one of them unfolds them all, and they go
on as if they had never been away. So an old post can always be edited and deleted, and is never made a second time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from newswire.store.columns import Instant
from newswire.store.schema import delivery, folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

Row = dict[str, Any]
"""A delivery as its columns."""

_TIMES = frozenset(column.name for column in delivery.c if isinstance(column.type, Instant))


def fold(connection: Connection, article_id: str, rows: Sequence[Row]) -> None:
    """Puts an article's deliveries, all of them, into one row."""
    ids = [row["id"] for row in rows]
    packed = [{name: value for name, value in row.items() if value is not None} for row in rows]
    connection.execute(
        insert(folded).values(article_id=article_id, first_id=min(ids), last_id=max(ids), deliveries=packed)
    )
    connection.execute(delete(delivery).where(delivery.c.article_id == article_id))


def unfold(connection: Connection, article_id: str) -> None:
    """Gives an article's deliveries their own rows again, if they are folded; to be called before any is changed."""
    rows = of_article(connection, article_id)
    if rows and connection.execute(delete(folded).where(folded.c.article_id == article_id)).rowcount:
        connection.execute(insert(delivery), rows)


def of_article(connection: Connection, article_id: str) -> list[Row]:
    """The folded deliveries of an article."""
    packed = connection.scalar(select(folded.c.deliveries).where(folded.c.article_id == article_id))
    return [_row(values) for values in packed or ()]


def article_of(connection: Connection, delivery_id: int) -> str | None:
    """The article whose folded deliveries one of this id is among."""
    near = (folded.c.first_id <= delivery_id) & (folded.c.last_id >= delivery_id)
    for article_id, packed in connection.execute(select(folded.c.article_id, folded.c.deliveries).where(near)):
        if any(values["id"] == delivery_id for values in packed):
            return str(article_id)
    return None


def count(connection: Connection) -> int:
    """How many articles have their deliveries folded."""
    return connection.scalar(select(func.count()).select_from(folded)) or 0


def _row(values: Mapping[str, Any]) -> Row:
    row: Row = dict.fromkeys(column.name for column in delivery.c)
    for name, value in values.items():
        row[name] = datetime.fromisoformat(value) if name in _TIMES else value
    return row
