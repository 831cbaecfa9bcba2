"""What there is to subscribe to: languages, topics and sources, as of one event number. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.api import any_topic, autonym

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire.api import Library, Services, SourceCount
    from newswire_feeds.address import FeedAddress


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic, what readers call it, and how many articles it has."""

    slug: str
    label: str
    count: int


class Catalogue:
    """What there is, remembered until the event log has grown. Used by one thread."""

    def __init__(self, services: Services) -> None:
        self._site = services.site
        self._taxonomy = services.taxonomy
        self._library: Library = services.library
        self._number = -1
        self._languages: Mapping[str, int] | None = None
        self._topics: Mapping[str, Mapping[str, int]] | None = None
        self._sources: Mapping[str, Sequence[SourceCount]] | None = None

    def renew(self, number: int) -> None:
        """Forgets what was true before the event of this number."""
        if number != self._number:
            self._number = number
            self._languages = None
            self._topics = None
            self._sources = None

    def languages(self) -> Mapping[str, int]:
        """The site's languages with their numbers of articles."""
        if self._languages is None:
            counts = self._library.languages()
            self._languages = {language: counts.get(language, 0) for language in self._site.languages}
        return self._languages

    def topics(self, language: str) -> Sequence[TopicCount]:
        """The topics with articles in a language, the most frequent first."""
        return [
            TopicCount(slug, self._taxonomy.label(slug, language), count)
            for slug, count in self._topic_counts(language).items()
            if count
        ]

    def sources(self, language: str) -> Sequence[SourceCount]:
        """The sources of a language's articles, the most frequent first."""
        if self._sources is None:
            self._sources = self._library.sources()
        return self._sources.get(language, ())

    def part(self, address: FeedAddress) -> str | None:
        """What a feed is of, in its readers' words; None where there is no such topic or source.

        A topic is there when the taxonomy has it or an article names it, a source when an article of any language
        came from it: a feed once subscribed to must not be gone because it is empty.
        """
        if address.kind is None:
            return autonym(address.language)
        if address.kind == "topics":
            known = address.name in self._taxonomy.topics or self._library.has_topic(address.name)
            return self._taxonomy.label(address.name, address.language) if known else None
        return self._library.source_name(address.name)

    def relatives(self, address: FeedAddress) -> list[FeedAddress]:
        """The same feed in the other languages in which something new is in it."""
        topics = any_topic((address.name,)) if address.kind == "topics" else None
        sources = (address.name,) if address.kind == "sources" else ()
        spoken = self._library.languages_of(topics=topics, sources=sources)
        return [
            address.in_language(language)
            for language in self._site.languages
            if language in spoken and language != address.language
        ]

    def _topic_counts(self, language: str) -> Mapping[str, int]:
        if self._topics is None:
            self._topics = self._library.topics()
        return self._topics.get(language, {})
