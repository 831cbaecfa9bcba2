"""What there is to export: every canonical document, what it is made of, and how it is made. Blocking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson

from newswire_feeds import opml
from newswire_feeds.address import FORMATS, OPML_PATH, FeedAddress, read
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.composition import select
from newswire_feeds.export.archives import archives
from newswire_feeds.export.remembering import remembering
from newswire_feeds.joining import compress, join
from newswire_feeds.pages import Pages
from newswire_feeds.press import Press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from newswire.api import Services
    from newswire_feeds.composition import Selection
    from newswire_feeds.options import FeedsOptions

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """A document, ready to be written."""

    plain: bytes
    packed: bytes
    """As gzip, without a time in it: the bytes the web app sends."""
    changed: datetime | None
    """When it last changed, if that is known."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A document to export."""

    path: str
    """Below the folder: its address without the slash in front."""
    stamp: str
    """What it is made of, in short: while this is the same, so is the document."""
    make: Callable[[], Made | None]
    """Gives None where there is no such document any more."""


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that change together: those of one feed, or those that list everything."""

    key: str
    stamp: str
    """While this is the same, so are all of them, and there are no others."""
    plan: Callable[[], Sequence[Planned]]


class Plan:
    """Every document there is.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        past: with the monthly archives.
    """

    def __init__(self, services: Services, options: FeedsOptions, *, past: bool) -> None:
        self._number = services.library.latest()
        self._services = remembering(services)
        self._options = options
        self._past = past
        self._catalogue = Catalogue(self._services)
        self._catalogue.renew(self._number)
        self._press = Press(self._services, options, self._catalogue, memory=options.memory * _MEGABYTE)
        self._pages = Pages(self._services, self._catalogue, options.title)
        self._settings = _digest(*_settings(services, options), past)

    def groups(self) -> list[Group]:
        """All documents, in groups."""
        lists = Group("", _digest(self._settings, self._number), self._lists)
        return [*(self._group(address) for address in self._feeds()), lists]

    def _feeds(self) -> Iterator[FeedAddress]:
        """Every feed that would be served; empty ones too, so that nobody's subscription breaks."""
        languages = self._services.site.languages
        topics = set(self._services.taxonomy.topics)
        sources: set[str] = set()
        for language in languages:
            topics.update(topic.slug for topic in self._catalogue.topics(language))
            sources.update(source.slug for source in self._catalogue.sources(language))
        for language in languages:
            yield FeedAddress(language, FORMATS[0])
            yield from (FeedAddress(language, FORMATS[0], "topics", topic) for topic in sorted(topics))
            yield from (FeedAddress(language, FORMATS[0], "sources", source) for source in sorted(sources))

    def _group(self, feed: FeedAddress) -> Group:
        selection = select(feed.composition, self._services.filters)
        part = self._catalogue.part(feed)
        if selection is None or part is None:
            return Group(feed.key, "", tuple)
        change = self._services.library.changed(feed.language, topics=selection.topics, sources=selection.sources)
        stamp = _digest(self._settings, part, change.seq if change else 0)
        return Group(feed.key, stamp, partial(self._feed, feed, part, selection, stamp))

    def _feed(self, feed: FeedAddress, part: str, selection: Selection, stamp: str) -> list[Planned]:
        found = [(feed, stamp)]
        if self._past:
            months = self._catalogue.months(feed, selection)
            found += [
                (address, _digest(self._settings, part, *held))
                for address, held in archives(
                    feed, months, selection, library=self._services.library, size=self._options.archive
                )
            ]
        return [
            Planned(each.plain_path.lstrip("/"), made_of, partial(self._document, each, part, selection))
            for address, made_of in found
            for each in map(address.in_format, FORMATS)
        ]

    def _document(self, address: FeedAddress, part: str, selection: Selection) -> Made | None:
        document = self._press.document(address, part, selection)
        if document is None:
            return None
        return Made(join(document.pieces, "identity"), join(document.pieces, "gzip"), document.changed)

    def _lists(self) -> list[Planned]:
        stamp = _digest(self._settings, self._number)
        site = self._services.site
        pages = {f"index.{language}.html": language for language in site.languages}
        return [
            Planned(OPML_PATH.lstrip("/"), stamp, self._opml),
            Planned("index.html", stamp, partial(self._page, site.default_language)),
            *(Planned(path, stamp, partial(self._page, language)) for path, language in pages.items()),
        ]

    def _opml(self) -> Made:
        return _whole(opml.write(self._services, self._catalogue, self._options.title))

    def _page(self, language: str) -> Made:
        return _whole(self._pages.front(FeedAddress(language, "atom")))


def group_of(path: str) -> str:
    """The key of the group that a path of ours is of."""
    address = read(f"/{path}")
    return address.key if address else ""


def _whole(text: bytes) -> Made:
    return Made(text, compress(text, "gzip"), None)


def _settings(services: Services, options: FeedsOptions) -> list[Any]:
    """Everything besides articles that documents are made of."""
    return [
        version("newswire"),
        services.public_url,
        services.site.model_dump(mode="json"),
        options.model_dump(mode="json"),
        {slug: topic.model_dump(mode="json") for slug, topic in services.taxonomy.topics.items()},
        [repr(channel) for channel in services.channels],
        # A set has another order in every process.
        {name: [str(named.topics), sorted(named.sources or ())] for name, named in services.filters.items()},
    ]


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(orjson.dumps(parts), digest_size=12).hexdigest()
