"""What came in last, and by which intake: read off the event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from newswire.store.schema import article, edition, event

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came in."""

    seq: int
    """The event's number."""
    at: datetime
    intakes: frozenset[str]
    """Who brought it: the article's intake, and those whose editions of it changed by it."""


def after(connection: Connection, seq: int, *, limit: int) -> list[Arrival]:
    """What came in after an event, in order."""
    return _read(connection, _events().where(event.c.seq > seq).order_by(event.c.seq).limit(limit))


def before(connection: Connection, seq: int | None, *, limit: int) -> list[Arrival]:
    """What came in before an event (None: last of all), the newest first."""
    statement = _events() if seq is None else _events().where(event.c.seq < seq)
    return _read(connection, statement.order_by(event.c.seq.desc()).limit(limit))


def _events() -> Select[Any]:
    joined = event.join(article, article.c.id == event.c.article_id)
    return select(event.c.seq, event.c.at, event.c.article_id, article.c.intake).select_from(joined)


def _read(connection: Connection, statement: Select[Any]) -> list[Arrival]:
    rows = connection.execute(statement).all()
    parts = select(edition.c.article_id, edition.c.intake, edition.c.changed)
    parts = parts.where(edition.c.article_id.in_({row.article_id for row in rows}))
    changed: dict[str, list[tuple[str, datetime]]] = {}
    for key, intake, at in connection.execute(parts):
        changed.setdefault(key, []).append((intake, at))
    return [
        Arrival(
            row.seq,
            row.at,
            frozenset({row.intake, *(intake for intake, at in changed.get(row.article_id, ()) if at == row.at)}),
        )
        for row in rows
    ]
