"""The config as the room uses it: everything checked, every reference followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.config.alerts import AlertSettings
from newswire.config.tables import MetricsSettings, PluginSelection, TranslationSettings
from newswire.glossary import Glossary
from newswire.languages import closest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from pathlib import Path

    from newswire.channel import AnyChannelType, Options
    from newswire.config.tables import (
        DispatchSettings,
        HttpSettings,
        InDoubt,
        LoggingSettings,
        StoreSettings,
    )
    from newswire.intake import AnyIntakeType
    from newswire.plugins import Plugins
    from newswire.shaping import Shaping
    from newswire.site import Site
    from newswire.subscription import NamedFilter, Subscription
    from newswire.taxonomy import Taxonomy
    from newswire.translation.caps import Caps
    from newswire.translator import AnyTranslatorType


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredIntake:
    """One ``[[intakes]]`` table."""

    name: str
    type: AnyIntakeType
    options: Options
    enabled: bool = True
    every: timedelta | None = None
    """Read everything again so often; None: only what changes."""
    silence: timedelta | None = None
    """For how long it may bring nothing before that is an alert; None: for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredAccount:
    """One ``[[accounts]]`` table."""

    name: str
    type: AnyChannelType
    options: Options
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredChannel:
    """One ``[[channels]]`` table."""

    name: str
    account: str
    """The name of its account."""
    subscription: Subscription
    options: Options
    max_age: timedelta | None
    """An article older than this is never posted; None: no limit."""
    backfill: int = 0
    """How many of the newest articles the channel starts with."""
    in_doubt: InDoubt = "hold"
    shaping: Shaping | None = None
    """When it may post; None: at any time."""
    dead_man: timedelta | None = None
    """How long it may be silent though articles matched before that is an alert; None: for ever."""
    enabled: bool = True
    """Whether its own table says so; see `Config.enabled_channels`."""

    @property
    def reader_language(self) -> str:
        """The language its readers are spoken to in."""
        return self.subscription.languages[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredTranslator:
    """One ``[[translators]]`` table."""

    name: str
    type: AnyTranslatorType
    options: Options
    caps: Caps
    enabled: bool = True
    languages: tuple[str, ...] | None = None
    """The languages it translates into; None: whatever is asked for."""
    concurrency: int = 1
    """How many articles it translates at a time."""

    def takes(self, language: str) -> bool:
        """Whether it is asked for translations into a language."""
        return self.enabled and (self.languages is None or closest(language, self.languages) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole config."""

    path: Path
    """The file it was read from."""
    plugins: Plugins
    site: Site
    taxonomy: Taxonomy
    store: StoreSettings
    http: HttpSettings
    logging: LoggingSettings
    dispatch: DispatchSettings
    alerts: AlertSettings = field(default_factory=AlertSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    intakes: tuple[ConfiguredIntake, ...] = ()
    accounts: tuple[ConfiguredAccount, ...] = ()
    channels: tuple[ConfiguredChannel, ...] = ()
    filters: Mapping[str, NamedFilter] = field(default_factory=dict)
    translation: TranslationSettings = field(default_factory=TranslationSettings)
    translators: tuple[ConfiguredTranslator, ...] = ()
    """In the order in which they are asked."""
    glossary: Glossary = field(default_factory=Glossary)
    settings: Mapping[str, Options] = field(default_factory=dict)
    """The tables of plugins, by name."""
    selection: PluginSelection = field(default_factory=PluginSelection)
    """Which plugins are loaded."""
    files: tuple[Path, ...] = ()
    """What it was read from: the file, and the files it refers to."""
    digest: bytes = b""
    """A digest of what was in these files; see `newswire.config.reading.digest`."""
    warnings: tuple[str, ...] = ()
    """What is not wrong and yet worth a word, each as ``file:line: path: message``."""

    def account(self, name: str) -> ConfiguredAccount:
        """The account of this name.

        Raises:
            KeyError: there is none.
        """
        found = next((account for account in self.accounts if account.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def enabled_channels(self) -> tuple[ConfiguredChannel, ...]:
        """The channels that are posted to: enabled themselves, and their account is."""
        usable = {account.name for account in self.accounts if account.enabled}
        return tuple(channel for channel in self.channels if channel.enabled and channel.account in usable)

    @property
    def enabled_translators(self) -> tuple[ConfiguredTranslator, ...]:
        """The translators that are asked."""
        return tuple(translator for translator in self.translators if translator.enabled)
