"""Dates as feeds write them. Pure.

The RFCs come first, for they are fast and leave nothing open; then what people write by hand. What does not say a whole
date is none: a guess would date an article wrongly, and the time it was first seen is at least true.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dateutil import parser as by_hand  # type: ignore[import-untyped]  # dateutil has no types

_LONGEST = 100
_ONE, _OTHER = datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 2, 2, 2, 2, 2, tzinfo=UTC)
# RFC 822 section 5, and what feeds of Europe and of the world's meetings write; all others count as UTC.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 3600, "WEST": 3600, "CET": 3600, "MET": 3600, "CEST": 7200,
    "MEST": 7200, "EET": 7200, "EEST": 10800, "MSK": 10800, "IST": 19800, "HKT": 28800, "SGT": 28800, "JST": 32400,
    "KST": 32400, "AEST": 36000, "AEDT": 39600, "NZST": 43200, "NZDT": 46800, "EST": -18000, "EDT": -14400,
    "CST": -21600, "CDT": -18000, "MST": -25200, "MDT": -21600, "PST": -28800, "PDT": -25200,
}  # fmt: skip


def read_date(written: str) -> datetime | None:
    """A point in time, in UTC; None where nobody can tell what is meant. Without a zone it counts as UTC."""
    text = " ".join(written.split())
    if not text or len(text) > _LONGEST:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime, _by_hand):
        try:
            found = read(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _by_hand(text: str) -> datetime:
    # What the text leaves open is taken from the default: where two defaults give two dates, it is no whole date.
    one, other = (by_hand.parse(text, default=default, tzinfos=_ZONES) for default in (_ONE, _OTHER))
    if one.date() != other.date():
        raise ValueError("not a whole date")
    found: datetime = one
    return found
