"""The rate limits of a Mastodon server.

Source: Mastodon, `config/initializers/rack_attack.rb` and `app/lib/rate_limiter.rb`. All windows are fixed and aligned
to the epoch. A refused request counts in a throttle, but not in the posting allowance.
"""

import math
from dataclasses import dataclass

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many requests in a window of so many seconds."""

    name: str
    limit: int
    window: int

    def reset(self, now: float) -> int:
        """Give the moment the present window ends, in seconds since the epoch."""
        return (math.floor(now / self.window) + 1) * self.window


PER_TOKEN = Bucket("token", 300, 5 * MINUTE)
PER_ACCOUNT = Bucket("account", 1500, 5 * MINUTE)
PER_ADDRESS = Bucket("address", 300, 5 * MINUTE)
UPLOADS = Bucket("uploads", 30, 30 * MINUTE)
DELETES = Bucket("deletes", 30, 30 * MINUTE)
POSTS = Bucket("posts", 300, 3 * HOUR)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one bucket stands for one client."""

    bucket: Bucket
    remaining: int
    reset: int


class Counters:
    """Counts per bucket, client and window."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def _count(self, bucket: Bucket, client: str, now: float) -> int:
        reset, count = self._counts.get((bucket.name, client), (0, 0))
        return count if reset == bucket.reset(now) else 0

    def add(self, bucket: Bucket, client: str, now: float) -> Standing:
        """Count one request; the standing's `remaining` is negative when it is one too many."""
        count = self._count(bucket, client, now) + 1
        self._counts[bucket.name, client] = (bucket.reset(now), count)
        return Standing(bucket, bucket.limit - count, bucket.reset(now))

    def standing(self, bucket: Bucket, client: str, now: float) -> Standing:
        """Give how a bucket stands without counting."""
        return Standing(bucket, bucket.limit - self._count(bucket, client, now), bucket.reset(now))
