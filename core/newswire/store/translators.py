"""Translators: what each took, how long it rests, and the pieces that they translated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newswire.store.translation_schema import translation_memory, translation_spending, translator
from newswire.translation.caps import Spending, Spent, starts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.dialects.postgresql import Insert
    from sqlalchemy.engine import Connection

_KEPT_SPENDING = timedelta(days=400)
_MANY = 500


def spending(connection: Connection, name: str, now: datetime) -> Spending:
    """What a translator took in this hour, day and month."""
    return Spending(**{part: _since(connection, name, start) for part, start in zip(
        ("hour", "day", "month"), starts(now), strict=True
    )})  # fmt: skip


def _since(connection: Connection, name: str, start: datetime) -> Spent:
    table = translation_spending.c
    sums = (func.sum(table.requests), func.sum(table.characters), func.sum(table.cost))
    row = connection.execute(select(*sums).where(table.translator == name, table.hour >= start)).one()
    return Spent(*(int(value or 0) for value in row))


def spend(connection: Connection, name: str, hour: datetime, more: Spent) -> None:
    """Adds to what a translator took in an hour; amounts may be negative."""
    table = translation_spending
    values = {
        "translator": name,
        "hour": hour,
        "requests": more.requests,
        "characters": more.characters,
        "cost": more.cost,
    }
    new = _insert(connection, table).values(**values)
    added = {key: table.c[key] + new.excluded[key] for key in ("requests", "characters", "cost")}
    connection.execute(new.on_conflict_do_update(index_elements=["translator", "hour"], set_=added))


def pause(connection: Connection, name: str, until: datetime | None, note: str | None) -> None:
    """Lets a translator rest until a time, or go on."""
    new = _insert(connection, translator).values(name=name, paused_until=until, note=note)
    same = {"paused_until": new.excluded.paused_until, "note": new.excluded.note}
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=same))


def paused(connection: Connection, name: str) -> tuple[datetime | None, str | None]:
    """Until when a translator rests, and why."""
    statement = select(translator.c.paused_until, translator.c.note).where(translator.c.name == name)
    row = connection.execute(statement).one_or_none()
    return (row.paused_until, row.note) if row is not None else (None, None)


def recall(connection: Connection, keys: Collection[str], now: datetime) -> dict[str, str]:
    """Translated pieces by key, and notes that they are of use."""
    found: dict[str, str] = {}
    asked = sorted(keys)
    table = translation_memory.c
    for place in range(0, len(asked), _MANY):
        part = asked[place : place + _MANY]
        found |= dict(connection.execute(select(table.key, table.text).where(table.key.in_(part))).all())
        old = table.key.in_(part) & (table.used < now - timedelta(days=1))
        connection.execute(update(translation_memory).where(old).values(used=now))
    return found


def remember(connection: Connection, pieces: Mapping[str, str], now: datetime) -> None:
    """Keeps translated pieces."""
    rows = [{"key": key, "text": text, "used": now} for key, text in sorted(pieces.items())]
    if rows:
        new = _insert(connection, translation_memory)
        same = {"text": new.excluded.text, "used": new.excluded.used}
        connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=same), rows)


def forget(connection: Connection, before: datetime, now: datetime) -> int:
    """Drops pieces that were of no use since a time, and accounts nobody looks at; returns how many pieces."""
    connection.execute(delete(translation_spending).where(translation_spending.c.hour < now - _KEPT_SPENDING))
    return connection.execute(delete(translation_memory).where(translation_memory.c.used < before)).rowcount


def _insert(connection: Connection, table: Table) -> Insert:
    # Both dialects know the same words for it.
    made: Insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    return made
