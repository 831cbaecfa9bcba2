"""What comes back of a request, and that nothing did. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LONGEST_WAIT = 86_400.0


class Unreachable(Exception):
    """There was no answer; the text says why without naming the address, which may be somebody's secret.

    Args:
        why: in words.
        lasting: whether it will be so the next time, too: it may not be asked at all, or leads nowhere.
        begun: whether the request may have arrived; False where there was no connection.
    """

    def __init__(self, why: str, *, lasting: bool = False, begun: bool = True) -> None:
        super().__init__(why)
        self.lasting = lasting
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect that was followed."""

    status: int
    address: str
    """Where it led."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = b""
    """As much of it as matters."""
    cut: bool = False
    """Whether there was more of it than was to be read."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name, in lower case; what came several times is joined with commas (RFC 9110 section 5.3)."""
    address: str = ""
    """Where it came from: the address that was asked, or the last one it was redirected to."""
    hops: tuple[Hop, ...] = ()
    """The redirects that were followed, in order."""

    @property
    def good(self) -> bool:
        """Whether it is a success (2xx)."""
        return 200 <= self.status < 300  # noqa: PLR2004  # RFC 9110 section 15.3

    @property
    def retry_after(self) -> float | None:
        """For how many seconds the server wants to be left alone, where it says so; a day at most.

        The header ``Retry-After`` holds seconds or a date (RFC 9110 section 10.2.3); a date is read by the server's
        own clock, the header ``Date``.
        """
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return min(float(value), _LONGEST_WAIT)
        until, now = _date(value), _date(self.headers.get("date", ""))
        if until is None or now is None:
            return None
        return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo else None


def host(address: str) -> str:
    """As much of an address as a log may hold: all the rest of it can be a secret."""
    try:
        return urlsplit(address).hostname or "?"
    except ValueError:
        return "?"
