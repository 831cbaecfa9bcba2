"""What the commands of a plugin need: the program's config, the plugin's accounts, connected, the room's services."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from newswire.cli import options
from newswire.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from newswire.channel import Account
    from newswire.intake import Intake
    from newswire.services import Services

__all__ = ["ConnectedAccount", "config_option", "with_account", "with_intakes", "with_services"]

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound="Callable[..., object]")


def config_option(command: CommandT) -> CommandT:
    """Gives a click command the option ``--config``, as `config_path`, like newswire's own commands have it."""
    return options.config_option(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedAccount:
    """One of a plugin's accounts, as the config has it."""

    name: str
    account: Account
    languages: tuple[str, ...]
    """The languages of its channels, those of the first channel first."""


def with_account(config_path: Path, kind: str, name: str | None, work: Callable[[ConnectedAccount], Awaitable[T]]) -> T:
    """What work with an account gives.

    Args:
        config_path: the config file.
        kind: the account's ``type``.
        name: which account; None where there is only one.
        work: what is to be done; afterwards the account is closed.

    Raises:
        ConfigError: the config cannot be used, there is no such account, or it is not clear which one is meant.
    """
    from newswire.dispatch.dispatcher import connect_account  # noqa: PLC0415  # heavy: not for --help
    from newswire.room import Room  # noqa: PLC0415  # as above

    room = Room(options.load(config_path))
    try:
        room.store.require_current()
        known = [one.name for one in room.config.accounts if one.enabled and one.type.kind == kind]
        chosen = _chosen(known, kind, name)
        spoken = [one.subscription.languages for one in room.config.enabled_channels if one.account == chosen]
        configured = room.config.account(chosen)

        async def run() -> T:
            account = connect_account(configured, room.services)
            try:
                return await work(ConnectedAccount(name=chosen, account=account, languages=_each_once(spoken)))
            finally:
                await account.aclose()

        return asyncio.run(run())
    finally:
        room.close()


def with_services(config_path: Path, work: Callable[[Services], T]) -> T:
    """What work with the room's services gives. Secrets of accounts need not be there, the database has to be.

    Args:
        config_path: the config file.
        work: what is to be done.

    Raises:
        ConfigError: the config cannot be used.
        SchemaOutdated: there is no database yet, or its schema is another version's.
    """
    from newswire.room import Room  # noqa: PLC0415  # heavy: not for --help

    room = Room(options.load(config_path, require_secrets=False, sends=False))
    try:
        room.store.require_current(make=False)
        return work(room.services)
    finally:
        room.close()


def with_intakes(config_path: Path, kind: str, work: Callable[[Mapping[str, Intake]], T]) -> T:
    """What work with the intakes of a kind gives; by name, the enabled ones. The database has to be there.

    Args:
        config_path: the config file.
        kind: the intakes' ``type``.
        work: what is to be done.

    Raises:
        ConfigError: the config cannot be used, or has no such intake.
        SchemaOutdated: there is no database yet, or its schema is another version's.
    """
    from newswire.room import Room  # noqa: PLC0415  # heavy: not for --help

    room = Room(options.load(config_path, require_secrets=False, sends=False))
    try:
        room.store.require_current(make=False)
        opened = {one.name: one.intake for one in room.intakes(kind)}
        if not opened:
            raise ConfigError(f"there is no enabled intake of type {kind!r} in the config")
        return work(opened)
    finally:
        room.close()


def _each_once(spoken: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tags in spoken for tag in tags))


def _chosen(known: list[str], kind: str, name: str | None) -> str:
    if name is None and len(known) == 1:
        return known[0]
    listing = ", ".join(known) or "none"
    if name is None:
        raise ConfigError(f"say which account of type {kind!r}; enabled are: {listing}")
    if name not in known:
        raise ConfigError(f"no enabled account of type {kind!r} is called {name!r}; there are: {listing}")
    return name
