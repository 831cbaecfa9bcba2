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

from newswire.store import masks, tallies
from newswire.store.schema import publication, publication_source, publication_topic, relation, source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.model import Article
    from newswire.store.articles import StoredArticle

_Key = tuple[str, str]  # "topic" or "source", and its slug
_INDEXES = ((publication_topic, "topic"), (publication_source, "source"))


@dataclass(frozen=True, slots=True)
class Placement:
    """What an event does to the lists."""

    seq: int
    rev: int
    at: datetime
    before: StoredArticle | None
    """The article as readers saw it until now; None while they saw none."""
    now: StoredArticle | None
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
    stored = placement.now or placement.before
    if stored is None:
        raise ValueError("an event is of an article, as it was or as it is")
    article = stored.content
    changed, gone = masks.mask(connection, placement.changed), masks.mask(connection, placement.gone)
    older = _older_rows(connection, article.id)
    relinked = _other_editions(placement.before) != _other_editions(placement.now)
    present = functools.reduce(int.__or__, (row.languages for row in older), 0)
    staying = present & ~(changed | gone)
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
            source=_slugs(article),
            topics=list(article.topics),
            at=placement.at,
        )
    )
    _insert_marks(connection, placement.seq, marks)
    _recount(connection, placement, present, staying | changed)
    if placement.now is not None:
        _name_source(connection, placement.now.content)
        _relate(connection, placement.now, placement.before)


def _recount(connection: Connection, placement: Placement, before: int, now: int) -> None:
    bits = masks.masks(connection)
    was = tallies.shares(placement.before, before, bits) if placement.before else []
    tallies.recount(connection, was, tallies.shares(placement.now, now, bits) if placement.now else [])


def _other_editions(stored: StoredArticle | None) -> dict[str, str]:
    """What entries say of the article's editions in other languages."""
    return {edition.language: edition.url for edition in stored.content.editions} if stored else {}


def _told(stored: StoredArticle | None) -> object:
    """What entries of articles that name this one as related say of it."""
    if stored is None:
        return None
    article = stored.content
    return article.original_language, {edition.language: (edition.title, edition.url) for edition in article.editions}


def _places(stored: StoredArticle | None) -> Iterable[_Key]:
    if stored is None:
        return ()
    return _keys(stored.content.topics, _slugs(stored.content))


def _slugs(article: Article) -> str:
    """The slugs of its sources, as a row of the index holds them."""
    return " ".join(source.slug for source in article.sources)


def _keys(topics: Iterable[str], slugs: str) -> Iterable[_Key]:
    yield from (("topic", topic) for topic in topics)
    yield from (("source", slug) for slug in slugs.split())


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
    for each in article.sources:
        known = connection.scalar(select(source.c.name).where(source.c.slug == each.slug))
        if known is None:
            connection.execute(insert(source).values(slug=each.slug, name=each.name))
        elif known != each.name:
            connection.execute(update(source).where(source.c.slug == each.slug).values(name=each.name))


def _relate(connection: Connection, now: StoredArticle, before: StoredArticle | None) -> None:
    if now.related == (before.related if before else ()):
        return
    connection.execute(delete(relation).where(relation.c.article_id == now.content.id))
    rows: list[dict[str, Any]] = [{"related_id": key, "article_id": now.content.id} for key in now.related]
    if rows:
        connection.execute(insert(relation), rows)
