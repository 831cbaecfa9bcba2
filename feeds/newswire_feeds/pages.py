"""The pages people see: the front page for readers, and the page where there is no feed. Blocking, one thread."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from newswire.api import SourceCount, autonym, closest, direction, language_name, locale, parse_filter, phrase
from newswire_feeds.address import FORMAT_NAMES, FORMATS, MEDIA_TYPES, OPML_PATH, FeedAddress
from newswire_feeds.catalogue import TopicCount
from newswire_feeds.choice import choice_query, front_page
from newswire_feeds.composition import EVERYTHING, select
from newswire_feeds.identity import uri
from newswire_feeds.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AskedTranslation, ChannelListing, Entry, Services, Story
    from newswire_feeds.address import Kind
    from newswire_feeds.catalogue import Catalogue
    from newswire_feeds.composition import Selection

LISTED = 20
"""Feeds on the page that says there is no such feed; the front page has all."""
HEADLINES = 10
"""Articles on the front page."""
TOPICS = 36
"""Topics on the front page that need no unfolding."""
ENTRIES = 50
"""Articles on a feed's page."""
MONTHS = 12
"""Months of an archive that need no unfolding."""


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed with the addresses of its formats, as a page lists it."""

    label: str
    title: str
    language: str
    count: int | None
    addresses: tuple[FeedAddress, ...]


@dataclass(frozen=True, slots=True)
class ListedChannel:
    """A channel as a page lists it."""

    platform: str
    address: str
    """Where it is followed, as people write it."""
    listing: ChannelListing
    topics: tuple[str, ...]
    """Labels where the filter is a plain list."""
    expression: str
    """The filter itself where it is more than a list."""


@dataclass(frozen=True, slots=True)
class ListedMonth:
    """A month of a feed's archive as a page lists it."""

    label: str
    path: str
    count: int | None
    """How many articles it has, where that is known."""


class Pages:
    """Renders the pages.

    Args:
        services: the room.
        catalogue: what there is.
        title_pattern: how feeds are called.
    """

    def __init__(self, services: Services, catalogue: Catalogue, title_pattern: str) -> None:
        self._services = services
        self._catalogue = catalogue
        self._title_pattern = title_pattern
        self._templates = Environment(
            loader=PackageLoader("newswire_feeds"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = files("newswire_feeds").joinpath("templates", "page.css").read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
        self.security_policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        """The header ``Content-Security-Policy``: nothing but the page's own style, by its hash."""
        self._templates.globals.update(
            style=Markup(style),  # noqa: S704  # a file of this package
            site=services.site,
            public_url=services.public_url,
            opml_path=OPML_PATH,
            media_types=MEDIA_TYPES,
            format_names=FORMAT_NAMES,
            autonym=autonym,
            language_name=language_name,
            phrase=phrase,
            direction=direction,
            uri=uri,
        )

    def front(self, choice: FeedAddress) -> bytes:
        """The front page, with a feed chosen."""
        language, composition = choice.language, choice.composition
        selection = select(composition, self._services.filters)
        entries: Sequence[Entry] = ()
        if selection is not None:
            library = self._services.library
            entries = library.entries(language, topics=selection.topics, sources=selection.sources, limit=HEADLINES)
        feed = self._feed(self._catalogue.part(choice) or autonym(language), choice, None)
        picked = composition != EVERYTHING
        return self._render(
            "front.html",
            language,
            feed=feed,
            picked=picked,
            discovered=[feed, *([self._everything(language)] if picked else []), *self._others(language)],
            composition=composition,
            query=choice_query(choice),
            languages={
                other: (front_page(choice.in_language(other)), count)
                for other, count in self._catalogue.languages().items()
            },
            topics=self._topics(language, composition.topics),
            most=TOPICS,
            beside=[
                (topic, front_page(choice.with_topic(topic.slug)))
                for topic in self._catalogue.beside(language, composition.topics)
            ],
            sources=self._sources(language, composition.sources),
            months=self._months(choice, selection),
            channels=self._channels(language, composition.topics),
            most_months=MONTHS,
            headlines=self._headlines(entries[:HEADLINES], language),
        )

    def feed(
        self, address: FeedAddress, part: str, entries: Sequence[Entry], relatives: Sequence[FeedAddress]
    ) -> bytes:
        """The page of a feed, for those who open its address in a browser.

        Args:
            address: the feed's, or of a month of it.
            part: what it is of, in its readers' words.
            entries: what is in it, the newest first.
            relatives: the same feed in other languages.
        """
        month = address.archive.month if address.archive else None
        return self._render(
            "feed.html",
            address.language,
            feed=self._feed(part, address.current, None),
            month=format_skeleton("yMMMM", month, locale=locale(address.language)) if month else "",
            relatives=relatives,
            beside=[
                (topic, FeedAddress(address.language, address.format, "topics", topic.slug).path)
                for topic in self._catalogue.beside(address.language, address.composition.topics)
            ],
            months=self._months(address.current, select(address.composition, self._services.filters)),
            chosen=front_page(address),
            most_months=MONTHS,
            headlines=self._headlines(entries if month else entries[:ENTRIES], address.language),
        )

    def _months(self, address: FeedAddress, selection: Selection | None) -> list[ListedMonth]:
        """The months of a feed, the newest first, in its readers' words."""
        if selection is None or address.composition.digest:
            return []
        spoken_as = locale(spoken(address.language))
        return [
            ListedMonth(str(format_skeleton("yMMMM", month, locale=spoken_as)), address.of_month(month).path, count)
            for month, count in self._catalogue.by_month(address, selection)
        ]

    def ask(self, language: str, story: Story | None, standing: AskedTranslation, *, action: str, token: str) -> bytes:
        """The page at which a reader asks for a translation.

        Args:
            language: what the article is wanted in.
            story: the article as readers of the language have it; None where they have nothing of it.
            standing: whether it can be asked for.
            action: where the form is sent.
            token: what the form proves by that it is ours.
        """
        tongue = spoken(language)
        heading = phrase("read_in", tongue, language=language_name(language, tongue))
        return self._render(
            "ask.html", language, heading=heading, story=story, standing=standing, action=action, token=token
        )

    def _topics(self, language: str, chosen: Sequence[str]) -> list[TopicCount]:
        """The topics to choose, those chosen first; of these also such as have nothing in the language yet."""
        found = {topic.slug: topic for topic in self._catalogue.topics(language)}
        label = self._services.taxonomy.label
        first = [found.pop(slug) if slug in found else TopicCount(slug, label(slug, language), 0) for slug in chosen]
        return [*first, *found.values()]

    def _sources(self, language: str, chosen: Sequence[str]) -> list[SourceCount]:
        """The sources to choose, also a chosen one that has nothing in the language yet."""
        found = list(self._catalogue.sources(language))
        missing = set(chosen) - {source.slug for source in found}
        names = {slug: self._services.library.source_name(slug) or slug for slug in missing}
        return [*found, *(SourceCount(slug, name, 0) for slug, name in sorted(names.items()))]

    def _headlines(self, entries: Sequence[Entry], language: str) -> list[tuple[Story, str]]:
        found = self._services.library.stories([entry.article_id for entry in entries], language)
        stories = [found[entry.article_id] for entry in entries if entry.article_id in found]
        return [(story, _day(story, language)) for story in stories]

    def _others(self, language: str) -> list[ListedFeed]:
        filled = (other for other, count in self._catalogue.languages().items() if count and other != language)
        return [self._everything(other) for other in filled]

    def missing(self, language: str, *, kind: Kind | None = None, meant: FeedAddress | None = None) -> bytes:
        """The page that says there is no such feed, and which there are.

        Args:
            language: one of the site's languages.
            kind: what was asked for: topics or sources of the language, else languages.
            meant: a feed there is that was probably meant.
        """
        feeds = self._listed(language, kind)[:LISTED] if kind else []
        everything = [self._everything(other) for other in ([language] if kind else self._services.site.languages)]
        return self._render("missing.html", language, feeds=[*everything, *feeds], meant=meant)

    def _render(self, name: str, language: str, **values: object) -> bytes:
        tongue = spoken(language)
        page = self._templates.get_template(name).render(
            language=language,
            tongue=tongue,
            words=words(language),
            phrases={
                key: phrase(key, tongue)
                for key in ("topics", "languages", "feeds", "channels", "source", "other_languages")
            },
            **values,
        )
        return page.encode()

    def _everything(self, language: str) -> ListedFeed:
        count = self._catalogue.languages()[language]
        return self._feed(autonym(language), FeedAddress(language, "rss"), count)

    def _listed(self, language: str, kind: Kind) -> list[ListedFeed]:
        if kind == "topics":
            found = [(topic.slug, topic.label, topic.count) for topic in self._catalogue.topics(language)]
        else:
            found = [(source.slug, source.name, source.count) for source in self._catalogue.sources(language)]
        return [self._feed(label, FeedAddress(language, "rss", kind, slug), count) for slug, label, count in found]

    def _feed(self, label: str, address: FeedAddress, count: int | None) -> ListedFeed:
        title = self._title_pattern.format(site=self._services.site.name, part=label)
        return ListedFeed(label, title, address.language, count, tuple(map(address.in_format, FORMATS)))

    def _channels(self, language: str, topics: Sequence[str]) -> list[ListedChannel]:
        """The channels a reader of the language can follow, and that carry something of what was chosen."""
        return [
            self._channel(listing, language)
            for listing in self._services.channels
            if listing.address and closest(language, listing.languages) and _fits(listing, topics)
        ]

    def _channel(self, listing: ChannelListing, language: str) -> ListedChannel:
        platform = listing.kind.replace("_", " ").title()
        address = (listing.address or "").split("://", 1)[-1].rstrip("/")
        expression = listing.topics or ""
        if re.search(r"[&!()]", expression):
            return ListedChannel(platform, address, listing, (), expression)
        slugs = [slug.strip() for slug in expression.split("|") if slug.strip()]
        labels = tuple(self._services.taxonomy.label(slug, language) for slug in slugs)
        return ListedChannel(platform, address, listing, labels, "")


def _fits(listing: ChannelListing, topics: Sequence[str]) -> bool:
    """Whether a channel takes articles of one of the topics at least; without topics every channel does."""
    if not topics or listing.topics is None:
        return True
    takes = parse_filter(listing.topics)
    return any(takes.matches({topic}) for topic in topics)


def _day(story: Story, language: str) -> str:
    return str(format_date(story.published.date(), format="long", locale=locale(spoken(language))))
