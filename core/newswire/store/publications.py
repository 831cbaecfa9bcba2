"""The publication index: what is published per language, topic and source, in the order of the event log.

A language of an article stands in exactly one row, that of the last event its readers saw a difference by, so a
list needs no de-duplication and a late translation or a correction comes to the top of its feeds, where pollers
see it. The languages of a row are a bit mask: one row an event, whatever the number of languages. What writes it is
`newswire.store.placement`; what was there once is asked of `newswire.store.past`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, bindparam, not_, or_, select

from newswire.filters import Group, Leaf, Not, leaves
from newswire.services import Change, Entry, ListName
from newswire.store import masks
from newswire.store.schema import event, publication, publication_source, publication_topic, source

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.engine import Connection

    from newswire.filters import Expression

_STATEMENTS = 200
"""How many statements are kept as they were built: making one takes longer than most of them run."""
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
    bit = masks.committed(connection, of=language).get(language)
    if bit is None:
        return []
    asked = limit
    while True:
        rows = connection.execute(_entries(bit, topics, tuple(sources), asked)).all()
        if since is None or len(rows) < asked or rows[-1].at < since:
            return [Entry(*row) for place, row in enumerate(rows) if place < limit or (since and row.at >= since)]
        asked *= 2


@lru_cache(_STATEMENTS)
def _entries(bit: int, topics: Expression | None, sources: tuple[str, ...], limit: int) -> Select[Any]:
    columns = (publication.c.seq, publication.c.article_id, publication.c.rev, publication.c.at, publication.c.stamp)
    within = publication.c.seq.in_(listed(bit, topics, sources, limit=limit))
    return select(*columns).where(within).order_by(publication.c.seq.desc())


def listed(
    bits: int, topics: Expression | None, sources: Collection[str], *, limit: int | None = None
) -> Select[tuple[int]]:
    """The numbers of the rows that stand in a list, the newest first.

    It goes along an index in its order, and so looks at few rows more than it finds. Where every article of the list
    must have one of some topics, that is the index by topic; the other conditions are looked up row by row.

    Args:
        bits: of the languages of which the article must be in one.
        topics: which topics match.
        sources: which sources; empty for every source.
        limit: how many; None for all.
    """
    anchors = _anchors(topics) if topics is not None else None
    index: Any = publication
    where: list[ColumnElement[bool]] = []
    if anchors is not None:
        index = publication_topic
        where.append(index.c.topic.in_(sorted(anchors)))
    elif sources:
        index = publication_source
        where.append(index.c.source.in_(sorted(sources)))
    where.append(index.c.languages.op("&")(bits) != 0)
    if topics is not None and not (anchors is not None and _is_any_of(topics)):
        where.append(_condition(topics, index.c.seq, bits))
    if sources and index is not publication_source:
        where.append(_has(publication_source, "source", sorted(sources), index.c.seq, bits))
    statement = select(index.c.seq).where(*where).order_by(index.c.seq.desc()).limit(limit)
    return statement if index is publication else statement.distinct()


def _anchors(expression: Expression) -> frozenset[str] | None:
    """Topics of which every article that matches has one; None where there are none such."""
    match expression:
        case Leaf(topic):
            return frozenset((topic,))
        case Group("|", parts):
            found = [_anchors(part) for part in parts]
            return None if None in found else frozenset().union(*(some for some in found if some))
        case Group("&", parts):
            some = [anchors for part in parts if (anchors := _anchors(part)) is not None]
            return min(some, key=len, default=None)
    return None


def _is_any_of(expression: Expression) -> bool:
    return isinstance(expression, Leaf) or (
        isinstance(expression, Group)
        and expression.kind == "|"
        and all(isinstance(part, Leaf) for part in expression.parts)
    )


def _condition(expression: Expression, seq: ColumnElement[int], bits: int) -> ColumnElement[bool]:
    match expression:
        case Leaf(topic):
            return _has(publication_topic, "topic", (topic,), seq, bits)
        case Not(part):
            return not_(_condition(part, seq, bits))
        case Group(kind, parts):
            if _is_any_of(expression):
                wanted = [part.topic for part in parts if isinstance(part, Leaf)]
                return _has(publication_topic, "topic", wanted, seq, bits)
            conditions = [_condition(part, seq, bits) for part in parts]
            return and_(*conditions) if kind == "&" else or_(*conditions)


def _has(index: Any, column: str, names: Sequence[str], seq: ColumnElement[int], bits: int) -> ColumnElement[bool]:
    """Whether an index has a row of this number and one of the names; the list itself may go along the same index."""
    other = index.alias()
    here = (other.c[column].in_(names), other.c.seq == seq, other.c.languages.op("&")(bits) != 0)
    found: ColumnElement[bool] = select(other.c.seq).where(*here).exists()
    return found


def changed(
    connection: Connection, language: str, *, topics: Expression | None = None, sources: Collection[str] = ()
) -> Change | None:
    """The event by which a list last changed; see `newswire.services.Library.changed`."""
    bit = masks.committed(connection, of=language).get(language)
    if bit is None:
        return None
    marks: list[int | None] = [connection.scalar(statement) for statement in _last_marks(bit, topics, tuple(sources))]
    if None in marks:
        return None
    seq = min(mark for mark in marks if mark is not None)
    # Old events are pruned: then it was before the oldest that is left.
    at = connection.scalar(_AT_OR_AFTER, {"number": seq})
    return Change(seq, at) if at is not None else None


_AT_OR_AFTER = select(event.c.at).where(event.c.seq >= bindparam("number")).order_by(event.c.seq).limit(1)


@lru_cache(_STATEMENTS)
def _last_marks(bit: int, topics: Expression | None, sources: tuple[str, ...]) -> Sequence[Select[Any]]:
    """What asks each index for its last mark: an event changes a list of topics and sources if it left one in both."""
    where = []
    if topics is not None and not topics.matches(frozenset()):
        where.append((publication_topic, publication_topic.c.topic.in_(sorted(set(leaves(topics))))))
    if sources:
        where.append((publication_source, publication_source.c.source.in_(sorted(sources))))
    if not where:
        every = publication.c.languages.op("|")(publication.c.gone).op("|")(publication.c.touched)
        return (select(publication.c.seq).where(every.op("&")(bit) != 0).order_by(publication.c.seq.desc()).limit(1),)
    return tuple(
        select(index.c.seq)
        .where(condition, index.c.languages.op("|")(index.c.touched).op("&")(bit) != 0)
        .order_by(index.c.seq.desc())
        .limit(1)
        for index, condition in where
    )


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
    known = masks.committed(connection)
    every = 0
    for mask in connection.scalars(_languages(sum(known.values()), topics, tuple(sources), limit)):
        every |= mask
    if every & ~sum(known.values()):
        known = masks.masks(connection)
    return set(masks.tags(every, known))


@lru_cache(_STATEMENTS)
def _languages(bits: int, topics: Expression | None, sources: tuple[str, ...], limit: int) -> Select[Any]:
    within = publication.c.seq.in_(listed(bits, topics, sources, limit=limit))
    return select(publication.c.languages).where(within)


def source_names(connection: Connection) -> dict[str, str]:
    """What sources are called, by slug."""
    return dict(connection.execute(select(source.c.slug, source.c.name)).all())


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
