"""Stories that come several ways: one article, and who tells it.

The canonical links of an article's editions lead to it. What another intake, or another feed of the same one, brings
with one of these links is no article of its own but a telling: it is kept, and the article names its source. An article
that only one tells has no row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newswire.links import canonical_link
from newswire.model import Article
from newswire.store.schema import link, telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article as one of several brings it."""

    article: Article
    """With the id by which it is brought."""
    intake: str
    since: datetime
    of_others: bool
    """Whether it is a story of others, not an article of the site's own."""
    withdrawn: bool = False


def links_of(article: Article) -> list[str]:
    """The canonical links of an article's editions."""
    found = (canonical_link(edition.url) for edition in article.editions)
    return sorted({one for one in found if one is not None})


def told(connection: Connection, article_id: str) -> str | None:
    """The id of the article that what is brought by an id became a telling of."""
    return connection.scalar(select(telling.c.article_id).where(telling.c.id == article_id))


def linked(connection: Connection, links: Sequence[str]) -> str | None:
    """The id of the article that one of the links leads to; of several the one that was there first."""
    if not links:
        return None
    statement = select(link.c.article_id).where(link.c.link.in_(links)).order_by(link.c.since, link.c.article_id)
    return connection.scalar(statement.limit(1))


def link_up(connection: Connection, article_id: str, links: Iterable[str], now: datetime) -> None:
    """Lets links lead to an article, unless they lead to another already."""
    rows = [{"link": one, "article_id": article_id, "since": now} for one in links]
    if rows:
        new = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(link)
        connection.execute(new.on_conflict_do_nothing(index_elements=["link"]), rows)


def of_article(connection: Connection, article_id: str) -> list[Telling]:
    """Who tells an article, the one it is taken from first: the site's own, then who came first."""
    rows = connection.execute(select(telling).where(telling.c.article_id == article_id)).mappings()
    found = [
        Telling(
            article=Article.model_validate(row["document"]),
            intake=row["intake"],
            since=row["since"],
            of_others=bool(row["of_others"]),
            withdrawn=bool(row["withdrawn"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.withdrawn, one.of_others, one.since, one.article.id != article_id))


def keep(connection: Connection, article_id: str, one: Telling) -> None:
    """Keeps what one tells of an article."""
    values = {
        "article_id": article_id,
        "intake": one.intake,
        "document": one.article.model_dump(mode="json", exclude_defaults=True),
        "of_others": int(one.of_others),
        "withdrawn": int(one.withdrawn),
    }
    mine = telling.c.id == one.article.id
    if not connection.execute(update(telling).where(mine).values(**values)).rowcount:
        connection.execute(insert(telling).values(id=one.article.id, since=one.since, **values))


def article_of(article_id: str, tellings: Sequence[Telling]) -> Article:
    """The article as its tellings make it: all of the first, and the sources of the others."""
    first, *others = [one for one in tellings if not one.withdrawn]
    sources = {source.slug: source for one in others for source in one.article.sources}
    for source in first.article.sources:
        sources.pop(source.slug, None)
    further = (*first.article.also_from, *sources.values())
    return first.article.model_copy(update={"id": article_id, "also_from": further})
