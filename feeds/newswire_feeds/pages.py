"""The pages people see: the front page for readers, and the page where there is no feed. Blocking, one thread."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from newswire.api import autonym, closest, direction, locale, phrase
from newswire_feeds.address import FORMAT_NAMES, FORMATS, MEDIA_TYPES, OPML_PATH, FeedAddress
from newswire_feeds.identity import uri
from newswire_feeds.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import ChannelListing, Services, Story
    from newswire_feeds.address import Kind
    from newswire_feeds.catalogue import Catalogue

HEADLINES = 10


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
    listing: ChannelListing
    topics: tuple[str, ...]
    """Labels where the filter is a plain list."""
    expression: str
    """The filter itself where it is more than a list."""


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
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; "
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
            direction=direction,
            uri=uri,
        )

    def front(self, language: str) -> bytes:
        """The front page in one of the site's languages."""
        library = self._services.library
        entries = library.entries(language, limit=HEADLINES)[:HEADLINES]
        found = library.stories([entry.article_id for entry in entries], language)
        stories = [found[entry.article_id] for entry in entries if entry.article_id in found]
        return self._render(
            "front.html",
            language,
            everything=self._everything(language),
            others=[self._everything(other) for other in self._filled() if other != language],
            languages=self._catalogue.languages(),
            topics=self._listed(language, "topics"),
            sources=self._listed(language, "sources"),
            channels=self._channels(language),
            headlines=[(story, _day(story, language)) for story in stories],
        )

    def missing(self, language: str, *, kind: Kind | None = None, meant: FeedAddress | None = None) -> bytes:
        """The page that says there is no such feed, and which there are.

        Args:
            language: one of the site's languages.
            kind: what was asked for: topics or sources of the language, else languages.
            meant: a feed there is that was probably meant.
        """
        feeds = self._listed(language, kind) if kind else []
        everything = [self._everything(other) for other in ([language] if kind else self._services.site.languages)]
        return self._render("missing.html", language, feeds=[*everything, *feeds], meant=meant)

    def _render(self, name: str, language: str, **values: object) -> bytes:
        tongue = spoken(language)
        page = self._templates.get_template(name).render(
            language=language,
            tongue=tongue,
            words=words(language),
            phrases={key: phrase(key, tongue) for key in ("topics", "languages", "feeds", "channels")},
            **values,
        )
        return page.encode()

    def _filled(self) -> list[str]:
        return [language for language, count in self._catalogue.languages().items() if count]

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

    def _channels(self, language: str) -> Sequence[ListedChannel]:
        """The channels, those a reader of the language can read first."""
        listed = [self._channel(listing, language) for listing in self._services.channels]
        return sorted(listed, key=lambda channel: closest(language, channel.listing.languages) is None)

    def _channel(self, listing: ChannelListing, language: str) -> ListedChannel:
        platform = listing.kind.replace("_", " ").title()
        expression = listing.topics or ""
        if re.search(r"[&!()]", expression):
            return ListedChannel(platform, listing, (), expression)
        slugs = [slug.strip() for slug in expression.split("|") if slug.strip()]
        labels = tuple(self._services.taxonomy.label(slug, language) for slug in slugs)
        return ListedChannel(platform, listing, labels, "")


def _day(story: Story, language: str) -> str:
    return str(format_date(story.published.date(), format="long", locale=locale(spoken(language))))
