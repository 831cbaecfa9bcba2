"""Lists of articles in parts, each part beginning where the last one ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from newswire.store import articles, masks
from newswire.store.publications import listed
from newswire.store.schema import article, publication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from newswire.filters import Expression
    from newswire.store.articles import StoredArticle

_EVERY_LANGUAGE = (1 << 62) - 1


def published(
    connection: Connection,
    *,
    language: str | None = None,
    topics: Expression | None = None,
    source: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[tuple[int, StoredArticle]]:
    """What is published, the newest change first, each article once.

    An article that changes meanwhile comes to the top; whoever goes on from where he was misses no other.

    Args:
        connection: to read with.
        language: exactly one, in whose list the article must stand.
        topics: which topics match.
        source: the slug of the source.
        before: only what last changed before the event of this number.
        limit: how many at most.

    Returns:
        Articles, each with the number of the event that last changed it in the list.
    """
    bits = _EVERY_LANGUAGE if language is None else masks.masks(connection).get(language, 0)
    other = publication.alias()
    newest = (
        select(func.max(other.c.seq))
        .where(other.c.article_id == publication.c.article_id, other.c.languages.op("&")(bits) != 0)
        .scalar_subquery()
    )
    within = listed(bits, topics, (source,) if source is not None else ())
    where = [publication.c.seq.in_(within), publication.c.seq == newest]
    if before is not None:
        where.append(publication.c.seq < before)
    statement = select(publication.c.seq, publication.c.article_id).where(*where)
    rows = connection.execute(statement.order_by(publication.c.seq.desc()).limit(limit)).all()
    found = articles.load_many(connection, [key for _, key in rows])
    return [(seq, found[key]) for seq, key in rows if key in found]


def withdrawn(connection: Connection, *, after: str | None = None, limit: int) -> Sequence[StoredArticle]:
    """What is withdrawn, by id, beginning after an id."""
    own = article.c.digest_for.is_(None)
    statement = select(article.c.id).where(own, article.c.withdrawn == 1).order_by(article.c.id).limit(limit)
    if after is not None:
        statement = statement.where(article.c.id > after)
    keys = list(connection.scalars(statement))
    found = articles.load_many(connection, keys)
    return [found[key] for key in keys]
