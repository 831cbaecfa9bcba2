"""What is published, as plugins may read it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from newswire import languages, story, subscription
from newswire.digests import digest_story
from newswire.notice import notice_of
from newswire.services import SourceCount
from newswire.store import articles, events, past, publications, relations, tallies
from newswire.story import Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.filters import Expression
    from newswire.services import Change, Departure, Entry, ListName
    from newswire.site import Site
    from newswire.store.articles import StoredArticle
    from newswire.store.engine import Engines
    from newswire.story import Story
    from newswire.taxonomy import Taxonomy
    from newswire.translation.readers import Offer


class StoredLibrary:
    """Read access to what is published; see `newswire.services.Library`."""

    def __init__(self, engines: Engines, site: Site, taxonomy: Taxonomy, offer: Offer | None = None) -> None:
        self._engines = engines
        self._offer = offer
        self._site = site
        self._taxonomy = taxonomy
        self._held = threading.local()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Lets everything this thread asks within see one state."""
        with self._engines.read() as connection:
            self._held.connection = connection
            try:
                yield
            finally:
                del self._held.connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        held: Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            yield held
        else:
            with self._engines.read() as connection:
                yield connection

    def latest(self) -> int:
        """The number of the newest event, 0 before the first."""
        with self._read() as connection:
            return events.latest(connection)

    def changed(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Change | None:
        """The event by which a list last changed in any way, None where it never did."""
        with self._read() as connection:
            return publications.changed(connection, language, topics=topics, sources=sources)

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        """What is published in a language, the newest change first, each article once."""
        with self._read() as connection:
            return publications.entries(connection, language, topics=topics, sources=sources, limit=limit, since=since)

    def departures(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 200
    ) -> Sequence[Departure]:
        """What was taken out of a list and did not come back, the newest first."""
        with self._read() as connection:
            return past.departures(connection, language, topics=topics, sources=sources, limit=limit)

    def months(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), after: int = 0
    ) -> AbstractSet[date]:
        """The months in which articles of a list first appeared, each as its first day."""
        with self._read() as connection:
            return past.months(connection, language, topics=topics, sources=sources, after=after)

    def month(
        self, language: str, first_day: date, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Sequence[Entry | Departure]:
        """What first appeared in a language in one month, in that order."""
        with self._read() as connection:
            return past.month(connection, language, first_day, topics=topics, sources=sources)

    def appeared(
        self,
        language: str,
        begin: datetime,
        end: datetime,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
    ) -> Sequence[Entry | Departure]:
        """What first appeared in a language between two times, in that order."""
        with self._read() as connection:
            return past.appeared(connection, language, begin, end, topics=topics, sources=sources)

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        """The stories of articles for readers of a language."""
        with self._read() as connection:
            found = articles.load_many(connection, article_ids)
            beside = {key for stored in found.values() for key in stored.related}
            related = links(articles.load_many(connection, sorted(beside)).values(), language)
        result = {}
        for article_id in article_ids:
            stored = found.get(article_id)
            if stored is None or stored.withdrawn:
                continue
            choice, _ = subscription.choose(stored.content, (language,), "teaser")
            if choice is not None:
                result[article_id] = tell(stored, choice, language, self._taxonomy, related, self._offer)
        return result

    def languages(self) -> Mapping[str, int]:
        """How many articles each language has, the site's languages first and all of them."""
        with self._read() as connection:
            counted = tallies.counted(connection, tallies.EVERYTHING)
        return {tag: sum(counted.get(tag, {}).values()) for tag in self._site.languages}

    def touched(self, after: int, until: int) -> AbstractSet[ListName]:
        """The lists that were changed by the events after one number up to another."""
        with self._read() as connection:
            return publications.touched(connection, after, until)

    def languages_of(
        self, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 100
    ) -> AbstractSet[str]:
        """The languages of the newest articles of a list."""
        with self._read() as connection:
            return publications.languages_of(connection, topics=topics, sources=sources, limit=limit)

    def topics(self) -> Mapping[str, Mapping[str, int]]:
        """By language: how many articles each topic has, the most frequent first."""
        with self._read() as connection:
            return tallies.counted(connection, tallies.TOPICS)

    def sources(self) -> Mapping[str, Sequence[SourceCount]]:
        """By language: the sources of its articles, the most frequent first."""
        with self._read() as connection:
            counted, names = tallies.counted(connection, tallies.SOURCES), publications.source_names(connection)
        return {
            language: [SourceCount(slug, names[slug], number) for slug, number in numbers.items()]
            for language, numbers in counted.items()
        }

    def months_counted(self) -> Mapping[str, Mapping[date, int]]:
        """By language: how many of its articles first appeared in each month, the newest first."""
        with self._read() as connection:
            counted = tallies.counted(connection, tallies.MONTHS)
        return {
            language: {date.fromisoformat(f"{month}-01"): numbers[month] for month in sorted(numbers, reverse=True)}
            for language, numbers in counted.items()
        }

    def topics_beside(self, slug: str, language: str, *, limit: int = 10) -> Sequence[str]:
        """The topics that go with a topic, the nearest first."""
        with self._read() as connection:
            return relations.topics_beside(connection, slug, language, limit=limit)

    def has_topic(self, slug: str) -> bool:
        """Whether any article names the topic, or did."""
        with self._read() as connection:
            return publications.has_topic(connection, slug)

    def source_name(self, slug: str) -> str | None:
        """The name of a source, None where no article ever came from it."""
        with self._read() as connection:
            return publications.source_name(connection, slug)


def links(stored: Iterable[StoredArticle], language: str) -> dict[str, Link]:
    """Title and address of articles for readers of a language, by id; the original's where there is no better."""
    result = {}
    for item in stored:
        if item.withdrawn:
            continue
        tag = languages.closest(language, item.editions) or item.content.original_language
        edition = item.content.edition(tag) or item.content.original
        result[item.content.id] = Link(edition.title, edition.url, edition.language)
    return result


def tell(  # noqa: PLR0917  # what a story is made of
    stored: StoredArticle,
    choice: subscription.Choice,
    reader_language: str,
    taxonomy: Taxonomy,
    related: Mapping[str, Link],
    offer: Offer | None = None,
) -> Story:
    """The story of a stored article; its times are those of the editions it is told in."""
    edition = stored.editions[choice.edition.language]
    parts = [edition] + ([stored.editions[choice.body.language]] if choice.body else [])
    return story.resolve(
        stored.content,
        choice,
        rev=stored.rev,
        reader_language=reader_language,
        taxonomy=taxonomy,
        published=edition.appeared,
        updated=max([stored.changed, *(part.changed for part in parts)]),
        related=[related[key] for key in stored.related if key in related and key != stored.content.id],
        ask_url=offer.address(stored.content, choice, reader_language) if offer is not None else None,
    )


def story_for(
    stored: StoredArticle,
    beside: Mapping[str, StoredArticle],
    *,
    channel: str,
    wanted: subscription.Subscription,
    reader_language: str,
    taxonomy: Taxonomy,
    offer: Offer | None = None,
) -> tuple[Story | None, str]:
    """The story that a channel would post of an article or a digest, and why; None where it would not.

    Args:
        stored: the article or digest.
        beside: the articles it relates to, or lists.
        channel: the channel's name.
        wanted: what it takes.
        reader_language: the language its readers are spoken to in.
        taxonomy: gives topics their labels.
        offer: the translations that readers can ask for, if they can.
    """
    if stored.digest_for is not None:
        members = [beside[key] for key in stored.content.related if key in beside]
        mine = stored.digest_for == channel
        if stored.is_notice:
            return notice_of(stored.content).story() if mine else None, f"it is a notice for {stored.digest_for}"
        told = tell_digest(stored, members, wanted, reader_language, taxonomy) if mine else None
        return told, f"it is a digest for {stored.digest_for}"
    verdict = subscription.judge(stored.content, wanted)
    if not verdict.matched or verdict.choice is None:
        return None, verdict.because
    related = links(beside.values(), reader_language)
    return tell(stored, verdict.choice, reader_language, taxonomy, related, offer), verdict.because


def tell_digest(
    stored: StoredArticle,
    members: Iterable[StoredArticle],
    wanted: subscription.Subscription,
    reader_language: str,
    taxonomy: Taxonomy,
) -> Story:
    """The story of a stored digest, with the articles it lists as its channel's readers get them.

    Those that are withdrawn, and those that the readers can have no edition of any more, are not in it.
    """
    told = []
    for member in members:
        choice, _ = subscription.choose(member.content, wanted.languages, wanted.fallback)
        if choice is not None and not member.withdrawn:
            told.append(tell(member, choice, reader_language, taxonomy, {}))
    own = stored.content.original
    return replace(
        digest_story(
            told,
            article_id=stored.content.id,
            title=own.title,
            url=own.url,
            language=own.language,
            published=stored.published,
        ),
        rev=stored.rev,
    )
