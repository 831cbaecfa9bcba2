"""What there is to subscribe to: languages, topics and sources, as of one event number. Blocking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babel.lists import format_list

from newswire.api import autonym, locale, phrase
from newswire_feeds.address import FeedAddress, canonical
from newswire_feeds.composition import EVERYTHING, Composition, select
from newswire_feeds.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from newswire.api import Library, Services, SourceCount
    from newswire_feeds.composition import Selection

_FEEDS_KEPT = 5_000
"""Of how many feeds months and languages are remembered."""


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
        self._filters = services.filters
        self._number = -1
        self._months: dict[str, tuple[int, frozenset[date]]] = {}
        self._named: set[str] = set()
        self._relatives: dict[Selection, AbstractSet[str]] = {}
        self._languages: Mapping[str, int] | None = None
        self._topics: Mapping[str, Mapping[str, int]] | None = None
        self._sources: Mapping[str, Sequence[SourceCount]] | None = None
        self._by_month: Mapping[str, Mapping[date, int]] | None = None

    def renew(self, number: int) -> None:
        """Forgets what was true before the event of this number."""
        if number != self._number:
            self._number = number
            self._languages = None
            self._topics = None
            self._sources = None
            self._by_month = None
            self._relatives.clear()

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

    def by_month(self, address: FeedAddress, selection: Selection) -> list[tuple[date, int | None]]:
        """The months a feed has something of, the newest first, with their numbers of articles where those are kept.

        They are kept of the feed of everything: of others they would have to be counted anew for each who asks.
        """
        if self._by_month is None:
            self._by_month = self._library.months_counted()
        counts = self._by_month.get(address.language, {}) if address.composition == EVERYTHING else {}
        return [(month, counts.get(month)) for month in reversed(self.months(address, selection))]

    def beside(self, language: str, topics: Sequence[str]) -> Sequence[TopicCount]:
        """The topics that go with the first of some topics and are not among them, the nearest first."""
        found = self._library.topics_beside(topics[0], language) if topics else ()
        counts = self._topic_counts(language)
        return [
            TopicCount(slug, self._taxonomy.label(slug, language), counts.get(slug, 0))
            for slug in found
            if slug not in topics
        ]

    def filtered(self, language: str) -> Sequence[tuple[str, FeedAddress]]:
        """The feeds of the config's filters that have articles in a language, with what they are of."""
        found = []
        for name in self._filters:
            address = FeedAddress(language, "atom", composed=Composition(filter=name))
            selection, part = select(address.composed, self._filters), self.part(address)
            if (
                selection
                and part
                and self._library.entries(language, topics=selection.topics, sources=selection.sources, limit=1)
            ):
                found.append((part, address))
        return found

    def has_topic(self, slug: str) -> bool:
        """Whether there is such a topic: the taxonomy has it, or an article names it."""
        if slug in self._taxonomy.topics or slug in self._named:
            return True
        found = self._library.has_topic(slug)
        if found:
            self._named.add(slug)  # what an article named once stays known
        return found

    def has_source(self, slug: str) -> bool:
        """Whether an article ever came from the source."""
        return self._library.source_name(slug) is not None

    def has_filter(self, name: str) -> bool:
        """Whether the config has such a filter; no filter at all is there, too."""
        return not name or name in self._filters

    def part(self, address: FeedAddress) -> str | None:
        """What a feed is of, in its readers' words; None where there is no such topic, source or filter.

        A topic is there when the taxonomy has it or an article names it, a source when an article of any language
        came from it: a feed once subscribed to must not be gone because it is empty.
        """
        composition = address.composition
        topics = self._labels(composition.topics, address.language)
        without = self._labels(composition.without, address.language)
        sources = [self._library.source_name(slug) for slug in composition.sources]
        if topics is None or without is None or None in sources or not self.has_filter(composition.filter):
            return None
        of = [composition.filter.replace("-", " "), _any(topics, address.language)]
        of += [words(address.language)["without"].format(topics=_any(without, address.language)) if without else ""]
        of += [_any([name for name in sources if name], address.language)]
        named = " · ".join(filter(None, of)) or autonym(address.language)
        digest = composition.digest
        return f"{named} · {phrase(f'digest_{digest}', address.language)}" if digest else named

    def unknown(self, address: FeedAddress) -> FeedAddress | None:
        """The feed that was probably meant by an address that names topics there are not; None where nobody knows."""
        composition = address.composition
        topics, without = self._meant(composition.topics), self._meant(composition.without)
        if topics is None or without is None:
            return None
        meant = replace(composition, topics=topics, without=without)
        asked = replace(address, kind=None, name="", composed=meant)
        found = canonical(asked, self._site.languages, self._taxonomy)
        return found if found and found != address and self.part(found) else None

    def relatives(self, address: FeedAddress, selection: Selection) -> list[FeedAddress]:
        """The same feed in the other languages in which something new is in it."""
        spoken = self._relatives.get(selection)
        if spoken is None:
            spoken = self._library.languages_of(topics=selection.topics, sources=selection.sources)
            if len(self._relatives) >= _FEEDS_KEPT:
                self._relatives.clear()
            self._relatives[selection] = spoken
        return [
            address.in_language(language)
            for language in self._site.languages
            if language in spoken and language != address.language
        ]

    def months(self, address: FeedAddress, selection: Selection) -> list[date]:
        """The months a feed has something of, the oldest first; each is remembered, only news are asked for."""
        seen, known = self._months.pop(address.key, (0, frozenset()))
        if seen != self._number:
            found = self._library.months(
                address.language, topics=selection.topics, sources=selection.sources, after=seen
            )
            known = known | found
        self._months[address.key] = (self._number, known)
        if len(self._months) > _FEEDS_KEPT:
            self._months.pop(next(iter(self._months)))
        return sorted(known)

    def _labels(self, slugs: Sequence[str], language: str) -> list[str] | None:
        known = all(self.has_topic(slug) for slug in slugs)
        return [self._taxonomy.label(slug, language) for slug in slugs] if known else None

    def _meant(self, slugs: Sequence[str]) -> tuple[str, ...] | None:
        found = [slug if self.has_topic(slug) else self._taxonomy.suggest(slug) for slug in slugs]
        return None if None in found else tuple(slug for slug in found if slug)

    def _topic_counts(self, language: str) -> Mapping[str, int]:
        if self._topics is None:
            self._topics = self._library.topics()
        return self._topics.get(language, {})


def _any(names: Sequence[str], language: str) -> str:
    """Names as a language lists them: ``a, b or c``."""
    return format_list(list(names), style="or", locale=locale(language)) if names else ""
