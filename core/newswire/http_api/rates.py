"""How often a token may be used: a bucket for each, kept in the process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """Counts requests by token. A token that rested may make a minute's requests at once.

    Args:
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, name: str, rate: int) -> int:
        """Counts a request.

        Args:
            name: whose it is.
            rate: how many it may make a minute.

        Returns:
            0 when it may be made; else in how many seconds it may.
        """
        now = self._monotonic()
        bucket = self._buckets.pop(name, None) or _Bucket(rate, now)
        bucket.left = min(rate, bucket.left + (now - bucket.at) * rate / 60)
        bucket.at = now
        self._buckets[name] = bucket
        if len(self._buckets) > _MOST:  # the one that has rested longest is the first
            self._buckets.pop(next(iter(self._buckets)))
        if bucket.left < 1:
            return max(1, math.ceil((1 - bucket.left) * 60 / rate))
        bucket.left -= 1
        return 0
