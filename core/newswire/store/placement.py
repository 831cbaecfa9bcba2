"""Placing articles in the publication index: what an event does to the lists readers see.

An event puts an article at the top of the lists of some languages, takes it out of others, and may change what an
entry says that stays where it is: its links to other editions and to related articles. Each of the three leaves its
mark at the event's number, and a mark goes only when a newer one stands for it; so one look at an index tells when a
list last changed in any way.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from newswire.store import masks
from newswire.store.schema import publication, publication_source, publication_topic, relation, source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.model import Article

_Key = tuple[str, str]  # "topic" or "source", and its slug
_INDEXES = ((publication_topic, "topic"), (publication_source, "source"))


@dataclass(frozen=True, slots=True)
class Placement:
    """What an event does to the lists."""

    seq: int
    rev: int
    at: datetime
    before: Article | None
    """The article as readers saw it until now; None while they saw none."""
    now: Article | None
    """As they see it from now on; None where it is withdrawn."""
    changed: AbstractSet[str]
    """The languages in whose lists it comes to the top."""
    gone: AbstractSet[str]
    """The languages out of whose lists it is taken."""


@dataclass(slots=True)
class _Marks:
    languages: int = 0
    touched: int = 0


def place(connection: Connection, placement: Placement) -> None:
    """Brings the index to what the event says."""
    article = placement.now or placement.before
    if article is None:
        raise ValueError("an event is of an article, as it was or as it is")
    changed, gone = masks.mask(connection, placement.changed), masks.mask(connection, placement.gone)
    older = _older_rows(connection, article.id)
    relinked = _other_editions(placement.before) != _other_editions(placement.now)
    staying = functools.reduce(int.__or__, (row.languages for row in older), 0) & ~(changed | gone)
    touched = staying if relinked else 0
    marks: dict[_Key, _Marks] = defaultdict(_Marks)
    for key in _places(placement.before):
        marks[key].touched |= changed | gone | touched
    for row in older:  # where it comes back, it is no departure any more
        for key in _keys(row.topics, row.source):
            marks[key].touched |= row.gone & changed
    for key in _places(placement.now):
        marks[key].languages |= changed
        marks[key].touched |= gone | touched
    if _told(placement.before) != _told(placement.now):
        touched |= _touch_referring(connection, article.id, placement.seq, marks)
    for row in older:
        _make_room(connection, row, changed | gone, touched, marks, stamp=placement.seq if relinked else row.stamp)
    connection.execute(
        insert(publication).values(
            seq=placement.seq,
            article_id=article.id,
            rev=placement.rev,
            languages=changed,
            gone=gone,
            touched=touched,
            stamp=placement.seq,
            source=article.source.slug if article.source else "",
            topics=list(article.topics),
            at=placement.at,
        )
    )
    _insert_marks(connection, placement.seq, marks)
    if placement.now is not None:
        _name_source(connection, placement.now)
        _relate(connection, placement.now, placement.before)


def _other_editions(article: Article | None) -> dict[str, str]:
    """What entries say of the article's editions in other languages."""
    return {edition.language: edition.url for edition in article.editions} if article else {}


def _told(article: Article | None) -> object:
    """What entries of articles that name this one as related say of it."""
    if article is None:
        return None
    return article.original_language, {edition.language: (edition.title, edition.url) for edition in article.editions}


def _places(article: Article | None) -> Iterable[_Key]:
    return _keys(article.topics, article.source.slug if article.source else "") if article else ()


def _keys(topics: Iterable[str], slug: str) -> Iterable[_Key]:
    yield from (("topic", topic) for topic in topics)
    if slug:
        yield "source", slug


def _older_rows(connection: Connection, article_id: str) -> Sequence[Any]:
    return connection.execute(select(publication).where(publication.c.article_id == article_id)).all()


def _make_room(
    connection: Connection, row: Any, moved: int, touched: int, marks: Mapping[_Key, _Marks], *, stamp: int
) -> None:
    """Leaves of an older row what the event does not make void.

    Languages stand in one row only. A mark of a change is void where the event leaves a newer one.
    """
    rest = {
        "languages": row.languages & ~moved,
        "gone": row.gone & ~moved,
        "touched": row.touched & ~(moved | touched),
    }
    here = publication.c.seq == row.seq
    if any(rest.values()):
        connection.execute(update(publication).where(here).values(**rest, stamp=stamp))
    else:
        connection.execute(delete(publication).where(here))
    for table, kind in _INDEXES:
        columns = (table.c[kind], table.c.languages, table.c.touched)
        for name, present, marked in connection.execute(select(*columns).where(table.c.seq == row.seq)).all():
            newer = marks.get((kind, name), _Marks())
            left = {"languages": present & ~moved, "touched": marked & ~(newer.languages | newer.touched)}
            here = (table.c[kind] == name) & (table.c.seq == row.seq)
            if any(left.values()):
                connection.execute(update(table).where(here).values(**left))
            else:
                connection.execute(delete(table).where(here))


def _touch_referring(connection: Connection, article_id: str, seq: int, marks: dict[tuple[str, str], _Marks]) -> int:
    """Marks the entries of articles that name this one as related; returns the languages they are in."""
    referring = select(relation.c.article_id).where(
        relation.c.related_id == article_id, relation.c.article_id != article_id
    )
    columns = (publication.c.seq, publication.c.languages, publication.c.topics, publication.c.source)
    rows = connection.execute(
        select(*columns).where(publication.c.article_id.in_(referring), publication.c.languages != 0)
    ).all()
    touched = 0
    for number, present, topics, slug in rows:
        connection.execute(update(publication).where(publication.c.seq == number).values(stamp=seq))
        touched |= present
        for key in _keys(topics, slug):
            marks[key].touched |= present
    return touched


def _insert_marks(connection: Connection, seq: int, marks: Mapping[_Key, _Marks]) -> None:
    for table, kind in _INDEXES:
        rows = [
            {kind: name, "seq": seq, "languages": mark.languages, "touched": mark.touched}
            for (of, name), mark in marks.items()
            if of == kind and mark.languages | mark.touched
        ]
        if rows:
            connection.execute(insert(table), rows)


def _name_source(connection: Connection, article: Article) -> None:
    if article.source is None:
        return
    slug, name = article.source.slug, article.source.name
    known = connection.scalar(select(source.c.name).where(source.c.slug == slug))
    if known is None:
        connection.execute(insert(source).values(slug=slug, name=name))
    elif known != name:
        connection.execute(update(source).where(source.c.slug == slug).values(name=name))


def _relate(connection: Connection, now: Article, before: Article | None) -> None:
    if now.related == (before.related if before else ()):
        return
    connection.execute(delete(relation).where(relation.c.article_id == now.id))
    rows: list[dict[str, Any]] = [{"related_id": related, "article_id": now.id} for related in now.related]
    if rows:
        connection.execute(insert(relation), rows)
