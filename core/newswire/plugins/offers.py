"""What a plugin's hooks gave, looked over before anybody relies on it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import BaseModel

from newswire.channel import ChannelType, Options
from newswire.extension import Follower, HttpApp, SettingsTable
from newswire.intake import IntakeType
from newswire.translator import TranslatorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newswire.channel import AnyChannelType
    from newswire.intake import AnyIntakeType
    from newswire.translator import AnyTranslatorType

ACCOUNT_KEYS = frozenset({"name", "type", "enabled"})
"""Keys every ``[[accounts]]`` table has; a type's options may not use them."""
CHANNEL_KEYS = frozenset(
    "name account enabled languages filter topics sources fallback max_age backfill in_doubt max_per_hour max_per_day "
    "overflow min_interval quiet_hours digest timezone articles dead_man".split()
)
"""Keys every ``[[channels]]`` table has."""
INTAKE_KEYS = frozenset({"name", "type", "enabled", "every", "silence"})
"""Keys every ``[[intakes]]`` table has."""
TRANSLATOR_KEYS = frozenset(
    "name type enabled languages concurrency max_requests_per_hour max_requests_per_day max_characters_per_hour "
    "max_characters_per_day max_cost_per_month".split()
)
"""Keys every ``[[translators]]`` table has."""
CORE_TABLES = frozenset(
    "site store http logging dispatch alerts metrics plugins topics filters intakes accounts channels translation "
    "translators glossary".split(),
)
"""Top-level tables that belong to the room."""

_WORD = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_ItemT = TypeVar("_ItemT")


class BadOffer(Exception):
    """A hook gave something nobody can use; the text says what and what is wanted."""


@dataclass(slots=True)
class Offers:
    """What one plugin hands over."""

    channel_types: list[AnyChannelType] = field(default_factory=list)
    intake_types: list[AnyIntakeType] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)
    http_apps: list[HttpApp] = field(default_factory=list)
    commands: list[click.Command] = field(default_factory=list)
    settings_tables: list[SettingsTable] = field(default_factory=list)
    translator_types: list[AnyTranslatorType] = field(default_factory=list)

    def take(self, hook: str, given: object) -> None:
        """Looks over what a hook gave and adds it.

        Raises:
            BadOffer: it is not what the hook asks for.
        """
        match hook:
            case "newswire_channel_types":
                self.channel_types += _items(hook, given, ChannelType, _look_at_channel_type)
            case "newswire_intake_types":
                self.intake_types += _items(hook, given, IntakeType, _look_at_intake_type)
            case "newswire_followers":
                self.followers += _items(hook, given, Follower, _look_at_follower)
            case "newswire_http_apps":
                self.http_apps += _items(hook, given, HttpApp, _look_at_http_app)
            case "newswire_cli_commands":
                self.commands += _items(hook, given, click.Command, _look_at_command)
            case "newswire_settings":
                self.settings_tables += _items(hook, given, SettingsTable, _look_at_settings_table)
            case "newswire_translator_types":
                self.translator_types += _items(hook, given, TranslatorType, _look_at_translator_type)
            case _:
                raise BadOffer(f"nobody knows the hook {hook}")

    def words(self) -> tuple[str, ...]:
        """What is offered, each in words; no two offers of all plugins may have the same."""
        return (
            *(f"channel {item.kind}" for item in self.channel_types),
            *(f"intake {item.kind}" for item in self.intake_types),
            *(f"translator {item.kind}" for item in self.translator_types),
            *(f"settings [{item.name}]" for item in self.settings_tables),
            *(f"addresses {path}" for item in self.http_apps for path in item.paths),
            *(f"follower {item.name}" for item in self.followers),
            *(f"command {item.name}" for item in self.commands),
        )


def _items(hook: str, given: object, wanted: type[Any], look: Callable[[_ItemT], None]) -> list[_ItemT]:
    if inspect.iscoroutine(given):
        given.close()
        raise BadOffer(f"{hook} is async; it must be a plain function")
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise BadOffer(f"{hook} gave {_described(given)}; it must give a list of {wanted.__name__}")
    items: list[_ItemT] = []
    for item in given:
        if isinstance(item, type) and issubclass(item, wanted):
            raise BadOffer(f"{hook} gave the class {item.__name__}; it must give an instance: {item.__name__}()")
        if not isinstance(item, wanted):
            raise BadOffer(f"{hook} gave {_described(item)}; it must give instances of {wanted.__name__}")
        look(item)
        items.append(item)
    return items


def _described(given: object) -> str:
    return "nothing" if given is None else f"an object of type {type(given).__name__}"


def _look_at_channel_type(item: AnyChannelType) -> None:
    _word(item, "kind")
    _options(item, "account_options", ACCOUNT_KEYS)
    _options(item, "channel_options", CHANNEL_KEYS)


def _look_at_intake_type(item: AnyIntakeType) -> None:
    _word(item, "kind")
    _options(item, "options", INTAKE_KEYS)


def _look_at_translator_type(item: AnyTranslatorType) -> None:
    _word(item, "kind")
    _options(item, "options", TRANSLATOR_KEYS)


def _look_at_follower(item: Follower) -> None:
    _word(item, "name")


def _look_at_http_app(item: HttpApp) -> None:
    paths = getattr(item, "paths", None)
    good = isinstance(paths, tuple) and bool(paths) and all(isinstance(p, str) and p.startswith("/") for p in paths)
    if not good:
        raise BadOffer(f"{type(item).__name__}.paths must be a tuple of paths that start with a slash")


def _look_at_command(item: click.Command) -> None:
    _word(item, "name")


def _look_at_settings_table(item: SettingsTable) -> None:
    name = _word(item, "name")
    if hasattr(BaseModel, name):
        raise BadOffer(f"no table can be called [{name}]")
    if name in CORE_TABLES:
        raise BadOffer(f"the table [{name}] belongs to newswire itself")
    _options(item, "options", frozenset())


def _word(item: object, attribute: str) -> str:
    word = getattr(item, attribute, None)
    if not isinstance(word, str) or not _WORD.fullmatch(word):
        raise BadOffer(f"{type(item).__name__}.{attribute} must be a word of lower-case letters, digits, '-' and '_'")
    return word


def _options(item: object, attribute: str, taken: Iterable[str]) -> None:
    model = getattr(item, attribute, None)
    if not (isinstance(model, type) and issubclass(model, Options)):
        raise BadOffer(f"{type(item).__name__}.{attribute} must be a class derived from newswire.api.Options")
    clash = sorted({f.alias or name for name, f in model.model_fields.items()} & set(taken))
    if clash:
        raise BadOffer(f"{model.__name__} has the key {clash[0]!r}, which every such table has already")
