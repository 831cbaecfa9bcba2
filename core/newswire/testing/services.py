"""What a plugin is offered when it is opened on its own, without a room around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.errors import ConfigError
from newswire.site import Site
from newswire.taxonomy import Taxonomy
from newswire.testing.articles import LANGUAGES
from newswire.testing.clock import RehearsalClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire.filters import Expression
    from newswire.post import Json
    from newswire.services import ChannelListing, Entry, OptionsT, SourceCount
    from newswire.story import Story

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

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        source: str | None = None,
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        """Nothing is published."""
        del language, topics, source, limit, since
        return ()

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        """Every article is unknown."""
        del article_ids, language
        return {}

    def languages(self) -> Mapping[str, int]:
        """The site's languages, each without an article."""
        return dict.fromkeys(LANGUAGES, 0)

    def topics(self, language: str) -> Mapping[str, int]:
        """No article has a topic."""
        del language
        return {}

    def sources(self, language: str) -> Sequence[SourceCount]:
        """No article has a source."""
        del language
        return ()


class MemoryState:
    """A plugin's small store, in memory; see `newswire.api.State`."""

    def __init__(self) -> None:
        self._values: dict[str, Json] = {}

    def get(self, key: str) -> Json:
        """The value of a key, or None."""
        return self._values.get(key)

    def set(self, key: str, value: Json) -> None:
        """Keeps a value; None forgets the key."""
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value

    def all(self) -> Mapping[str, Json]:
        """Everything the plugin keeps."""
        return dict(self._values)


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

    def state(self, plugin: str) -> MemoryState:
        """The plugin's own small store."""
        return self._states.setdefault(plugin, MemoryState())
