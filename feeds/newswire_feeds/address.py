"""The addresses of feeds: reading, canonical form, and the feed's relatives. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import quote

from newswire.api import slugify, standardize
from newswire_feeds.composition import EVERYTHING, Composition, normal, read_composition, topic_slug

if TYPE_CHECKING:
    from collections.abc import Collection

    from newswire.api import Taxonomy

Format = Literal["rss", "atom", "json"]
Kind = Literal["topics", "sources"]

FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    # JSON Feed 1.1, "Suggestions for publishers": the MIME type is application/feed+json.
    "json": "application/feed+json",
}
FORMAT_NAMES: dict[Format, str] = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
OPML_PATH = "/feeds.opml"

_ROOT = "/feeds/"
# RFC 5646 section 4.4.1: an application that limits the length of tags should allow for 35 characters.
_LONGEST_TAG = 35
_LONGEST_NAME = 200
_ARCHIVE = re.compile(
    r"(?P<stem>.+)/archive/(?P<year>[12][0-9]{3})/(?P<month>[0-9]{1,2})(?:-(?P<part>[1-9][0-9]{0,5}))?"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """One document of a month's archive. A long month has several; the last of them bears no number."""

    month: date
    """Its first day."""
    part: int = 0
    """Counted from 1, the oldest; 0 for the last, to which entries are still added while the month lasts."""


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Names one document: everything in a language, or a part of it, in a format."""

    language: str
    format: Format
    kind: Kind | None = None
    name: str = ""
    """The slug of the topic or source; empty where there is no kind."""
    composed: Composition = EVERYTHING
    """What it is composed of; empty where it is a feed of everything, of a topic or of a source."""
    archive: Archive | None = None
    """Which part of its past it is; None for the current document."""

    @property
    def key(self) -> str:
        """Names the feed apart from format and month, percent-encoded: ``de/topics/chips``."""
        stem = "/".join((self.language, self.kind, quote(self.name, safe=""))) if self.kind else self.language
        return f"{stem}?{self.composed.query}" if self.composed.query else stem

    @property
    def path(self) -> str:
        """Its path, percent-encoded, with the query of a composed feed: what stands behind the host."""
        stem, mark, query = self.key.partition("?")
        return f"{_ROOT}{stem}{self._place}.{self.format}{mark}{query}"

    @property
    def plain_path(self) -> str:
        """Its path with nothing encoded and without the query, as a web server hands it over."""
        stem = f"{self.language}/{self.kind}/{self.name}" if self.kind else self.language
        return f"{_ROOT}{stem}{self._place}.{self.format}"

    @property
    def query(self) -> str:
        """The query of a composed feed, percent-encoded; empty for any other."""
        return self.composed.query

    @property
    def composition(self) -> Composition:
        """What it is of, however its address says it."""
        if self.kind == "topics":
            return replace(self.composed, topics=(self.name,))
        return replace(self.composed, sources=(self.name,)) if self.kind == "sources" else self.composed

    def with_topic(self, slug: str) -> FeedAddress:
        """The feed that is of one topic more."""
        of = self.composition
        return replace(self, kind=None, name="", composed=replace(of, topics=tuple(sorted({*of.topics, slug}))))

    @property
    def current(self) -> FeedAddress:
        """The document with the newest entries of the same feed."""
        return replace(self, archive=None)

    @property
    def _place(self) -> str:
        if self.archive is None:
            return ""
        return f"/archive/{self.archive.month:%Y/%m}{f'-{self.archive.part}' if self.archive.part else ''}"

    def in_language(self, language: str) -> FeedAddress:
        """The same feed in another language."""
        return replace(self, language=language)

    def in_format(self, form: Format) -> FeedAddress:
        """The same feed in another format."""
        return replace(self, format=form)

    def of_month(self, month: date, part: int = 0) -> FeedAddress:
        """A document of the same feed's archive."""
        return replace(self, archive=Archive(month, part))


def read(path: str, query: str = "") -> FeedAddress | None:
    """Takes an address apart; nothing is said of whether its names are known.

    Args:
        path: decoded.
        query: as it was sent; what has no meaning in it is left out.

    Returns:
        None where the path cannot be a feed's.

    Raises:
        TooMuchAsked: the query names more than a feed may be composed of.
    """
    stem, dot, ending = path.removeprefix(_ROOT).rpartition(".")
    form = next((form for form in FORMATS if form == ending.lower()), None)
    if not path.startswith(_ROOT) or not dot or form is None or not path.isprintable():
        return None
    archive = None
    found = _ARCHIVE.fullmatch(stem)
    if found:
        if not 1 <= int(found["month"]) <= 12:  # noqa: PLR2004  # the months of a year
            return None
        archive = Archive(date(int(found["year"]), int(found["month"]), 1), int(found["part"] or 0))
        stem = found["stem"]
    composed = read_composition(query)
    match stem.split("/"):
        case [language] if language:
            return FeedAddress(language, form, composed=composed, archive=archive)
        case [language, "topics" | "sources" as kind, name] if language and 0 < len(name) <= _LONGEST_NAME:
            return FeedAddress(language, form, "topics" if kind == "topics" else "sources", name, composed, archive)
    return None


def canonical(address: FeedAddress, languages: Collection[str], taxonomy: Taxonomy) -> FeedAddress | None:
    """The one spelling of an address.

    It has the site's own language tag, slugs instead of labels, aliases and names, and no query where a path says
    the same.

    Args:
        address: as it was asked for.
        languages: the site's languages.
        taxonomy: the topics.

    Returns:
        None where the language is not one of the site's.
    """
    language = known_language(address.language, languages)
    if language is None:
        return None
    parts = address.composed
    if address.kind == "topics":
        parts = replace(parts, topics=(*parts.topics, topic_slug(address.name, taxonomy)))
    elif address.kind == "sources":
        parts = replace(parts, sources=(*parts.sources, slugify(address.name)))
    parts = normal(parts, taxonomy)
    if address.archive:  # it has the articles themselves
        parts = replace(parts, digest="")
    if parts == Composition(topics=parts.topics[:1]) != EVERYTHING:
        return replace(address, language=language, kind="topics", name=parts.topics[0], composed=EVERYTHING)
    if parts == Composition(sources=parts.sources[:1]) != EVERYTHING:
        return replace(address, language=language, kind="sources", name=parts.sources[0], composed=EVERYTHING)
    return replace(address, language=language, kind=None, name="", composed=parts)


def known_language(tag: str, languages: Collection[str]) -> str | None:
    """The site's language that a tag is another spelling of, or None."""
    if tag in languages:
        return tag
    try:
        standard = standardize(tag) if len(tag) <= _LONGEST_TAG else ""
    except ValueError:
        return None
    return standard if standard in languages else None
