"""What a composed feed is made of: ``?topics=a,b&not=c&source=x``, ``?filter=name`` and ``?digest=daily``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from newswire.api import Cadence, parse_filter, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newswire.api import Expression, NamedFilter, Taxonomy

CADENCES = {
    "hourly": Cadence("hourly"),
    "daily": Cadence("daily", time()),
    "weekly": Cadence("weekly", time()),
}
"""The digests that a feed can be of: from midnight to midnight, weeks from Monday on."""
MOST_NAMES = 100
"""How many topics and sources a feed may be composed of."""
_LONGEST_QUERY = 10_000
_MOST_FIELDS = 20
TOO_MUCH = f"A feed can be composed of at most {MOST_NAMES} topics and sources."


class TooMuchAsked(ValueError):
    """An address names more than a feed may be composed of; the message is for readers."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of a composed feed; all of them must agree to an article. Each is a set, in order."""

    topics: tuple[str, ...] = ()
    """Slugs, of which an article must have any."""
    without: tuple[str, ...] = ()
    """Slugs, of which it must have none."""
    sources: tuple[str, ...] = ()
    """Slugs, of which one must be its source."""
    filter: str = ""
    """The name of a filter of the config."""
    digest: str = ""
    """``hourly``, ``daily`` or ``weekly``: an entry lists what appeared in an hour, a day or a week."""

    @property
    def query(self) -> str:
        """The query that says it, percent-encoded, in the one spelling."""
        parts = (
            ("topics", self.topics),
            ("not", self.without),
            ("source", self.sources),
            ("filter", (self.filter,)),
            ("digest", (self.digest,)),
        )
        return "&".join(
            f"{name}={','.join(quote(value, safe='') for value in values)}" for name, values in parts if any(values)
        )

    @property
    def contradicts_itself(self) -> bool:
        """Whether no article can match: every topic it wants, it also excludes."""
        return bool(self.topics) and set(self.topics) <= set(self.without)


EVERYTHING = Composition()
"""No condition at all."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a feed asks the library for, besides the language."""

    topics: Expression | None = None
    sources: tuple[str, ...] = ()


def read_composition(query: str) -> Composition:
    """Takes a query apart; what it does not know it leaves out.

    Raises:
        TooMuchAsked: it names too much.
    """
    try:
        fields = parse_qsl(query[: _LONGEST_QUERY + 1], max_num_fields=_MOST_FIELDS)
    except ValueError:  # of too many fields
        raise TooMuchAsked(TOO_MUCH) from None

    def named(field: str) -> tuple[str, ...]:
        values = (value for name, given in fields if name == field for value in given.split(","))
        return tuple(dict.fromkeys(filter(None, map(str.strip, values))))

    digest = next((value for value in named("digest") if value in CADENCES), "")
    composed = Composition(named("topics"), named("not"), named("source"), "".join(named("filter")[:1]), digest)
    names = (*composed.topics, *composed.without, *composed.sources)
    if len(query) > _LONGEST_QUERY or len(names) > MOST_NAMES:
        raise TooMuchAsked(TOO_MUCH)
    return composed


def normal(composition: Composition, taxonomy: Taxonomy) -> Composition:
    """The one spelling of a composition: slugs instead of labels, aliases and names, in order, each once."""
    without = _slugs(composition.without, taxonomy)
    topics = _slugs(composition.topics, taxonomy)
    wanted = tuple(topic for topic in topics if topic not in without) or topics
    sources = tuple(sorted({slugify(name) for name in composition.sources}))
    return Composition(wanted, without, sources, composition.filter, composition.digest)


def topic_slug(name: str, taxonomy: Taxonomy) -> str:
    """The slug of a topic by slug, label or alias; a name the taxonomy does not have may still be an article's."""
    return taxonomy.resolve(name) or name.lower()


def _slugs(names: Iterable[str], taxonomy: Taxonomy) -> tuple[str, ...]:
    return tuple(sorted({topic_slug(name, taxonomy) for name in names}))


def select(composition: Composition, filters: Mapping[str, NamedFilter]) -> Selection | None:
    """What to ask the library for.

    A filter's languages and fallback are the channels' business: a feed has one language, which its address names.

    Args:
        composition: normal, of known names.
        filters: the filters of the config.

    Returns:
        None where no article can match.
    """
    named = filters.get(composition.filter)
    conditions = [f"({named.topics})"] if named and named.topics is not None else []
    if composition.topics:
        conditions.append(f"({' | '.join(composition.topics)})")
    if composition.without:
        conditions.append(f"!({' | '.join(composition.without)})")
    sources = frozenset(composition.sources)
    if named and named.sources:
        sources = sources & named.sources if sources else named.sources
        if not sources:
            return None
    if composition.contradicts_itself:
        return None
    topics = parse_filter(" & ".join(conditions)) if conditions else None
    return Selection(topics, tuple(sorted(sources)))
