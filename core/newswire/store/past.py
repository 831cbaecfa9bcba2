"""What the lists held: the articles of a month, and those that were taken out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from newswire.services import Departure, Entry
from newswire.store import masks
from newswire.store.publications import listed
from newswire.store.schema import edition, publication

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from newswire.filters import Expression

_PAGE = 1_000


def departures(
    connection: Connection,
    language: str,
    *,
    topics: Expression | None = None,
    sources: Collection[str] = (),
    limit: int | None = None,
) -> list[Departure]:
    """What was taken out of a list, the newest first; see `newswire.services.Library.departures`."""
    bit = masks.committed(connection, of=language).get(language, 0)
    found = connection.execute(_departures(bit, None if limit is None else max(limit, _PAGE)))
    return [
        Departure(seq, article_id, at)
        for seq, article_id, at, slugs, source in found
        if _matches(topics, sources, slugs, source)
    ][:limit]


@lru_cache(maxsize=100)
def _departures(bit: int, limit: int | None) -> Select[Any]:
    columns = (
        publication.c.seq, publication.c.article_id, publication.c.at, publication.c.topics, publication.c.source
    )  # fmt: skip
    # The first condition is the one of the partial index: departures are rare, and found without a walk.
    gone = (publication.c.gone != 0, publication.c.gone.op("&")(bit) != 0)
    return select(*columns).where(*gone).order_by(publication.c.seq.desc()).limit(limit)


def month(
    connection: Connection,
    language: str,
    first_day: date,
    *,
    topics: Expression | None = None,
    sources: Collection[str] = (),
) -> list[Entry | Departure]:
    """What first appeared in a month, in that order; see `newswire.services.Library.month`."""
    return appeared(
        connection, language, _month(first_day), _month(following(first_day)), topics=topics, sources=sources
    )


def appeared(
    connection: Connection,
    language: str,
    begin: datetime,
    end: datetime,
    *,
    topics: Expression | None = None,
    sources: Collection[str] = (),
) -> list[Entry | Departure]:
    """What first appeared between two times, in that order; see `newswire.services.Library.appeared`."""
    bit = masks.committed(connection, of=language).get(language, 0)
    present, gone = publication.c.languages.op("&")(bit) != 0, publication.c.gone.op("&")(bit) != 0
    of_edition = publication.c.article_id == edition.c.article_id
    statement = (
        select(publication, present.label("present"))
        .select_from(edition.join(publication, of_edition & (present | gone)))
        .where(edition.c.language == language, edition.c.appeared >= begin, edition.c.appeared < end)
        .order_by(edition.c.appeared, edition.c.article_id)
    )
    return [
        Entry(row.seq, row.article_id, row.rev, row.at, row.stamp)
        if row.present
        else Departure(row.seq, row.article_id, row.at)
        for row in connection.execute(statement)
        if _matches(topics, sources, row.topics, row.source)
    ]


def months(
    connection: Connection,
    language: str,
    *,
    topics: Expression | None = None,
    sources: Collection[str] = (),
    after: int = 0,
) -> set[date]:
    """The months in which articles of a list first appeared; see `newswire.services.Library.months`."""
    if topics is None and not sources and not after:
        return _months_of_language(connection, language)
    bit = masks.committed(connection, of=language).get(language, 0)
    if after:
        some = connection.execute(_later(bit), {"number": after})
        found = [row.article_id for row in some if _matches(topics, sources, row.topics, row.source)]
    else:
        within = publication.c.seq.in_(listed(bit, topics, sources))
        found = list(connection.scalars(select(publication.c.article_id).where(within)))
        found += [gone.article_id for gone in departures(connection, language, topics=topics, sources=sources)]
    return {_first_day(at) for at in _appearances(connection, language, found)}


@lru_cache(maxsize=100)
def _later(bit: int) -> Select[Any]:
    either = publication.c.languages.op("|")(publication.c.gone).op("&")(bit) != 0
    columns = (publication.c.article_id, publication.c.topics, publication.c.source)
    return select(*columns).where(publication.c.seq > bindparam("number"), either)


def _appearances(connection: Connection, language: str, article_ids: Sequence[str]) -> Iterator[datetime]:
    """When the editions of articles in a language appeared."""
    for start in range(0, len(article_ids), _PAGE):
        some = edition.c.article_id.in_(article_ids[start : start + _PAGE])
        yield from connection.scalars(select(edition.c.appeared).where(edition.c.language == language, some))


def _months_of_language(connection: Connection, language: str) -> set[date]:
    """All months of a language, by as many looks at an index: not by reading all its editions."""
    newest = select(func.max(edition.c.appeared)).where(edition.c.language == language)
    found: set[date] = set()
    at = connection.scalar(newest)
    while at is not None:
        first_day = _first_day(at)
        found.add(first_day)
        at = connection.scalar(newest.where(edition.c.appeared < _month(first_day)))
    return found


def following(first_day: date) -> date:
    """The first day of the month that follows."""
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def _first_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def _month(first_day: date) -> datetime:
    return datetime(first_day.year, first_day.month, 1, tzinfo=UTC)


def _matches(topics: Expression | None, sources: Collection[str], slugs: Sequence[str], named: str) -> bool:
    of_source = not sources or not set(named.split()).isdisjoint(sources)
    return of_source and (topics is None or topics.matches(frozenset(slugs)))
