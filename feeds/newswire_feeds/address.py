"""The addresses of feeds: reading, canonical form, and the feed's relatives. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import quote

from newswire.api import slugify, standardize

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


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Names one document: everything in a language, or of one topic or source in it, in a format."""

    language: str
    format: Format
    kind: Kind | None = None
    name: str = ""
    """The slug of the topic or source; empty where there is no kind."""

    @property
    def key(self) -> str:
        """Names the feed apart from its format, percent-encoded: ``de/topics/chips``."""
        return "/".join((self.language, self.kind, quote(self.name, safe=""))) if self.kind else self.language

    @property
    def path(self) -> str:
        """Its path, percent-encoded."""
        return f"{_ROOT}{self.key}.{self.format}"

    @property
    def plain_path(self) -> str:
        """Its path with nothing encoded, as a web server hands it over."""
        return f"{_ROOT}{self.language}{f'/{self.kind}/{self.name}' if self.kind else ''}.{self.format}"

    def in_language(self, language: str) -> FeedAddress:
        """The same feed in another language."""
        return replace(self, language=language)

    def in_format(self, form: Format) -> FeedAddress:
        """The same feed in another format."""
        return replace(self, format=form)


def read(path: str) -> FeedAddress | None:
    """Takes a decoded path apart; nothing is said of whether its names are known.

    Returns:
        None where the path cannot be a feed's.
    """
    stem, dot, ending = path.removeprefix(_ROOT).rpartition(".")
    form = next((form for form in FORMATS if form == ending.lower()), None)
    if not path.startswith(_ROOT) or not dot or form is None or not path.isprintable():
        return None
    match stem.split("/"):
        case [language] if language:
            return FeedAddress(language, form)
        case [language, "topics" | "sources" as kind, name] if language and 0 < len(name) <= _LONGEST_NAME:
            return FeedAddress(language, form, "topics" if kind == "topics" else "sources", name)
    return None


def canonical(address: FeedAddress, languages: Collection[str], taxonomy: Taxonomy) -> FeedAddress | None:
    """The one spelling of an address: the site's own language tag, slugs instead of labels, aliases and names.

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
    name = address.name
    if address.kind == "topics":
        name = taxonomy.resolve(name) or name.lower()
    elif address.kind == "sources":
        name = slugify(name)
    return replace(address, language=language, name=name)


def known_language(tag: str, languages: Collection[str]) -> str | None:
    """The site's language that a tag is another spelling of, or None."""
    if tag in languages:
        return tag
    try:
        standard = standardize(tag) if len(tag) <= _LONGEST_TAG else ""
    except ValueError:
        return None
    return standard if standard in languages else None
