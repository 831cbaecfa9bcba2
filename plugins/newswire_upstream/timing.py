"""When a feed is asked next. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = timedelta(days=1)
"""No feed that works, and none that fails, is left alone for longer."""
HEARD = timedelta(hours=6)
"""How often a feed is asked whose hub tells of news: hubs forget."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_MOST_DOUBLINGS = 10


def hinted(headers: Mapping[str, str], ttl: timedelta | None) -> timedelta:
    """How long server and feed say that the feed stays the same; nothing where they do not say.

    ``Cache-Control: max-age`` (RFC 9111 section 5.2.2.1) less ``Age``, ``ttl`` (RSS 2.0), ``sy:updatePeriod``.
    """
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    fresh = timedelta()
    if found and not re.search(r"\bno-(?:cache|store)\b", control, re.IGNORECASE):
        age = headers.get("age", "").strip()
        past = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0  # noqa: PLR2004  # some seconds
        fresh = timedelta(seconds=max(int(found[1]) - past, 0))
    return max(fresh, ttl or timedelta())


def wait(
    poll: timedelta,
    *,
    hint: timedelta = timedelta(),
    failures: int = 0,
    retry_after: float | None = None,
    heard: bool = False,
    random: Callable[[], float],
) -> timedelta:
    """How long to leave a feed alone.

    Args:
        poll: how often the admin wants it asked.
        hint: how long it says that it stays the same; counted up to a day.
        failures: how often it has failed in a row; each doubles the wait.
        retry_after: seconds for which its server wants to be left alone.
        heard: whether a hub tells of its news.
        random: gives a number from 0 up to 1: spreads feeds that began together.
    """
    usual = max(poll, min(hint, LONGEST), HEARD if heard and not failures else timedelta())
    doubled = min(usual * 2 ** min(failures, _MOST_DOUBLINGS), max(LONGEST, usual)) if failures else usual
    spread = doubled * (0.9 + 0.2 * random())
    return max(spread, timedelta(seconds=retry_after or 0))
