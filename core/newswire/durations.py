"""Durations of the config: ``"36h"``, ``"3d"``, ``"1h30m"``, ``"off"``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PATTERN = r"^(?:[0-9]+[wdhms])+$"
_PART = re.compile(r"([0-9]+)([wdhms])")
_LONGEST = timedelta(days=36_500)


def parse_duration(value: object) -> timedelta:
    """Reads ``"90m"``, ``"1h30m"`` or a plain number, which counts as seconds.

    Raises:
        ValueError: it is no such duration, or not a positive one.
    """
    if isinstance(value, timedelta):
        return value
    try:
        found = _duration(value)
    except OverflowError:
        found = None
    if found is None or found > _LONGEST:
        raise ValueError("must be a duration such as '15s', '90m', '36h' or '3d'")
    if found <= timedelta():
        raise ValueError("must be longer than nothing")
    return found


def _duration(value: object) -> timedelta | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value) if value == value and abs(value) != float("inf") else None  # noqa: PLR0124  # nan
    text = re.sub(r"\s", "", value).lower() if isinstance(value, str) else ""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text))
    if not re.match(_PATTERN, text):
        return None
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)), timedelta())


def parse_duration_or_off(value: object) -> timedelta | None:
    """As `parse_duration`; ``"off"`` gives None.

    Raises:
        ValueError: it is no duration and not ``off``.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() == "off"):
        return None
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"{error}, or 'off'") from None


def format_duration(value: timedelta | None) -> str:
    """Writes a duration as the config has it: ``1h30m``, ``3d``, ``off``."""
    if value is None:
        return "off"
    seconds = int(value.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


_SCHEMA: dict[str, Any] = {"type": "string", "pattern": _PATTERN, "examples": ["15s", "90m", "36h", "3d"]}

Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"anyOf": [_SCHEMA, {"type": "number", "exclusiveMinimum": 0, "description": "seconds"}]}),
]
"""A positive length of time."""
DurationOrOff = Annotated[
    timedelta | None,
    BeforeValidator(parse_duration_or_off),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {"anyOf": [_SCHEMA, {"const": "off"}, {"type": "number", "exclusiveMinimum": 0, "description": "seconds"}]}
    ),
]
"""A positive length of time, or None for ``"off"``."""
