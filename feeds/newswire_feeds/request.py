"""What matters of a request. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire_feeds.joining import Encoding


@dataclass(frozen=True, slots=True)
class Request:
    """A request for something to read."""

    path: str
    """Decoded."""
    query: str
    encoding: Encoding
    language: str
    """The reader's, as the browser tells it; it matters where an address names none."""
    page: bool
    """Whether a browser goes there, and wants something to look at."""


def merged(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name, of which some come in several lines: those are one list (RFC 9110 section 5.3)."""
    result: dict[bytes, bytes] = {}
    for name, value in headers:
        result[name] = result[name] + b", " + value if name in result else value
    return result
