"""What the room offers its plugins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from newswire.channel import Options
    from newswire.filters import Expression
    from newswire.post import Json
    from newswire.site import Site
    from newswire.story import Story
    from newswire.subscription import NamedFilter
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
    stamp: int
    """The event that last changed anything the entry says, its links to other editions and to related articles
    included; `seq` or later. While it stands still, the story is the same."""


@dataclass(frozen=True, slots=True)
class Departure:
    """An article that was taken out of the lists of a language: withdrawn, or its edition is gone."""

    seq: int
    """The event that took it out."""
    article_id: str
    at: datetime
    """When that event was."""


@dataclass(frozen=True, slots=True)
class Change:
    """The event by which a list last changed."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ListName:
    """A list of what is published: everything in a language, or of one topic or source in it."""

    language: str
    kind: Literal["topics", "sources"] | None = None
    name: str = ""
    """The slug of the topic or source; empty where there is no kind."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source and how many articles of a language came from it."""

    slug: str
    name: str
    """As readers see it."""
    count: int
    """How many articles, withdrawn ones left out."""


@dataclass(frozen=True, slots=True)
class ChannelListing:
    """A channel as readers see it."""

    name: str
    """What the config calls it."""
    kind: str
    """The type of its account: ``telegram``, ``mastodon``."""
    languages: tuple[str, ...]
    """BCP 47 tags, the most wanted first."""
    topics: str | None
    """Its topic filter, as an expression."""
    address: str | None
    """Where people follow it, if that is known."""


class Library(Protocol):
    """Read access to what is published. Every method is blocking; call it in a thread."""

    def latest(self) -> int:
        """The number of the newest event, 0 before the first: when it stands still, nothing has changed."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Lets everything this thread asks within see one state, and asks for it with less ado."""
        ...

    def changed(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Change | None:
        """The event by which a list last changed in any way, None where it never did.

        Articles that came, changed, or went count, and changes of what entries link to. Of a filter that is more
        than one topic it may also be a later event, which changed nothing; it is never an earlier one.
        """
        ...

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        """What is published in a language, the newest change first, each article once.

        Args:
            language: exactly one of the site's languages.
            topics: only articles whose topics match.
            sources: only articles from the sources of these slugs; empty for every source.
            limit: at least this many, if there are as many.
            since: and all whose last change is not older than this.
        """
        ...

    def departures(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 200
    ) -> Sequence[Departure]:
        """What was taken out of a list and did not come back, the newest first.

        An article that only does not match any more is still published, and not among them.
        """
        ...

    def months(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), after: int = 0
    ) -> AbstractSet[date]:
        """The months in which articles of a list first appeared in the language, each as its first day, in UTC.

        Args:
            language: exactly one of the site's languages.
            topics: as for `entries`.
            sources: as for `entries`.
            after: only of articles whose last change is later than the event of this number.
        """
        ...

    def month(
        self, language: str, first_day: date, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Sequence[Entry | Departure]:
        """What first appeared in a language in one month, in that order.

        A later change moves nothing here, and what was withdrawn keeps its place as a departure. So the list of a
        month that is over stays as it is.
        """
        ...

    def appeared(
        self,
        language: str,
        begin: datetime,
        end: datetime,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
    ) -> Sequence[Entry | Departure]:
        """What first appeared in a language from one time until before another; like `month` in all else."""
        ...

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        """The stories of articles for readers of a language; withdrawn ones and unknown ones are missing."""
        ...

    def touched(self, after: int, until: int) -> AbstractSet[ListName]:
        """The lists that were changed by the events after one number up to another.

        An event that a later one made void may be missing, for the later one touches the same lists.
        """
        ...

    def languages(self) -> Mapping[str, int]:
        """How many articles each language has, the site's languages first and all of them."""
        ...

    def languages_of(
        self, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 100
    ) -> AbstractSet[str]:
        """The languages of the newest articles of a list, of so many at most."""
        ...

    def topics(self) -> Mapping[str, Mapping[str, int]]:
        """By language: how many articles each topic has, the most frequent first."""
        ...

    def sources(self) -> Mapping[str, Sequence[SourceCount]]:
        """By language: the sources of its articles, the most frequent first."""
        ...

    def months_counted(self) -> Mapping[str, Mapping[date, int]]:
        """By language: how many of its articles first appeared in each month, by its first day, the newest first."""
        ...

    def topics_beside(self, slug: str, language: str, *, limit: int = 10) -> Sequence[str]:
        """The topics that go with a topic: those that stand beside it in a language's articles, the nearest first."""
        ...

    def has_topic(self, slug: str) -> bool:
        """Whether any article names the topic, or did."""
        ...

    def source_name(self, slug: str) -> str | None:
        """The name of a source, None where no article ever came from it."""
        ...


AskedTranslation = Literal["offered", "asked", "there", "none", "too many"]
"""How an article stands in a language for a reader: it can be asked for, was asked for, is there; it cannot be had; too
many were asked for lately."""


class Translations(Protocol):
    """What readers can ask for, where the config lets them."""

    @property
    def offered(self) -> frozenset[str]:
        """The languages readers can ask for; none where they cannot ask."""
        ...

    def look(self, article_id: str, language: str) -> AskedTranslation:
        """How an article stands in a language. Blocking."""
        ...

    def ask(self, article_id: str, language: str) -> AskedTranslation:
        """Asks for an article, for a reader. Blocking."""
        ...


class State(Protocol):
    """A plugin's own small key-value store. Blocking."""

    def get(self, key: str) -> Json:
        """The value of a key, or None."""
        ...

    def set(self, key: str, value: Json) -> None:
        """Keeps a value; None forgets the key."""
        ...

    def update(self, values: Mapping[str, Json]) -> None:
        """Keeps several values, or none of them; None forgets a key."""
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
    def filters(self) -> Mapping[str, NamedFilter]:
        """The named filters of the config, by name."""
        ...

    @property
    def channels(self) -> Sequence[ChannelListing]:
        """The enabled channels, as readers see them; with the intakes the one thing that changes while one is open."""
        ...

    @property
    def translations(self) -> Translations:
        """What readers can ask a machine to translate."""
        ...

    def settings(self, model: type[OptionsT]) -> OptionsT:
        """The plugin's own table of the config (see the hook ``newswire_settings``)."""
        ...

    def intakes(self, model: type[OptionsT]) -> Mapping[str, OptionsT]:
        """The tables of the enabled intakes whose options are of a model, by the intake's name."""
        ...

    def state(self, plugin: str) -> State:
        """The plugin's own small store."""
        ...
