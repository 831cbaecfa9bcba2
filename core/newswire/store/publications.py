"""The publication index: what is published per language, topic and source, in the order of the event log.

A language of an article stands in exactly one row, that of the last event its readers saw a difference by, so a
list needs no de-duplication and a late translation or a correction comes to the top of its feeds, where pollers
see it. The languages of a row are a bit mask: one row an event, whatever the number of languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, not_, or_, select, update

from newswire.filters import Group, Leaf, Not
from newswire.services import Entry, SourceCount
from newswire.store import masks
from newswire.store.schema import publication, publication_source, publication_topic, source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from newswire.filters import Expression
    from newswire.model import Article

_INDEXES = (publication_topic, publication_source)


def record(connection: Connection, article: Article, *, seq: int, rev: int, languages_mask: int, at: datetime) -> None:
    """Puts an article's changed languages at the top; its other languages stay where they are."""
    clear(connection, article.id, keep=~languages_mask)
    slug = article.source.slug if article.source else ""
    connection.execute(
        insert(publication).values(
            seq=seq,
            article_id=article.id,
            rev=rev,
            languages=languages_mask,
            source=slug,
            topics=list(article.topics),
            at=at,
        )
    )
    if article.topics:
        connection.execute(
            insert(publication_topic),
            [{"topic": topic, "seq": seq, "languages": languages_mask} for topic in article.topics],
        )
    if article.source:
        connection.execute(insert(publication_source).values(source=slug, seq=seq, languages=languages_mask))
        known = connection.scalar(select(source.c.name).where(source.c.slug == slug))
        if known is None:
            connection.execute(insert(source).values(slug=slug, name=article.source.name))
        elif known != article.source.name:
            connection.execute(update(source).where(source.c.slug == slug).values(name=article.source.name))


def clear(connection: Connection, article_id: str, *, keep: int = 0) -> None:
    """Takes an article out of the index, but for the languages to keep."""
    rows = connection.execute(
        select(publication.c.seq, publication.c.languages).where(publication.c.article_id == article_id)
    )
    for seq, present in rows.all():
        rest = present & keep
        for table in (*_INDEXES, publication):
            if rest == 0:
                connection.execute(delete(table).where(table.c.seq == seq))
            elif rest != present:
                connection.execute(update(table).where(table.c.seq == seq).values(languages=rest))


def entries(
    connection: Connection,
    language: str,
    *,
    topics: Expression | None = None,
    source_slug: str | None = None,
    limit: int,
    since: datetime | None = None,
) -> list[Entry]:
    """What is published in a language, the newest first; see `newswire.services.Library.entries`."""
    bit = masks.masks(connection).get(language)
    if bit is None:
        return []
    columns = (publication.c.seq, publication.c.article_id, publication.c.rev, publication.c.at)
    where: list[ColumnElement[bool]] = [publication.c.languages.op("&")(bit) != 0]
    if topics is not None:
        where.append(_condition(topics))
    if source_slug is not None:
        where.append(_among(publication_source, publication_source.c.source == source_slug))
    statement = select(*columns).where(*where).order_by(publication.c.seq.desc())
    rows = connection.execute(statement.limit(limit)).all()
    if since is not None and len(rows) == limit and rows[-1][3] > since:
        rows = connection.execute(statement.where(publication.c.at >= since)).all()
    return [Entry(*row) for row in rows]


def _among(index: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return publication.c.seq.in_(select(index.c.seq).where(condition))


def _condition(expression: Expression) -> ColumnElement[bool]:
    match expression:
        case Leaf(topic):
            return _among(publication_topic, publication_topic.c.topic == topic)
        case Not(part):
            return not_(_condition(part))
        case Group("|", parts) if all(isinstance(part, Leaf) for part in parts):
            wanted = [part.topic for part in parts if isinstance(part, Leaf)]
            return _among(publication_topic, publication_topic.c.topic.in_(wanted))
        case Group(kind, parts):
            conditions = [_condition(part) for part in parts]
            return and_(*conditions) if kind == "&" else or_(*conditions)


def language_counts(connection: Connection) -> dict[str, int]:
    """How many articles each language has."""
    result: dict[str, int] = {}
    known = masks.masks(connection)
    statement = select(publication.c.languages, func.count()).group_by(publication.c.languages)
    for mask, number in connection.execute(statement):
        for tag in masks.tags(mask, known):
            result[tag] = result.get(tag, 0) + number
    return result


def topic_counts(connection: Connection, language: str) -> dict[str, int]:
    """How many articles of a language each topic has, the most frequent first."""
    return dict(_grouped(connection, publication_topic, publication_topic.c.topic, language))


def source_counts(connection: Connection, language: str) -> list[SourceCount]:
    """The sources of a language's articles, the most frequent first."""
    names = dict(connection.execute(select(source.c.slug, source.c.name)).all())
    rows = _grouped(connection, publication_source, publication_source.c.source, language)
    return [SourceCount(slug, names[slug], number) for slug, number in rows]


def _grouped(connection: Connection, index: Any, key: Any, language: str) -> Sequence[tuple[str, int]]:
    bit = masks.masks(connection).get(language, 0)
    number = func.count()
    statement = select(key, number).where(index.c.languages.op("&")(bit) != 0).group_by(key)
    return [(slug, count) for slug, count in connection.execute(statement.order_by(number.desc(), key))]


def newest(connection: Connection, *, limit: int) -> list[str]:
    """Ids of the articles that were published or changed last, the newest first, each once."""
    statement = select(publication.c.article_id).order_by(publication.c.seq.desc()).limit(limit)
    return list(dict.fromkeys(connection.scalars(statement)))
