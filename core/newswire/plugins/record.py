"""What became of each plugin, and everything the loaded ones offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

    from newswire.channel import AnyChannelType
    from newswire.extension import Follower, HttpApp, SettingsTable
    from newswire.intake import AnyIntakeType
    from newswire.translator import AnyTranslatorType


class PluginStatus(StrEnum):
    """What became of a plugin."""

    LOADED = "loaded"
    DISABLED = "disabled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One plugin that is installed."""

    name: str
    """The name of its entry point; ``[plugins] disabled`` goes by it."""
    distribution: str | None
    """The package it came with; None where nobody knows."""
    version: str | None
    """The version of that package."""
    status: PluginStatus
    """What became of it."""
    reason: str | None = None
    """Why it is not loaded."""
    offers: tuple[str, ...] = ()
    """What it hands over, each in words: ``channel telegram``, ``settings [feeds]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugins:
    """All plugins, and what the loaded ones offer, in the order of their names."""

    records: tuple[PluginRecord, ...] = ()
    """One for each plugin, sorted by name."""
    channel_types: dict[str, AnyChannelType] = field(default_factory=dict)
    """Channel types by kind."""
    intake_types: dict[str, AnyIntakeType] = field(default_factory=dict)
    """Intake types by kind."""
    translator_types: dict[str, AnyTranslatorType] = field(default_factory=dict)
    """Translator types by kind."""
    followers: tuple[Follower, ...] = ()
    http_apps: tuple[HttpApp, ...] = ()
    commands: tuple[click.Command, ...] = ()
    settings_tables: dict[str, SettingsTable] = field(default_factory=dict)
    """Tables of the config file by name."""

    def why_missing(self, kind: str) -> str | None:
        """Why nothing of this kind is there although a plugin of that name is installed; None where none is."""
        wanted = _plain(kind)
        for record in self.records:
            named = _plain(record.name) == wanted or any(_plain(offer.split()[-1]) == wanted for offer in record.offers)
            if named and record.status is PluginStatus.FAILED:
                return f"plugin {record.name!r} failed to load ({record.reason})"
            if named and record.status is PluginStatus.DISABLED:
                return f"plugin {record.name!r} is {record.reason}"
        return None


def _plain(name: str) -> str:
    return name.casefold().removeprefix("newswire").replace("_", "-").strip("-[]/")
