"""What a changed config asks of a room that is running. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newswire.config.resolved import Config

_MOST_TOLD = 12
_CLASSES = ("accounts", "channels", "intakes", "translators")


@dataclass(frozen=True, slots=True)
class Reload:
    """What a changed config asks for."""

    config: Config
    """The new config; what only a restart can change is in it as it was."""
    restart: tuple[str, ...]
    """What only a restart can change and was changed, by its name in the file."""
    surroundings: bool
    """Whether anything changed that plugins may have looked at when they were opened: all is to be opened anew."""
    lanes: bool
    """Whether every lane works in another way now."""
    told: tuple[str, ...]
    """What changed, in words."""


def reload(before: Config, after: Config) -> Reload:
    """What it takes to come from one config to another."""
    config, restart = _kept_back(before, after)
    surroundings = _seen_by_plugins(before) != _seen_by_plugins(config)
    told = tuple(_told(before, config))
    return Reload(config, restart, surroundings, surroundings or before.dispatch != config.dispatch, told)


def _kept_back(before: Config, after: Config) -> tuple[Config, tuple[str, ...]]:
    """The new config with what a running process cannot change as it was, and the names of that."""
    restart = []
    store, http = after.store, after.http
    if store.url != before.store.url:
        restart.append("store.url")
        # Unless somebody named an archive it lies beside the database.
        archive = store.archive if "archive" in store.model_fields_set else before.store.archive
        store = store.model_copy(update={"url": before.store.url, "archive": archive})
    if http.bind != before.http.bind:
        restart.append("http.bind")
        public_url = http.public_url if "public_url" in http.model_fields_set else before.http.public_url
        http = http.model_copy(update={"bind": before.http.bind, "public_url": public_url})
    metrics = after.metrics
    if metrics.bind != before.metrics.bind:
        restart.append("metrics.bind")
        metrics = metrics.model_copy(update={"bind": before.metrics.bind})
    return replace(after, store=store, http=http, metrics=metrics), tuple(restart)


def _seen_by_plugins(config: Config) -> Mapping[str, object]:
    return {
        "plugins": config.selection,
        "site": config.site,
        "topics": config.taxonomy.topics,
        "filters": config.filters,
        "http.public_url": config.http.public_url,
        "translation": (config.translation, config.translators, config.glossary),
        **config.settings,
    }


def _told(before: Config, after: Config) -> Iterator[str]:
    for name in ("site", "store", "http", "logging", "dispatch", "alerts", "metrics", "translation", "glossary"):
        if getattr(before, name) != getattr(after, name):
            yield f"{name} changed"
    if before.selection != after.selection:
        yield "plugins changed"
    for name in sorted({*before.settings, *after.settings}):
        if before.settings.get(name) != after.settings.get(name):
            yield f"{name} changed"
    yield from _differences("topics", before.taxonomy.topics, after.taxonomy.topics)
    yield from _differences("filters", before.filters, after.filters)
    for name in _CLASSES:
        yield from _differences(name, _by_name(getattr(before, name)), _by_name(getattr(after, name)))


def _by_name(tables: Any) -> dict[str, Any]:
    return {table.name: table for table in tables}


def _differences(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    changed = [name for name in after if name in before and after[name] != before[name]]
    for verb, names in (
        ("added", [name for name in after if name not in before]),
        ("changed", changed),
        ("removed", [name for name in before if name not in after]),
    ):
        if names:
            rest = f" and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else ""
            yield f"{what} {verb}: {', '.join(names[:_MOST_TOLD])}{rest}"
