"""The publication index: what is published per language, topic and source, in the order of the event log.

A language of an article stands in exactly one row, that of the last event its readers saw a difference by, so a
list needs no de-duplication and a late translation or a correction comes to the top of its feeds, where pollers
see it. The languages of a row are a bit mask: one row an event, whatever the number of languages. What writes it is
`newswire.store.placement`; what was there once is asked of `newswire.store.past`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, not_, or_, select

from newswire.filters import Group, Leaf, Not, leaves
from newswire.services import Change, Entry, ListName, SourceCount
from newswire.store import masks
from newswire.store.schema import event, publication, publication_source, publication_topic, source

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from newswire.filters import Expression

_KINDS: tuple[tuple[Any, Any, Literal["topics", "sources"]], ...] = (
    (publication_topic, publication_topic.c.topic, "topics"),
    (publication_source, publication_source.c.source, "sources"),
)


def entries(
    connection: Connection,
    language: str,
    *,
    topics: Expression | None = None,
    sources: Collection[str] = (),
    limit: int,
    since: datetime | None = None,
) -> list[Entry]:
    """What is published in a language, the newest first; see `newswire.services.Library.entries`."""
    bit = masks.masks(connection).get(language)
    if bit is None:
        return []
    columns = (publication.c.seq, publication.c.article_id, publication.c.rev, publication.c.at, publication.c.stamp)
    where = matching(bit, topics, sources)
    statement = select(*columns).where(*where).order_by(publication.c.seq.desc())
    rows = connection.execute(statement.limit(limit)).all()
    if since is not None and len(rows) == limit and rows[-1][3] > since:
        rows = connection.execute(statement.where(publication.c.at >= since)).all()
    return [Entry(*row) for row in rows]


def matching(bits: int, topics: Expression | None, sources: Collection[str]) -> list[ColumnElement[bool]]:
    """The conditions on `publication` for an article to stand in a list.

    Args:
        bits: of the languages of which the article must be in one.
        topics: which topics match.
        sources: which sources; empty for every source.
    """
    where = [publication.c.languages.op("&")(bits) != 0]
    if topics is not None:
        where.append(_condition(topics, bits))
    if sources:
        where.append(_among(publication_source, publication_source.c.source.in_(sorted(sources)), bits))
    return where


def _among(index: Any, condition: ColumnElement[bool], bits: int) -> ColumnElement[bool]:
    return publication.c.seq.in_(select(index.c.seq).where(condition, index.c.languages.op("&")(bits) != 0))


def _condition(expression: Expression, bits: int) -> ColumnElement[bool]:
    match expression:
        case Leaf(topic):
            return _among(publication_topic, publication_topic.c.topic == topic, bits)
        case Not(part):
            return not_(_condition(part, bits))
        case Group("|", parts) if all(isinstance(part, Leaf) for part in parts):
            wanted = [part.topic for part in parts if isinstance(part, Leaf)]
            return _among(publication_topic, publication_topic.c.topic.in_(wanted), bits)
        case Group(kind, parts):
            conditions = [_condition(part, bits) for part in parts]
            return and_(*conditions) if kind == "&" else or_(*conditions)


def changed(
    connection: Connection, language: str, *, topics: Expression | None = None, sources: Collection[str] = ()
) -> Change | None:
    """The event by which a list last changed; see `newswire.services.Library.changed`."""
    bit = masks.masks(connection).get(language)
    if bit is None:
        return None
    # An event changes a list of topics and sources only if it left a mark at both.
    marks = []
    if topics is not None and not topics.matches(frozenset()):
        marks.append(_last_mark(connection, publication_topic, publication_topic.c.topic.in_(set(leaves(topics))), bit))
    if sources:
        marks.append(_last_mark(connection, publication_source, publication_source.c.source.in_(set(sources)), bit))
    if not marks:
        mask = publication.c.languages.op("|")(publication.c.gone).op("|")(publication.c.touched)
        statement = select(publication.c.seq).where(mask.op("&")(bit) != 0).order_by(publication.c.seq.desc()).limit(1)
        marks.append(connection.scalar(statement))
    if None in marks:
        return None
    seq = min(mark for mark in marks if mark is not None)
    at = connection.scalar(select(event.c.at).where(event.c.seq == seq))
    # Old events are pruned: then it was before the oldest that is left, or else before the oldest list entry.
    at = at or connection.scalar(select(event.c.at).where(event.c.seq > seq).order_by(event.c.seq).limit(1))
    return Change(seq, at) if at is not None else None


def _last_mark(connection: Connection, index: Any, condition: ColumnElement[bool], bit: int) -> int | None:
    mask = index.c.languages.op("|")(index.c.touched)
    statement = select(index.c.seq).where(condition, mask.op("&")(bit) != 0).order_by(index.c.seq.desc()).limit(1)
    return connection.scalar(statement)


def touched(connection: Connection, after: int, until: int) -> set[ListName]:
    """The lists that events changed; see `newswire.services.Library.touched`."""
    known = masks.masks(connection)
    every = publication.c.languages.op("|")(publication.c.gone).op("|")(publication.c.touched)
    within = publication.c.seq.between(after + 1, until)
    found = {
        ListName(language)
        for (mask,) in connection.execute(select(every).where(within))
        for language in masks.tags(mask, known)
    }
    for index, name, kind in _KINDS:
        mask = index.c.languages.op("|")(index.c.touched)
        for slug, bits in connection.execute(select(name, mask).where(index.c.seq.between(after + 1, until))):
            found |= {ListName(language, kind, slug) for language in masks.tags(bits, known)}
    return found


def languages_of(
    connection: Connection, *, topics: Expression | None, sources: Collection[str], limit: int
) -> set[str]:
    """The languages of a list's newest articles; see `newswire.services.Library.languages_of`."""
    known = masks.masks(connection)
    where = matching(sum(known.values()), topics, sources)
    statement = select(publication.c.languages).where(*where).order_by(publication.c.seq.desc()).limit(limit)
    return {language for mask in set(connection.scalars(statement)) for language in masks.tags(mask, known)}


def language_counts(connection: Connection) -> dict[str, int]:
    """How many articles each language has."""
    result: dict[str, int] = {}
    known = masks.masks(connection)
    statement = select(publication.c.languages, func.count()).group_by(publication.c.languages)
    for mask, number in connection.execute(statement):
        for tag in masks.tags(mask, known):
            result[tag] = result.get(tag, 0) + number
    return result


def topic_counts(connection: Connection) -> dict[str, dict[str, int]]:
    """By language: how many articles each topic has, the most frequent first."""
    return _counts(connection, publication_topic, publication_topic.c.topic)


def source_counts(connection: Connection) -> dict[str, list[SourceCount]]:
    """By language: the sources of its articles, the most frequent first."""
    names: dict[str, str] = dict(connection.execute(select(source.c.slug, source.c.name)).all())
    counted = _counts(connection, publication_source, publication_source.c.source)
    return {
        language: [SourceCount(slug, names[slug], number) for slug, number in counts.items()]
        for language, counts in counted.items()
    }


def _counts(connection: Connection, index: Any, name: Any) -> dict[str, dict[str, int]]:
    known = masks.masks(connection)
    statement = select(name, index.c.languages, func.count()).where(index.c.languages != 0)
    result: dict[str, dict[str, int]] = {}
    for slug, mask, number in connection.execute(statement.group_by(name, index.c.languages)):
        for language in masks.tags(mask, known):
            counts = result.setdefault(language, {})
            counts[slug] = counts.get(slug, 0) + number
    return {
        language: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        for language, counts in result.items()
    }


def has_topic(connection: Connection, slug: str) -> bool:
    """Whether any article names the topic, or did."""
    statement = select(publication_topic.c.seq).where(publication_topic.c.topic == slug).limit(1)
    return connection.scalar(statement) is not None


def source_name(connection: Connection, slug: str) -> str | None:
    """The name of a source, None where no article ever came from it."""
    return connection.scalar(select(source.c.name).where(source.c.slug == slug))


def newest(connection: Connection, *, limit: int) -> list[str]:
    """Ids of the articles that were published or changed last, the newest first, each once."""
    present = select(publication.c.article_id).where(publication.c.languages != 0)
    statement = present.order_by(publication.c.seq.desc()).limit(limit)
    return list(dict.fromkeys(connection.scalars(statement)))
