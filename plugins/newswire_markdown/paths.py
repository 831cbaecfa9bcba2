"""Path patterns: from a file's path to its placeholders, and from placeholders to ids and addresses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART = re.compile(r"\{(\w+)(\+?)\}|(\*\*/)|(\*\*)|(\*)|([{}])")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DIGITS = {"date": r"\d{4}-\d{2}-\d{2}", "year": r"\d{4}", "month": r"\d{1,2}", "day": r"\d{1,2}"}
_ALWAYS = frozenset({"lang", "language"})


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A compiled pattern."""

    text: str
    expression: re.Pattern[str]
    gives: frozenset[str]
    """The placeholders that are known for every file it fits."""

    @classmethod
    def compile(cls, text: str) -> PathPattern:
        """Compiles a pattern such as ``{lang}/{year}/{key}.md``.

        Raises:
            ValueError: a brace stands alone.
        """
        names: set[str] = set()
        parts: list[str] = []
        position = 0
        for found in _PART.finditer(text):
            parts.append(re.escape(text[position : found.start()]))
            position = found.end()
            name, several, folders, across, within, brace = found.groups()
            if brace:
                raise ValueError(f"pattern {text!r} has a {brace!r} that belongs to no placeholder such as {{key}}")
            if folders:
                parts.append(r"(?:[^/]+/)*")
            elif across:
                parts.append(r".*")
            elif within:
                parts.append(r"[^/]*")
            elif name in names:
                parts.append(f"(?P={name})")
            else:
                names.add(name)
                parts.append(f"(?P<{name}>{'.+' if several else _DIGITS.get(name, '[^/]+')})")
        parts.append(re.escape(text[position:]))
        derived = {"year", "month", "day"} if "date" in names else set()
        if {"year", "month", "day"} <= names:
            derived.add("date")
        return cls(text, re.compile("".join(parts), re.DOTALL), frozenset(names | derived | _ALWAYS))

    def match(self, path: str) -> dict[str, str] | None:
        """The placeholders of a path (below the intake's folder, with ``/``), or None where it does not fit."""
        found = self.expression.fullmatch(path)
        return _with_date(found.groupdict()) if found else None


def _with_date(values: dict[str, str]) -> dict[str, str]:
    if "date" in values:
        year, month, day = values["date"].split("-")
        return {"year": year, "month": month, "day": day} | values
    if {"year", "month", "day"} <= values.keys():
        return values | {"date": f"{values['year']}-{values['month']:0>2}-{values['day']:0>2}"}
    return values


def first_match(patterns: tuple[PathPattern, ...], path: str) -> dict[str, str] | None:
    """The placeholders by the first pattern that fits."""
    for pattern in patterns:
        values = pattern.match(path)
        if values is not None:
            return values
    return None


def names_in(template: str) -> set[str]:
    """The placeholders a template needs."""
    return set(_PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str], *, quoted: bool = False) -> str:
    """A template with its placeholders filled in.

    Args:
        template: text with ``{name}``.
        values: what the names stand for.
        quoted: whether values are percent-encoded, as addresses want it (RFC 3986, section 2.1).

    Raises:
        KeyError: a placeholder has no value.
    """
    return _PLACEHOLDER.sub(
        lambda found: quote(values[found[1]], safe="/~@:!$&'()*+,;=") if quoted else values[found[1]], template
    )


@lru_cache(maxsize=256)
def _glob(text: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    wild = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(wild.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)


def fits_glob(glob: str, path: str) -> bool:
    """Whether a path fits a glob: ``*`` and ``?`` stay within a name, ``**`` crosses folders."""
    return _glob(glob).fullmatch(path) is not None
