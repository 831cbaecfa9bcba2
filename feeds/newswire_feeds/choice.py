"""What a reader chose on the front page: a feed; and the one spelling of it in the page's address. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from newswire.api import slugify
from newswire_feeds.address import FeedAddress, canonical, known_language
from newswire_feeds.composition import MOST_NAMES, TOO_MUCH, Composition, TooMuchAsked, topic_slug

if TYPE_CHECKING:
    from collections.abc import Collection

    from newswire.api import Taxonomy

_MOST_FIELDS = 1_000
"""A form sends a field for each topic that is ticked."""


class Known(Protocol):
    """Knows what there is to choose."""

    def has_topic(self, slug: str) -> bool:
        """Whether there is such a topic."""
        ...

    def has_source(self, slug: str) -> bool:
        """Whether an article ever came from the source."""
        ...

    def has_filter(self, name: str) -> bool:
        """Whether the config has such a filter."""
        ...


def choice_query(feed: FeedAddress) -> str:
    """The one spelling of a choice in the query of the front page, or of the list of feeds.

    A digest of a feed is not chosen there: it is the same choice.
    """
    query = replace(feed.composition, digest="").query
    return f"lang={feed.language}{'&' if query else ''}{query}"


def front_page(feed: FeedAddress) -> str:
    """The front page's address with a feed chosen."""
    return f"/?{choice_query(feed)}"


def read_choice(
    query: str, *, spoken: str, languages: Collection[str], taxonomy: Taxonomy, known: Known
) -> FeedAddress | None:
    """Reads the query of a front page's address.

    What the form sends is taken (a field for each topic), and what people write by hand; what is not known is left
    out, for the page then shows what there is.

    Args:
        query: as it came.
        spoken: the reader's language, where the query names none.
        languages: the site's languages.
        taxonomy: the topics.
        known: what there is.

    Returns:
        None where nothing is chosen.

    Raises:
        TooMuchAsked: it names more than a feed may be composed of.
    """
    try:
        fields = parse_qsl(query, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:  # of too many fields
        raise TooMuchAsked(TOO_MUCH) from None

    def named(field: str) -> list[str]:
        values = (part.strip() for name, value in fields if name == field for part in value.split(","))
        return list(dict.fromkeys(filter(None, values)))

    if sum(len(named(field)) for field in ("topics", "not", "source")) > MOST_NAMES:
        raise TooMuchAsked(TOO_MUCH)

    def topics(field: str) -> tuple[str, ...]:
        return tuple(slug for name in named(field) if known.has_topic(slug := topic_slug(name, taxonomy)))

    composed = Composition(
        topics("topics"),
        topics("not"),
        tuple(slug for name in named("source") if known.has_source(slug := slugify(name))),
        next(filter(known.has_filter, named("filter")), ""),
    )
    tags = [tag for name, value in fields if name == "lang" and (tag := known_language(value, languages))]
    if composed.contradicts_itself:
        composed = Composition()
    if not tags and composed == Composition():
        return None
    return canonical(FeedAddress(tags[0] if tags else spoken, "atom", composed=composed), languages, taxonomy)
