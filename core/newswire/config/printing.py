"""The config for people to look at: everything that holds, and stars for secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.durations import format_duration
from newswire.secrets import mask

if TYPE_CHECKING:
    from pydantic import BaseModel

    from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel, ConfiguredIntake
    from newswire.shaping import Shaping
    from newswire.subscription import NamedFilter


def masked(config: Config) -> dict[str, Any]:
    """The config in the shape of its file, with defaults filled in, references followed and secrets masked.

    Returns:
        Strings, numbers, booleans, lists and dicts; keys without a value are left out, as TOML has none.
    """
    tables: dict[str, Any] = {
        "site": _plain(config.site),
        "store": _plain(config.store),
        "http": _plain(config.http),
        "logging": _plain(config.logging),
        "dispatch": _plain(config.dispatch),
        "alerts": _plain(config.alerts),
        "metrics": _plain(config.metrics),
        "plugins": _plain(config.selection),
        **{name: _plain(options) for name, options in config.settings.items()},
        "topics": {slug: _plain(topic) for slug, topic in config.taxonomy.topics.items()},
        "filters": {name: _part(part) for name, part in config.filters.items()},
        "intakes": [_intake(intake) for intake in config.intakes],
        "accounts": [_account(account) for account in config.accounts],
        "channels": [_channel(channel) for channel in config.channels],
    }
    shown: dict[str, Any] = _shown(tables)
    return shown


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)


def _intake(intake: ConfiguredIntake) -> dict[str, Any]:
    every = format_duration(intake.every) if intake.every else None
    own = _plain(intake.options)
    return {"name": intake.name, "type": intake.type.kind, "enabled": intake.enabled, "every": every, **own} | {
        "silence": format_duration(intake.silence)
    }


def _account(account: ConfiguredAccount) -> dict[str, Any]:
    own = _plain(account.options)
    return {"name": account.name, "type": account.type.kind, "enabled": account.enabled, **own}


def _part(part: NamedFilter) -> dict[str, Any]:
    return {
        "languages": part.languages,
        "topics": str(part.topics) if part.topics else None,
        "sources": sorted(part.sources) if part.sources else None,
        "fallback": part.fallback,
    }


def _channel(channel: ConfiguredChannel) -> dict[str, Any]:
    takes = channel.subscription
    return {
        "name": channel.name,
        "account": channel.account,
        "enabled": channel.enabled,
        "languages": takes.languages,
        "topics": str(takes.topics) if takes.topics else None,
        "sources": sorted(takes.sources) or None,
        "fallback": takes.fallback,
        "max_age": format_duration(channel.max_age),
        "backfill": channel.backfill,
        "in_doubt": channel.in_doubt,
        "articles": takes.articles,
        "dead_man": format_duration(channel.dead_man),
        **_shaping(channel.shaping),
        **_plain(channel.options),
    }


def _shaping(shaping: Shaping | None) -> dict[str, Any]:
    if shaping is None:
        return {}
    return {
        "max_per_hour": shaping.max_per_hour,
        "max_per_day": shaping.max_per_day,
        "overflow": shaping.overflow,
        "min_interval": format_duration(shaping.min_interval) if shaping.min_interval else None,
        "quiet_hours": str(shaping.quiet_hours) if shaping.quiet_hours else None,
        "digest": str(shaping.digest) if shaping.digest else None,
        "timezone": shaping.zone.key,
    }


def _shown(node: Any) -> Any:
    match node:
        case str():
            return mask(node)
        case dict():
            return {key: _shown(value) for key, value in node.items() if value is not None}
        case list() | tuple():
            return [_shown(value) for value in node]
        case _:
            return node
