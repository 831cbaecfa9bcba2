"""Front matter: YAML between ``---`` lines, TOML between ``+++`` lines. Every scalar stays the string that was written.

YAML 1.1 reads ``no`` as false, ``1.10`` as a number and ``12:30`` as 750 (https://yaml.org/type/bool.html and
float.html, int.html); what a value means is the field's business, so the loader here knows strings, lists and tables.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

import yaml

from newswire.api import clean

Value = str | None | list["Value"] | dict[str, "Value"]
"""What front matter can say."""

_OPENING = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LIMIT = 10_000
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class FrontMatterError(Exception):
    """Front matter that cannot be read.

    Args:
        message: what is wrong and how to cure it.
        line: the line in the file, counted from 1, where there is one.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """A file, split."""

    values: dict[str, Value]
    """The front matter; empty where there is none."""
    body: str
    header: str = ""
    """The front matter as written, for finding lines again."""

    def line_of(self, key: str) -> int | None:
        """The line of the file a front matter key stands in; None for one that is not there."""
        if not key:
            return None
        name = re.escape(key.split(".", maxsplit=1)[0])
        found = re.search(rf"^[ \t\[]*[\"']?{name}[\"']?\s*[:=\]]", self.header, re.MULTILINE)
        return self.header.count("\n", 0, found.start()) + 2 if found else None


def split(text: str) -> Document:
    """Splits a file into front matter and body.

    Raises:
        FrontMatterError: it is not closed, or is neither YAML nor TOML, or is not a table.
    """
    text = clean(text)
    opening = _OPENING.match(text)
    if not opening:
        return Document({}, text.removeprefix("\ufeff"))
    mark = opening[1]
    closing = _CLOSING[mark].search(text, opening.end())
    if not closing:
        raise FrontMatterError(f"the front matter is not closed; end it with a line of {mark}", 1)
    header = text[opening.end() : closing.start()]
    values = _yaml(header) if mark == "---" else _toml(header)
    return Document(values, text[closing.end() :].removeprefix("\n"), header)


@cache
def _loader() -> Any:
    # BaseLoader resolves nothing: no booleans, no numbers, no objects. The C one is some ten times as fast.
    return getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _yaml(header: str) -> dict[str, Value]:
    try:
        node = yaml.compose(header, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "unreadable"
        raise FrontMatterError(f"the front matter is not YAML: {what}", (mark.line if mark else 0) + 2) from None
    except (yaml.YAMLError, RecursionError):
        raise FrontMatterError("the front matter is not YAML", 2) from None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError("the front matter is no table; write lines such as 'title: ...'", 2)
    try:
        value = _Construction().value(node)
    except RecursionError:
        raise FrontMatterError("the front matter is nested too deeply", 2) from None
    return value if isinstance(value, dict) else {}


class _Construction:
    """Makes values of YAML nodes, with an eye on anchors that multiply or contain themselves."""

    def __init__(self) -> None:
        self._made = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> Value:
        line = node.start_mark.line + 2
        self._made += 1
        if self._made > _LIMIT:
            raise FrontMatterError(f"the front matter holds more than {_LIMIT} values; look at its anchors", line)
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NOTHING else str(node.value)
        if id(node) in self._open:
            raise FrontMatterError("the front matter has an anchor that contains itself", line)
        self._open.add(id(node))
        made: Value
        if isinstance(node, yaml.SequenceNode):
            made = [self.value(item) for item in node.value]
        else:
            made = {str(self.value(key)): self.value(item) for key, item in node.value}
        self._open.discard(id(node))
        return made


def _toml(header: str) -> dict[str, Value]:
    try:
        return {key: _as_text(value) for key, value in tomllib.loads(header, parse_float=str).items()}
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) + 1 if found else header.count("\n") + 1
        what = _TOML_LINE.sub("", str(error)).replace("(at end of document)", "").strip()
        raise FrontMatterError(f"the front matter is not TOML: {what}", line) from None
    except RecursionError:
        raise FrontMatterError("the front matter is nested too deeply", 2) from None


def _as_text(value: Any) -> Value:
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
