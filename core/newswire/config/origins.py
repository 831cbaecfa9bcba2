"""Where each value of a config came from: a line of the file, the environment, a filter, or nowhere: the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.config.environment import CORE_MODELS, variable_of
from newswire.config.locate import Lines
from newswire.config.reading import read_file
from newswire.config.tables import SubscriptionTable
from newswire.secrets import is_reference, resolve_reference

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.config.locate import KeyPath
    from newswire.config.resolved import Config

DEFAULT = "default"
_FILTERED = frozenset(SubscriptionTable.model_fields)


class Origins:
    """Tells where the values of a config came from.

    Args:
        config: as it was loaded.
        path: the file, as the admin wrote it.

    Raises:
        ConfigError: the file cannot be read any more.
    """

    def __init__(self, config: Config, path: Path) -> None:
        self._config = config
        self._file = str(path)
        text, self._tables = read_file(path)
        self._lines = Lines(text)
        self._models = CORE_MODELS | {name: type(options) for name, options in config.settings.items()}

    def of(self, path: KeyPath) -> str:
        """Where the value at a path came from: ``config.toml:12``, ``environment NEWSWIRE_...``, ``default``."""
        table = path[0]
        if isinstance(table, str) and table in self._models:
            variable = variable_of(table, self._models[table], path)
            if variable is not None:
                return f"environment {variable}" + _reference(_at(self._tables, path), beaten=True)
        if _holds(self._tables, path):
            return f"{self._file}:{self._lines.line(path)}" + _reference(_at(self._tables, path))
        return self._inherited(path) if table == "channels" else DEFAULT

    def _inherited(self, path: KeyPath) -> str:
        """Where a channel has what its own table does not say."""
        channel, key = _at(self._tables, path[:-1]), path[-1]
        chosen = channel.get("filter")
        if key in _FILTERED and chosen is not None and _holds(self._tables, ("filters", chosen, key)):
            return f"{self.of(('filters', chosen, key))} (filter {chosen})"
        if key == "timezone":
            return self.of(("site", "timezone"))
        if key == "enabled":
            names = [account.get("name") for account in self._tables["accounts"]]
            account: KeyPath = ("accounts", names.index(channel["account"]), "enabled")
            if _at(self._tables, account) is False:
                return f"{self.of(account)} (account {channel['account']})"
        return DEFAULT


def _holds(tables: Any, path: KeyPath) -> bool:
    return _at(tables, path) is not None


def _at(node: Any, path: KeyPath) -> Any:
    for key in path:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _reference(written: Any, *, beaten: bool = False) -> str:
    """What a value refers to, and whether that is there."""
    if beaten or not isinstance(written, str) or not is_reference(written):
        return ""
    try:
        resolve_reference(written)
    except ValueError as error:
        return f", {written}: {error}"
    return f", {written}"
