"""Who takes articles, and in which languages there are any: what a publisher knows of the config."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire import subscription
from newswire.errors import InvalidArticle
from newswire.matching import Matcher
from newswire.revision import TRANSLATION_INTAKE
from newswire.store import articles, channels, deliveries, publications, relations

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from newswire.model import Article
    from newswire.revision import Brought
    from newswire.store.articles import StoredArticle
    from newswire.subscription import Subscription


Bring = Callable[["StoredArticle | None", "Circulation"], "Brought"]
"""Makes of what the store knows of an article what is to be there; what it raises leaves all as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A channel as the publisher sees it."""

    name: str
    subscription: Subscription
    max_age: timedelta | None
    """How old an article may be to be news; None for any age."""
    backfill: int = 0
    """How many older articles a new channel gets."""


class Circulation:
    """Who takes articles, and in which languages there are any: what a publisher knows of the config.

    Args:
        subscribers: the enabled channels.
        languages: the languages an edition may be in.
        intakes: the names of the intakes there are.
        related: how many related articles one gets whose intake names none.
    """

    def __init__(
        self,
        subscribers: Sequence[Subscriber],
        languages: Collection[str],
        intakes: Collection[str] = (),
        *,
        related: int = 0,
    ) -> None:
        self.related = related
        self.subscribers = tuple(subscribers)
        self.languages = frozenset(languages)
        self.intakes = frozenset([*intakes, TRANSLATION_INTAKE])
        self.names = frozenset(subscriber.name for subscriber in subscribers)
        self.matcher = Matcher(subscriber.subscription for subscriber in subscribers)
        self.in_step = channels.InStep({})
        """Lanes and channels as the store has them; known once it is in step with the config."""


def suggested_for(
    connection: Connection, article: Article, known: StoredArticle | None, circulation: Circulation
) -> tuple[str, ...]:
    """Related articles for one whose intake names none; they stay while its topics do."""
    if article.related or not circulation.related:
        return ()
    if known is not None and not known.content.related and known.content.topics == article.topics:
        return known.suggested
    return relations.nearest(connection, article, limit=circulation.related)


def check(article: Article, circulation: Circulation) -> None:
    """Looks whether the site has the languages of an article.

    Raises:
        InvalidArticle: an edition is in a language the site does not have.
    """
    foreign = [language for language in article.languages if language not in circulation.languages]
    if foreign:
        raise InvalidArticle(
            f"no edition can be in {', '.join(foreign)}: "
            f"[site] languages are {', '.join(sorted(circulation.languages))}",
            place=article.id,
        )


def fill(connection: Connection, subscriber: Subscriber, now: datetime) -> None:
    """Lets a new channel want the last articles that match it, oldest first."""
    wanted = publications.newest(connection, limit=max(200, subscriber.backfill * 20))
    found = [
        stored
        for stored in articles.load_many(connection, wanted).values()
        if not stored.withdrawn and subscription.judge(stored.content, subscriber.subscription).matched
    ]
    found.sort(key=lambda stored: (stored.published, stored.content.id))
    for stored in found[-subscriber.backfill :]:
        deliveries.force(connection, stored.content.id, stored.rev, subscriber.name, now=now)


def known_article(connection: Connection, article_id: str) -> StoredArticle | None:
    """What is known of an article.

    Raises:
        InvalidArticle: it is none, but something of newswire's own.
    """
    known = articles.load(connection, article_id)
    if known is not None and known.digest_for is not None:
        made = "notice" if known.is_notice else "digest"
        raise InvalidArticle(f"this is the id of a {made}; an article needs another", place=article_id)
    return known
