"""What a plugin is offered when it is opened on its own, without a room around it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from newswire.errors import ConfigError
from newswire.site import Site
from newswire.taxonomy import Taxonomy
from newswire.testing.articles import LANGUAGES
from newswire.testing.clock import RehearsalClock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from newswire.filters import Expression
    from newswire.post import Json
    from newswire.services import (
        AskedTranslation,
        Change,
        ChannelListing,
        Departure,
        Entry,
        ListName,
        OptionsT,
        SourceCount,
        Translations,
    )
    from newswire.story import Story
    from newswire.subscription import NamedFilter

SITE = Site(
    name="The Example Wire",
    url="https://news.example.org",
    default_language=LANGUAGES[0],
    languages=LANGUAGES,
    tag_authority="news.example.org,2026",
)
"""The site of a rehearsal."""


class EmptyLibrary:
    """A library of a site that has published nothing yet; see `newswire.api.Library`."""

    def latest(self) -> int:
        """No event yet."""
        return 0

    def snapshot(self) -> AbstractContextManager[None]:
        """There is one state only."""
        return nullcontext()

    def changed(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Change | None:
        """No list ever changed."""
        del language, topics, sources
        return None

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        """Nothing is published."""
        del language, topics, sources, limit, since
        return ()

    def departures(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 200
    ) -> Sequence[Departure]:
        """Nothing was withdrawn."""
        del language, topics, sources, limit
        return ()

    def months(
        self, language: str, *, topics: Expression | None = None, sources: Collection[str] = (), after: int = 0
    ) -> AbstractSet[date]:
        """No month has an article."""
        del language, topics, sources, after
        return frozenset()

    def month(
        self, language: str, first_day: date, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Sequence[Entry | Departure]:
        """Nothing appeared in any month."""
        del language, first_day, topics, sources
        return ()

    def appeared(
        self,
        language: str,
        begin: datetime,
        end: datetime,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
    ) -> Sequence[Entry | Departure]:
        """Nothing appeared at any time."""
        del language, begin, end, topics, sources
        return ()

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        """Every article is unknown."""
        del article_ids, language
        return {}

    def touched(self, after: int, until: int) -> AbstractSet[ListName]:
        """No list was touched."""
        del after, until
        return frozenset()

    def languages(self) -> Mapping[str, int]:
        """The site's languages, each without an article."""
        return dict.fromkeys(LANGUAGES, 0)

    def languages_of(
        self, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 100
    ) -> AbstractSet[str]:
        """No language has an article."""
        del topics, sources, limit
        return frozenset()

    def topics(self) -> Mapping[str, Mapping[str, int]]:
        """No article has a topic."""
        return {}

    def sources(self) -> Mapping[str, Sequence[SourceCount]]:
        """No article has a source."""
        return {}

    def months_counted(self) -> Mapping[str, Mapping[date, int]]:
        """None."""
        return {}

    def topics_beside(self, slug: str, language: str, *, limit: int = 10) -> Sequence[str]:
        """None."""
        del slug, language, limit
        return ()

    def has_topic(self, slug: str) -> bool:
        """No article names any topic."""
        del slug
        return False

    def source_name(self, slug: str) -> str | None:
        """No article came from any source."""
        del slug
        return None


class MemoryState:
    """A plugin's small store, in memory; see `newswire.api.State`."""

    def __init__(self) -> None:
        self._values: dict[str, Json] = {}

    def get(self, key: str) -> Json:
        """The value of a key, or None."""
        return self._values.get(key)

    def set(self, key: str, value: Json) -> None:
        """Keeps a value; None forgets the key."""
        self.update({key: value})

    def update(self, values: Mapping[str, Json]) -> None:
        """Keeps several values; None forgets a key."""
        kept = {**self._values, **values}
        self._values = {key: value for key, value in kept.items() if value is not None}

    def all(self) -> Mapping[str, Json]:
        """Everything the plugin keeps."""
        return dict(self._values)


class NoTranslations:
    """No translation is on offer; see `newswire.api.Translations`."""

    offered: frozenset[str] = frozenset()

    def look(self, article_id: str, language: str) -> AskedTranslation:
        """Nothing can be had."""
        del article_id, language
        return "none"

    def ask(self, article_id: str, language: str) -> AskedTranslation:
        """Nothing can be had."""
        return self.look(article_id, language)


class RehearsalServices:
    """Services in memory, for opening a plugin on its own; see `newswire.api.Services`.

    Args:
        clock: tells the time, in UTC.
        taxonomy: the topics; none unless given.
        settings: the plugin's own tables of the config.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] | None = None,
        taxonomy: Taxonomy | None = None,
        settings: Sequence[object] = (),
    ) -> None:
        self.site = SITE
        self.taxonomy = taxonomy or Taxonomy()
        self.library = EmptyLibrary()
        self.public_url = "http://127.0.0.1:8300"
        self.clock: Callable[[], datetime] = clock or RehearsalClock()
        self.channels: Sequence[ChannelListing] = ()
        self.filters: Mapping[str, NamedFilter] = {}
        self.intake_options: dict[str, object] = {}
        self.translations: Translations = NoTranslations()
        self._settings = settings
        self._states: dict[str, MemoryState] = {}

    def settings(self, model: type[OptionsT]) -> OptionsT:
        """The plugin's own table of the config: the one that was given, else the defaults of the model.

        Raises:
            ConfigError: none was given, and the model has no defaults.
        """
        given = next((one for one in self._settings if isinstance(one, model)), None)
        if given is not None:
            return given
        try:
            return model()
        except ValueError as error:
            raise ConfigError(f"give a {model.__name__} as one of the settings: {error}") from error

    def intakes(self, model: type[OptionsT]) -> Mapping[str, OptionsT]:
        """The tables of intakes that were put into `intake_options`, by the intake's name."""
        return {name: options for name, options in self.intake_options.items() if isinstance(options, model)}

    def state(self, plugin: str) -> MemoryState:
        """The plugin's own small store."""
        return self._states.setdefault(plugin, MemoryState())
