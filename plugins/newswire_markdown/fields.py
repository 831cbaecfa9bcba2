"""Fields: what front matter values mean. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from mimetypes import guess_type
from typing import TYPE_CHECKING

from newswire.api import one_line
from newswire_markdown.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newswire_markdown.frontmatter import Value

_MARKDOWN_LINK = re.compile(r"\[([^\[\]]+)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_SPACED_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?", re.IGNORECASE
)
_LOOSE_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TRUE = frozenset({"true", "yes", "on", "1", "y"})
_FALSE = frozenset({"", "false", "no", "off", "0", "n"})


class FieldError(Exception):
    """A value that does not mean what its field needs.

    Args:
        message: what is wrong and how to cure it.
        key: the front matter key it stands under.
    """

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


def find(values: Mapping[str, Value], keys: tuple[str, ...]) -> tuple[str, Value]:
    """The first of the keys that is there and not empty, with its value; ``("", None)`` without one."""
    for key in keys:
        value: Value = dict(values)
        for part in [key] if key in values else key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value not in (None, "", [], {}):
            return key, value
    return "", None


def text(values: Mapping[str, Value], keys: tuple[str, ...]) -> str:
    """A text; a list counts by its first item.

    Raises:
        FieldError: it is a table.
    """
    key, value = find(values, keys)
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, dict | list):
        raise FieldError(f"{key} must be a text", key)
    return value or ""


def texts(values: Mapping[str, Value], keys: tuple[str, ...]) -> list[str]:
    """A list of texts; one text with commas is a list too, and a table counts by its ``name``."""
    _, value = find(values, keys)
    if isinstance(value, str):
        return [part for part in (one_line(part) for part in value.split(",")) if part]
    return [one_line(item) for item in _names(value) if item.strip()]


def names(values: Mapping[str, Value], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Names of people: a list, or one text; of Markdown links only the text counts (``[Name](url), Company``)."""
    _, value = find(values, keys)
    found: list[str] = []
    for item in _names(value):
        linked = [link[1] for link in _MARKDOWN_LINK.finditer(one_line(item))]
        found.extend(plain(name) for name in linked or [item])
    return tuple(dict.fromkeys(name for name in found if name))


def _names(value: Value) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = (
            next((item[key] for key in ("name", "title", "key") if key in item), None)
            if isinstance(item, dict)
            else item
        )
        if isinstance(name, str):
            yield name


def truth(values: Mapping[str, Value], keys: tuple[str, ...]) -> bool:
    """Yes or no; no where the field is missing.

    Raises:
        FieldError: it is neither.
    """
    key, value = find(values, keys)
    word = value.strip().casefold() if isinstance(value, str) else None if value else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise FieldError(f"{key} must be true or false", key)


def moment(values: Mapping[str, Value], keys: tuple[str, ...]) -> tuple[str, datetime | None]:
    """A point in time with its key; without a zone it counts as UTC.

    Raises:
        FieldError: it cannot be read as a date.
    """
    key, value = find(values, keys)
    if value is None:
        return "", None
    found = parse_moment(value) if isinstance(value, str) else None
    if found is None:
        shown = f" {one_line(value)[:40]!r}" if isinstance(value, str) else ""
        raise FieldError(f"{key}{shown} is no date; write it as 2026-11-23 or 2026-11-23T07:00:00Z", key)
    return key, found


def parse_moment(written: str) -> datetime | None:
    """A date as ISO 8601, as Jekyll writes it (``2026-11-23 07:00:00 +0100``), or as RFC 5322; None for others."""
    written = one_line(written)
    spaced = _SPACED_MOMENT.fullmatch(written)
    if spaced:
        zone = spaced[3] or ""
        zone = "+00:00" if zone.upper() in {"", "Z", "UTC", "GMT"} else zone
        written = f"{spaced[1]}T{spaced[2]:0>5}{zone}" if spaced[2][1] != ":" else f"{spaced[1]}T0{spaced[2]}{zone}"
    loose = _LOOSE_DATE.fullmatch(written)
    if loose:
        written = f"{loose[1]}-{loose[2]:0>2}-{loose[3]:0>2}"
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(written)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def source(values: Mapping[str, Value], keys: tuple[str, ...], url_keys: tuple[str, ...]) -> dict[str, str] | None:
    """Name and address of the source, as `newswire.api.Source` takes them."""
    _, value = find(values, keys)
    table = _table(value, "name")
    name = plain(table.get("name", ""))
    url = table.get("url") or text(values, url_keys)
    if not name:
        return None
    return {"name": name, "url": url} if url else {"name": name}


def image(values: Mapping[str, Value], keys: tuple[str, ...]) -> dict[str, str] | None:
    """The image's address as written (``url``), and ``alt``, ``type``, ``length`` and ``focus`` where given."""
    _, value = find(values, keys)
    table = _table(value[0] if isinstance(value, list) else value, "url")
    url = table.get("url") or table.get("src") or table.get("path")
    if not url:
        return None
    kind = table.get("type") or guess_type(url.split("?", maxsplit=1)[0])[0]
    made = {"url": url, "type": kind if kind and "/" in kind else "image/jpeg"}
    return made | {key: table[key] for key in ("alt", "length", "focus") if key in table}


def questions(values: Mapping[str, Value], keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Questions with their answers, both as written.

    Raises:
        FieldError: it is no list of tables with ``question`` and ``answer``.
    """
    key, value = find(values, keys)
    if value is None:
        return []
    if isinstance(value, dict):
        value = [{"question": question, "answer": answer} for question, answer in value.items()]
    pairs = []
    for item in value if isinstance(value, list) else [value]:
        table = _table(item, "question")
        question = table.get("question") or table.get("q")
        answer = table.get("answer") or table.get("a")
        if not question or not answer:
            raise FieldError(f"{key} must be a list of tables with question and answer", key)
        pairs.append((question, answer))
    return pairs


def _table(value: Value, only: str) -> dict[str, str]:
    """A table of texts; a bare text is the value of the key `only`."""
    if isinstance(value, str):
        return {only: value}
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if isinstance(item, str)}
    return {}
