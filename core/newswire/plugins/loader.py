"""Loading plugins: each on its own, so that none can stop another."""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING

import pluggy

from newswire import __version__, hooks
from newswire.plugins.offers import BadOffer, Offers
from newswire.plugins.record import PluginRecord, Plugins, PluginStatus
from newswire.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from types import ModuleType

ENTRY_POINTS = "newswire.plugins"
"""The entry point group of plugins."""
SAFE_MODE = "NEWSWIRE_DISABLED_PLUGINS"
"""Environment variable: names of plugins to leave out, separated by commas."""

_log = logging.getLogger(__name__)


def load_plugins(
    *,
    disabled: Collection[str] = (),
    enabled: Collection[str] | None = None,
    extra: Mapping[str, ModuleType] | None = None,
) -> Plugins:
    """Loads every installed plugin, in the order of their names.

    Args:
        disabled: names of plugins to leave out.
        enabled: when given, only these are loaded.
        extra: modules to load as plugins beside the installed ones, by name.

    Returns:
        What the loaded ones offer, and a record of every one. Never raises for a plugin's fault.
    """
    room = _Room()
    for candidate in sorted(_candidates(extra or {}), key=lambda one: (one.name, one.distribution or "")):
        reason = _why_disabled(candidate.name, disabled, enabled)
        if reason:
            room.record(candidate, PluginStatus.DISABLED, reason)
        else:
            room.admit(candidate)
    return room.plugins()


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    load: Callable[[], object]
    distribution: str | None = None
    version: str | None = None
    requires: tuple[str, ...] = ()
    """What the distribution says that it needs, as its ``Requires-Dist`` has it."""


def _candidates(extra: Mapping[str, ModuleType]) -> Iterator[_Candidate]:
    for point in metadata.entry_points(group=ENTRY_POINTS):
        dist = point.dist
        if dist is None:
            yield _Candidate(point.name, point.load)
        else:
            yield _Candidate(point.name, point.load, dist.name, dist.version, tuple(dist.requires or ()))
    for name, module in extra.items():
        yield _Candidate(name, lambda module=module: module)  # type: ignore[misc]  # binds the module of this turn


def _why_disabled(name: str, disabled: Collection[str], enabled: Collection[str] | None) -> str | None:
    if name in {part.strip() for part in os.environ.get(SAFE_MODE, "").split(",")}:
        return f"disabled by {SAFE_MODE}"
    if name in disabled:
        return "disabled by [plugins] disabled"
    if enabled is not None and name not in enabled:
        return "disabled: it is not in [plugins] enabled"
    return None


@dataclass(slots=True)
class _Room:
    """What has been loaded so far."""

    records: list[PluginRecord] = field(default_factory=list)
    loaded: list[Offers] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    """What is offered already, in words, and by which plugin."""

    def record(
        self, candidate: _Candidate, status: PluginStatus, reason: str | None, offers: tuple[str, ...] = ()
    ) -> None:
        self.records.append(
            PluginRecord(candidate.name, candidate.distribution, candidate.version, status, reason, offers)
        )

    def admit(self, candidate: _Candidate) -> None:
        """Loads one plugin; all of it or, when anything is wrong, nothing of it."""
        offers = Offers()
        try:
            self._refuse_a_second(candidate.name)
            _refuse_another_version(candidate.requires)
            _ask(candidate, offers)
            self._refuse_what_is_taken(offers)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a plugin does wrong, the others must load
            _log.debug("plugin %s failed to load", candidate.name, exc_info=error)
            self.record(candidate, PluginStatus.FAILED, _reason(error), offers.words())
            return
        self.loaded.append(offers)
        self.taken.update(dict.fromkeys(offers.words(), candidate.name))
        self.record(candidate, PluginStatus.LOADED, None, offers.words())

    def _refuse_a_second(self, name: str) -> None:
        if any(record.name == name for record in self.records):
            raise BadOffer("another package has a plugin of this name")

    def _refuse_what_is_taken(self, offers: Offers) -> None:
        words = offers.words()
        for word in words:
            if word in self.taken:
                raise BadOffer(f"{word} is offered by plugin {self.taken[word]!r} already")
            if words.count(word) > 1:
                raise BadOffer(f"{word} is offered twice")

    def plugins(self) -> Plugins:
        return Plugins(
            records=tuple(self.records),
            channel_types={item.kind: item for offers in self.loaded for item in offers.channel_types},
            intake_types={item.kind: item for offers in self.loaded for item in offers.intake_types},
            followers=tuple(item for offers in self.loaded for item in offers.followers),
            http_apps=tuple(item for offers in self.loaded for item in offers.http_apps),
            commands=tuple(item for offers in self.loaded for item in offers.commands),
            translator_types={item.kind: item for offers in self.loaded for item in offers.translator_types},
            settings_tables={item.name: item for offers in self.loaded for item in offers.settings_tables},
        )


def _refuse_another_version(requires: Collection[str]) -> None:
    """Refuses a plugin that was made for another version of newswire, before anything of it is imported."""
    own = [each for each in requires if re.match(r"newswire\s*[(<>=!~]", each, re.IGNORECASE)]
    if not own:
        return
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415  # only where a plugin says so

    for each in own:
        try:
            wanted = Requirement(each)
        except InvalidRequirement:
            raise BadOffer(f"nobody can read what version of newswire it needs: {each!r}") from None
        fits = wanted.specifier.contains(__version__, prereleases=True)
        if not fits and (wanted.marker is None or wanted.marker.evaluate()):
            raise BadOffer(f"it is made for newswire {wanted.specifier}, and this is {__version__}")


def _ask(candidate: _Candidate, offers: Offers) -> None:
    """Asks one plugin for all it offers; a manager of its own keeps what it does wrong away from the others."""
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    plugin = candidate.load()
    manager.register(plugin, candidate.name)
    # A hook nobody specified is a misspelt one: pluggy itself would never call it and never say so.
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise BadOffer("it marks no function with newswire.api.hookimpl")
    for hook in hooks.__all__:
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            offers.take(hook, implementation.function())


def _reason(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return mask(words if isinstance(error, BadOffer) else f"{type(error).__name__}: {words}".rstrip(": "))
