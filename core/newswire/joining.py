"""Joining: what becomes of a story that comes several ways. In the transaction of whoever publishes.

Which article it belongs to follows from its link, or from what it became a telling of before. The article is shown as
the site's own telling has it, else as the first one does, with the sources of all; when that one is taken back, the
next takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newswire.store import articles, tellings
from newswire.store.tellings import Telling

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from newswire.model import Article
    from newswire.store.articles import StoredArticle


@dataclass(frozen=True, slots=True)
class Together:
    """An article as its tellings make it."""

    article_id: str
    article: Article | None
    """None where nobody tells it any more."""
    intake: str
    """Whose telling is shown."""
    tellers: frozenset[str]
    """The intakes that tell it."""


def join(connection: Connection, brought: Telling, known: StoredArticle | None, *, reinstate: bool) -> Together | None:
    """What an article is with one more telling, or with another version of one; None where only one tells it.

    Args:
        connection: a writing transaction in which nobody else publishes.
        brought: what an intake brings.
        known: the article of its id, if there is one.
        reinstate: whether it comes back if it was taken back.
    """
    key = brought.article.id
    article_id = tellings.told(connection, key)
    if article_id is None:
        if known is not None:
            return None
        article_id = tellings.linked(connection, tellings.links_of(brought.article))
        first = articles.load(connection, article_id) if article_id else None
        if article_id is None or first is None or not (brought.of_others or first.of_others):
            return None  # two articles of the site's own are two, whatever links they have
        if not tellings.of_article(connection, article_id):
            tellings.keep(connection, article_id, _first(first))
    before = {one.article.id: one for one in tellings.of_article(connection, article_id)}.get(key)
    if before is not None and before.withdrawn and not reinstate:
        brought = replace(brought, withdrawn=True)
    tellings.keep(connection, article_id, brought)
    return _together(connection, article_id)


def leave(connection: Connection, key: str) -> Together | None:
    """What an article is without a telling; None where the id is of none."""
    article_id = tellings.told(connection, key)
    if article_id is None:
        return None
    mine = next(one for one in tellings.of_article(connection, article_id) if one.article.id == key)
    tellings.keep(connection, article_id, replace(mine, withdrawn=True))
    return _together(connection, article_id)


def _first(stored: StoredArticle) -> Telling:
    """The telling of an article that only one told until now."""
    own = [edition for edition in stored.content.editions if stored.editions[edition.language].intake == stored.intake]
    content = stored.content.model_copy(update={"editions": tuple(own)}) if own else stored.content
    return Telling(
        article=content,
        intake=stored.intake,
        since=stored.seen,
        of_others=stored.of_others,
        withdrawn=stored.withdrawn,
    )


def _together(connection: Connection, article_id: str) -> Together:
    found = tellings.of_article(connection, article_id)
    left = [one for one in found if not one.withdrawn]
    shown = tellings.article_of(article_id, left) if left else None
    return Together(article_id, shown, (left or found)[0].intake, frozenset(one.intake for one in found))
