"""The rate limit headers of an answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 24 * 3600
"""Seconds; a window that ends later is not believed."""
NEAR = 2
"""Seconds by which a moment may miss the end of a window: the ``Date`` of an answer has whole ones."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the bucket nearest to its end stands, as the server says."""

    limit: int
    remaining: int
    reset: float
    """When its window ends, in seconds since the epoch by the server's clock."""
    seconds: float
    """How long that is from when it answered."""

    def fits(self, window: int) -> bool:
        """Whether a window of so many seconds, aligned to the epoch, ends then."""
        off = (self.reset + NEAR) % window
        return off <= 2 * NEAR and self.seconds <= window + NEAR


def told_by(headers: Mapping[str, str], now: float) -> Told | None:
    """What an answer's ``X-RateLimit`` headers say; None where they are missing, odd or absurd.

    The end of the window is an ISO 8601 moment with Mastodon, whole seconds since the epoch with others. It is compared
    with the answer's own ``Date``, so that no clock but the server's counts.

    Args:
        headers: the headers; their names in any case.
        now: the time, for an answer without a date.
    """
    try:
        limit, remaining = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
        reset = _moment(headers["X-RateLimit-Reset"])
        said_at = parsedate_to_datetime(headers["Date"]).timestamp() if "Date" in headers else now
    except (KeyError, ValueError, OverflowError):
        return None
    seconds = reset - said_at
    if limit < 1 or not -NEAR <= seconds <= LONGEST:
        return None
    return Told(limit, min(max(remaining, 0), limit), reset, max(seconds, 0.0))


def _moment(written: str) -> float:
    if written.strip().isdecimal():
        return float(written)
    moment = datetime.fromisoformat(written.strip())
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).timestamp()
