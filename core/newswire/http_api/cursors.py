"""Cursors: where a list goes on. Clients hand them back as they are; what is in them is nobody's business."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TypeVar

import orjson

from newswire.http_api.problems import Problem, wrong_parameter
from newswire.model import ID_PATTERN

PlaceT = TypeVar("PlaceT", int, str)


def cursor(place: int | str) -> str:
    """The cursor of a place in a list."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place(value: str | None, kind: type[PlaceT]) -> PlaceT | None:
    """The place a cursor stands for; None where there is no cursor.

    Raises:
        Problem: it is none of this list.
    """
    if value is None:
        return None
    try:
        found = orjson.loads(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise _no_cursor() from None
    known = re.fullmatch(ID_PATTERN, found) if isinstance(found, str) else found in range(2**62)
    if type(found) is not kind or not known:
        raise _no_cursor()
    return found


def _no_cursor() -> Problem:
    return wrong_parameter("cursor", "is none that this list gave; begin without one")
