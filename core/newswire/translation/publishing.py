"""What a machine made goes in, and is taken back, through the publisher. Blocking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire import revision
from newswire.circulation import check
from newswire.errors import UnknownArticle
from newswire.store.again import made_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.circulation import Circulation
    from newswire.model import Edition
    from newswire.publisher import Published, Publisher
    from newswire.revision import Brought
    from newswire.store.articles import StoredArticle


@made_again
def publish(publisher: Publisher, article_id: str, decide: Callable[[StoredArticle], Edition]) -> Published:
    """Takes in an edition that a machine made; see `newswire.revision.translated` for what stays.

    Args:
        publisher: takes it in.
        article_id: the article.
        decide: gives the edition; perhaps called several times. What it raises leaves all as it was.

    Raises:
        UnknownArticle: there is none of this id.
    """

    def bring(known: StoredArticle | None, circulation: Circulation) -> Brought:
        present = _there(known, article_id)
        brought = revision.bring_translation(decide(present), present)
        check(brought.merged, circulation)
        return brought

    return publisher.take(article_id, bring)


@made_again
def take_back(publisher: Publisher, article_id: str, language: str) -> Published:
    """Takes back what a machine translated; what people wrote stays.

    Raises:
        UnknownArticle: there is none of this id.
    """
    return publisher.take(
        article_id, lambda known, _: revision.take_translation_back(language, _there(known, article_id))
    )


def _there(known: StoredArticle | None, article_id: str) -> StoredArticle:
    if known is None:
        raise UnknownArticle(f"no article has the id {article_id!r}")
    return known
