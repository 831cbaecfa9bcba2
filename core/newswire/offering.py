"""What the room offers its plugins, out of the config and the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.errors import ConfigError
from newswire.services import ChannelListing
from newswire.store.library import StoredLibrary
from newswire.translation.asking import Asking
from newswire.translation.readers import ReaderTranslations, offer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire.config import Config, ConfiguredChannel
    from newswire.dispatch.dispatcher import World
    from newswire.services import OptionsT
    from newswire.site import Site
    from newswire.store import Store
    from newswire.store.records import PluginState
    from newswire.subscription import NamedFilter
    from newswire.taxonomy import Taxonomy


class RoomServices:
    """What the room offers its plugins; see `newswire.services.Services`.

    Args:
        config: the checked config.
        store: the database.
        world: time and chance.
    """

    def __init__(self, config: Config, store: Store, world: World) -> None:
        self._config = config
        self._store = store
        self._clock = world.clock
        offered = offer(config)
        self._library = StoredLibrary(store.engines, config.site, config.taxonomy, offered)
        self.asking = Asking(store, config.enabled_translators, config.site.languages, world.clock)
        """Takes requests for translations."""
        most = config.translation.reader_requests_per_hour
        self._translations = ReaderTranslations(offered, self.asking, store, most, world.clock)

    def change(self, config: Config) -> None:
        """Tells of the channels and intakes of another config from now on; in all else that says the same."""
        self._config = config

    @property
    def site(self) -> Site:
        """The site whose articles are carried."""
        return self._config.site

    @property
    def taxonomy(self) -> Taxonomy:
        """The topics."""
        return self._config.taxonomy

    @property
    def library(self) -> StoredLibrary:
        """What is published."""
        return self._library

    @property
    def public_url(self) -> str:
        """Where the web app is reached from outside, without a slash at the end."""
        return self._config.http.public_url.rstrip("/")

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells the time, in UTC."""
        return self._clock

    @property
    def filters(self) -> Mapping[str, NamedFilter]:
        """The named filters of the config, by name."""
        return self._config.filters

    @property
    def channels(self) -> Sequence[ChannelListing]:
        """The enabled channels, as readers see them."""
        return [self._listing(channel) for channel in self._config.enabled_channels if channel.subscription.articles]

    @property
    def translations(self) -> ReaderTranslations:
        """What readers can ask a machine to translate."""
        return self._translations

    def settings(self, model: type[OptionsT]) -> OptionsT:
        """The plugin's own table of the config.

        Raises:
            ConfigError: no plugin declared such a table.
        """
        for options in self._config.settings.values():
            if isinstance(options, model):
                return options
        raise ConfigError(f"no plugin declares a config table of {model.__name__}; see the hook newswire_settings")

    def intakes(self, model: type[OptionsT]) -> Mapping[str, OptionsT]:
        """The tables of the enabled intakes whose options are of a model, by the intake's name."""
        enabled = (intake for intake in self._config.intakes if intake.enabled)
        return {intake.name: intake.options for intake in enabled if isinstance(intake.options, model)}

    def state(self, plugin: str) -> PluginState:
        """The plugin's own small store."""
        return self._store.state(plugin)

    def _listing(self, channel: ConfiguredChannel) -> ChannelListing:
        account = self._config.account(channel.account)
        topics = channel.subscription.topics
        return ChannelListing(
            name=channel.name,
            kind=account.type.kind,
            languages=channel.subscription.languages,
            topics=str(topics) if topics is not None else None,
            address=account.type.follow_address(channel.options, account.options),
        )
