"""The event log and the cursors of those who follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from newswire.event import Event, EventKind
from newswire.store import masks, wakeups
from newswire.store.schema import event, follower

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


def append(
    connection: Connection, *, article_id: str, rev: int, kind: EventKind, languages_mask: int, at: datetime
) -> int:
    """Writes an event, which wakes those who wait for one, and returns its number."""
    row = insert(event).values(article_id=article_id, rev=rev, kind=kind.value, languages=languages_mask, at=at)
    wakeups.announce(connection)
    return int(connection.execute(row.returning(event.c.seq)).scalar_one())


def latest(connection: Connection) -> int:
    """The number of the newest event, 0 before the first."""
    return connection.scalar(select(func.max(event.c.seq))) or 0


def after(connection: Connection, seq: int, *, limit: int) -> list[Event]:
    """The events that follow a number, in order."""
    known = masks.masks(connection)
    columns = (event.c.seq, event.c.article_id, event.c.rev, event.c.kind, event.c.languages, event.c.at)
    rows = connection.execute(select(*columns).where(event.c.seq > seq).order_by(event.c.seq).limit(limit))
    return [
        Event(number, article_id, rev, EventKind(kind), masks.tags(mask, known), at)
        for number, article_id, rev, kind, mask, at in rows
    ]


def cursor(connection: Connection, name: str) -> int:
    """How far a follower has read; a new one starts at the beginning."""
    found = connection.scalar(select(follower.c.cursor).where(follower.c.name == name))
    if found is None:
        connection.execute(insert(follower).values(name=name, cursor=0))
        return 0
    return int(found)


def cursors(connection: Connection) -> dict[str, tuple[int, str | None]]:
    """How far each follower has read, and what hinders it."""
    rows = connection.execute(select(follower.c.name, follower.c.cursor, follower.c.note))
    return {name: (cursor, note) for name, cursor, note in rows}


def begin_at_the_end(connection: Connection, name: str) -> None:
    """Lets a follower that is new begin with what comes from now on."""
    if connection.scalar(select(follower.c.cursor).where(follower.c.name == name)) is None:
        connection.execute(insert(follower).values(name=name, cursor=latest(connection)))


def advance(connection: Connection, name: str, seq: int, note: str | None = None) -> None:
    """Moves a follower's cursor, and notes what hinders it."""
    connection.execute(update(follower).where(follower.c.name == name).values(cursor=seq, note=note))
