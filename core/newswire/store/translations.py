"""Requests for translations: who wants which article in which language, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from newswire.store import wakeups
from newswire.store.translation_schema import translation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection, RowMapping

    from newswire.translation.caps import Spent


class TranslationState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    """It cannot be translated, or was tried too often."""
    CANCELLED = "cancelled"
    """Nobody wants it any more, or people translated it."""


OPEN = frozenset({TranslationState.WAITING, TranslationState.WORKING})
"""States in which there is something to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedTranslation:
    """A request as it is kept."""

    id: int
    article_id: str
    language: str
    translator: str
    """The name of the translator that is asked."""
    state: TranslationState
    why: str
    """Who asked for it."""
    by_people: bool
    """Whether people did; else it was a rule."""
    rev: int
    """The article's revision that was asked for, or translated."""
    words: str
    """The hash of the words of that revision's original."""
    stale: bool
    """Whether the original has other words by now."""
    asked: datetime
    due: datetime
    started: datetime | None
    changed: datetime
    attempt: int
    requests: int
    """How many requests to the service it took so far."""
    characters: int
    """How many characters were sent."""
    cost: int
    """What it cost, in millionths."""
    reason: str | None
    """Why it stands so."""


def _row(row: RowMapping) -> RequestedTranslation:
    flags = {"by_people": bool(row["by_people"]), "stale": bool(row["stale"])}
    return RequestedTranslation(**{**row, **flags, "state": TranslationState(row["state"])})


def by_id(connection: Connection, request_id: int) -> RequestedTranslation | None:
    """A request by its number, or None."""
    row = connection.execute(select(translation).where(translation.c.id == request_id)).mappings().one_or_none()
    return _row(row) if row is not None else None


def of_article(connection: Connection, article_id: str) -> dict[str, RequestedTranslation]:
    """The requests for an article, by language."""
    mine = select(translation).where(translation.c.article_id == article_id).order_by(translation.c.language)
    return {row["language"]: _row(row) for row in connection.execute(mine).mappings()}


def listing(
    connection: Connection,
    *,
    states: Collection[str] = (),
    article_id: str | None = None,
    language: str | None = None,
    translator: str | None = None,
    stale: bool = False,
    limit: int = 100,
) -> list[RequestedTranslation]:
    """Requests, the newest first."""
    statement = select(translation).order_by(translation.c.id.desc()).limit(limit)
    if states:
        statement = statement.where(translation.c.state.in_(list(states)))
    if stale:
        statement = statement.where(translation.c.stale != 0)
    wanted = {"article_id": article_id, "language": language, "translator": translator}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(translation.c[name] == value)
    return [_row(row) for row in connection.execute(statement).mappings()]


def add(connection: Connection, values: Mapping[str, Any]) -> RequestedTranslation:
    """Writes a new request, and wakes those who work on them."""
    row = connection.execute(insert(translation).values(**values).returning(*translation.c)).mappings().one()
    wakeups.announce(connection)
    return _row(row)


def change(connection: Connection, request_id: int, **values: Any) -> RequestedTranslation:
    """Changes a request, and wakes those who work on them where it is to be worked on."""
    mine = update(translation).where(translation.c.id == request_id).values(**values).returning(*translation.c)
    found = _row(connection.execute(mine).mappings().one())
    if found.state is TranslationState.WAITING:
        wakeups.announce(connection)
    return found


def add_to_bill(connection: Connection, request_id: int, more: Spent) -> None:
    """Adds to what a request took; amounts may be negative."""
    table = translation.c
    values = {name: table[name] + getattr(more, name) for name in ("requests", "characters", "cost")}
    connection.execute(update(translation).where(table.id == request_id).values(**values))


def upcoming(
    connection: Connection, translator: str, *, now: datetime, limit: int, but: Collection[int] = ()
) -> list[RequestedTranslation]:
    """What a translator is to do now, besides what it does: what people asked for first, then what waited longest."""
    waiting = (translation.c.state == TranslationState.WAITING) & (translation.c.translator == translator)
    waiting &= translation.c.id.not_in(list(but))
    order = (translation.c.by_people.desc(), translation.c.due, translation.c.id)
    statement = select(translation).where(waiting, translation.c.due <= now).order_by(*order).limit(limit)
    return [_row(row) for row in connection.execute(statement).mappings()]


def next_due(connection: Connection, translator: str) -> datetime | None:
    """When a translator has something to do; None: nothing waits."""
    waiting = (translation.c.state == TranslationState.WAITING) & (translation.c.translator == translator)
    statement = select(translation.c.due).where(waiting).order_by(translation.c.due).limit(1)
    return connection.scalar(statement)


def take_over(connection: Connection, translator: str, *, now: datetime, but: Collection[int] = ()) -> int:
    """Lets what a process began that is gone wait again; returns how much it was.

    Args:
        connection: a writing transaction.
        translator: whose requests.
        now: the time.
        but: requests that are being worked on.
    """
    begun = (translation.c.state == TranslationState.WORKING) & (translation.c.translator == translator)
    begun &= translation.c.id.not_in(list(but))
    values = {"state": TranslationState.WAITING.value, "due": now, "changed": now}
    return connection.execute(update(translation).where(begun).values(**values)).rowcount


def asked_since(connection: Connection, since: datetime, why: str) -> int:
    """How many requests of a kind were made since a time."""
    mine = select(func.count()).where(translation.c.asked > since, translation.c.why == why)
    return connection.scalar(mine) or 0


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Per translator its requests by state."""
    result: dict[str, dict[str, int]] = {}
    grouped = select(translation.c.translator, translation.c.state, func.count())
    for name, state, number in connection.execute(grouped.group_by(translation.c.translator, translation.c.state)):
        result.setdefault(name, {})[state] = number
    return result
