"""The line of every key of a TOML file; tomllib tells the values only.

The file is cut into statements: lines are gathered until tomllib takes them, so no grammar of our own is needed,
and the work grows with the length of the file only.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""Keys and list positions that lead to a value: ``("channels", 2, "topics", 1)``."""

# TOML 1.0: a value that spans lines is an array or a multi-line string, so it can only end on such a line.
_MAY_END = re.compile(r"[\]}]|\"\"\"|'''")


_LONG_TEXT = re.compile(r"^[^=]*=[ \t]*(?:\"\"\"|''')(?P<break>\n)?")


class Lines:
    """Finds the lines of keys.

    Args:
        text: the whole of a valid TOML file.
    """

    def __init__(self, text: str) -> None:
        self._found: dict[KeyPath, _Statement] = {}
        self._last_of: dict[KeyPath, int] = {}
        table: KeyPath = ()
        for statement in _statements(text):
            if statement.text.lstrip().startswith("["):
                table = self._enter(statement)
            else:
                self._keep(table, statement.value, statement)

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, counted from 1; of what is nearest to it where it is not there itself."""
        for length in range(len(path), 0, -1):
            statement = self._found.get(path[:length])
            if statement is not None:
                item = path[length] if length < len(path) else None
                return statement.line_of_item(item) if isinstance(item, int) else statement.line
        return None

    def line_within(self, path: KeyPath, number: int) -> int | None:
        """The line of the file where a line of a text is, if the text has several there.

        Args:
            path: the key of the text.
            number: the line of the text, counted from 1.
        """
        statement = self._found.get(path)
        quotes = _LONG_TEXT.search(statement.text) if statement else None
        if statement is None or quotes is None:
            return None
        # TOML 1.0: a newline that follows the opening delimiter at once is no part of the text.
        return statement.line + number - (0 if quotes["break"] else 1)

    def _enter(self, header: _Statement) -> KeyPath:
        keys: list[str] = []
        node: Any = header.value
        while isinstance(node, dict) and node:
            ((key, node),) = node.items()
            keys.append(key)
        path: KeyPath = ()
        for position, key in enumerate(keys, start=1):
            path = (*path, key)
            self._found.setdefault(path, header)
            if position == len(keys) and isinstance(node, list):
                self._last_of[path] = self._last_of.get(path, -1) + 1
            if path in self._last_of:
                path = (*path, self._last_of[path])
        self._found[path] = header
        return path

    def _keep(self, table: KeyPath, node: dict[str, Any], statement: _Statement) -> None:
        for key, value in node.items():
            self._found.setdefault((*table, key), statement)
            if isinstance(value, dict):
                self._keep((*table, key), value, statement)


@dataclass(frozen=True)
class _Statement:
    line: int
    text: str
    value: dict[str, Any]

    def line_of_item(self, index: int) -> int:
        """The line where an item of a list begins."""
        starts = self._items
        return starts[index] if index < len(starts) else self.line

    @cached_property
    def _items(self) -> list[int]:
        # The first lines of a list, closed behind them, show how many items have begun so far.
        lines = self.text.split("\n")
        starts: list[int] = []
        whole = 0
        for count in range(1, len(lines)):
            items = _list_in(_parse("\n".join(lines[:count]) + "\n]"))
            if items is not None:
                starts += [self.line + whole] * (len(items) - len(starts))
                whole = count
        items = _list_in(self.value)
        return starts + [self.line + whole] * (len(items or ()) - len(starts))


def _statements(text: str) -> Iterator[_Statement]:
    first, gathered = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not gathered:
            if line.strip(" \t")[:1] in {"", "#"}:
                continue
            first, gathered = number, line
        else:
            gathered += "\n" + line
            if not _MAY_END.search(line):
                continue
        value = _parse(gathered)
        if value is not None:
            yield _Statement(first, gathered, value)
            gathered = ""


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _list_in(node: Any) -> list[Any] | None:
    while isinstance(node, dict) and len(node) == 1:
        (node,) = node.values()
    return node if isinstance(node, list) else None
