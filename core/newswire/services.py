"""What the room offers its plugins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire.channel import Options
    from newswire.filters import Expression
    from newswire.post import Json
    from newswire.site import Site
    from newswire.story import Story
    from newswire.taxonomy import Taxonomy

OptionsT = TypeVar("OptionsT", bound="Options")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list of what is published in one language."""

    seq: int
    """The event that last changed what readers of the language see; the list's order."""
    article_id: str
    rev: int
    at: datetime
    """When that event was."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source and how many articles of a language came from it."""

    slug: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ChannelListing:
    """A channel as readers see it."""

    name: str
    kind: str
    languages: tuple[str, ...]
    topics: str | None
    """Its topic filter, as an expression."""
    address: str | None
    """Where people follow it, if that is known."""


class Library(Protocol):
    """Read access to what is published. Every method is blocking; call it in a thread."""

    def latest(self) -> int:
        """The number of the newest event, 0 before the first: when it stands still, nothing has changed."""
        ...

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        source: str | None = None,
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        """What is published in a language, the newest change first, each article once.

        Args:
            language: exactly one of the site's languages.
            topics: only articles whose topics match.
            source: only articles from the source of this slug.
            limit: at least this many, if there are as many.
            since: and all whose last change is not older than this.
        """
        ...

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        """The stories of articles for readers of a language; withdrawn ones and unknown ones are missing."""
        ...

    def languages(self) -> Mapping[str, int]:
        """How many articles each language has, the site's languages first and all of them."""
        ...

    def topics(self, language: str) -> Mapping[str, int]:
        """How many articles of a language each topic has, the most frequent first."""
        ...

    def sources(self, language: str) -> Sequence[SourceCount]:
        """The sources of a language's articles, the most frequent first."""
        ...


class State(Protocol):
    """A plugin's own small key-value store. Blocking."""

    def get(self, key: str) -> Json:
        """The value of a key, or None."""
        ...

    def set(self, key: str, value: Json) -> None:
        """Keeps a value; None forgets the key."""
        ...

    def all(self) -> Mapping[str, Json]:
        """Everything the plugin keeps."""
        ...


class Services(Protocol):
    """What the room offers a plugin when it opens something of it."""

    @property
    def site(self) -> Site:
        """The site whose articles are carried."""
        ...

    @property
    def taxonomy(self) -> Taxonomy:
        """The topics."""
        ...

    @property
    def library(self) -> Library:
        """What is published."""
        ...

    @property
    def public_url(self) -> str:
        """Where the web app is reached from outside, without a slash at the end."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells the time, in UTC."""
        ...

    @property
    def channels(self) -> Sequence[ChannelListing]:
        """The enabled channels, as readers see them."""
        ...

    def settings(self, model: type[OptionsT]) -> OptionsT:
        """The plugin's own table of the config (see the hook ``newswire_settings``)."""
        ...

    def state(self, plugin: str) -> State:
        """The plugin's own small store."""
        ...
