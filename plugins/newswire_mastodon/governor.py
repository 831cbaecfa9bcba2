"""The rate limits of a server, kept before the server has to.

Mastodon counts in fixed windows that are aligned to the epoch (rack_attack.rb; `app/lib/rate_limiter.rb`). The same is
counted here, and a call that would be one too many is not made. What a server says in its headers corrects the count,
for it knows of other programs on the account and of limits of its own.

Pure but for the store that keeps the counts: the time comes in as an argument, in seconds since the epoch.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire.api import Json, State
    from newswire_mastodon.headers import Told

logger = logging.getLogger(__name__)

Doing = Literal["post", "edit", "delete", "upload", "read"]
"""What is asked of the server. All but a post can be asked again without harm."""

MINUTE, HOUR = 60, 3600
SHARED_FOR = 15
"""Seconds after which another process may have sent for the account: the counts are read again."""
UNLIMITED = 10**9
MARGIN = 1
"""Seconds to stay away from the end of a window, for clocks differ."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many things in a window of so many seconds."""

    name: str
    limit: int
    window: int

    def end(self, now: float) -> int:
        """When the present window ends."""
        return (math.floor(now / self.window) + 1) * self.window


CALLS = Bucket("calls", 300, 5 * MINUTE)
POSTS = Bucket("posts", 300, 3 * HOUR)
"""Posts and edits; in no list of Mastodon's documentation, and the limit that a busy account meets first."""
UPLOADS = Bucket("uploads", 30, 30 * MINUTE)
DELETES = Bucket("deletes", 30, 30 * MINUTE)
BUCKETS = (CALLS, POSTS, UPLOADS, DELETES)

SPENT_ON: Mapping[Doing, Bucket | None] = {
    "post": POSTS,
    "edit": POSTS,
    "delete": DELETES,
    "upload": UPLOADS,
    "read": None,
}
"""What is counted besides the call itself."""


@dataclass(slots=True)
class Count:
    """How one bucket stands."""

    end: int = 0
    used: int = 0
    limit: int = 0
    kept: int = 0
    """What the store says is used: a few more than are, so that not each call must be written down."""


class Governor:
    """The buckets of one account. Used by one thread at a time.

    Args:
        key: names the account in the plugin's store.
        server: the server's address; counts of another server are forgotten.
        state: the plugin's store.
        assumes: whether Mastodon's own limits hold as long as the server says nothing else.
    """

    def __init__(self, key: str, server: str, state: State, *, assumes: bool = True) -> None:
        self._key = key
        self._server = server
        self._state = state
        self._counts = {bucket: Count(limit=bucket.limit if assumes else UNLIMITED) for bucket in BUCKETS}
        self._written: Json = None
        self._other_until = 0.0
        self._last = -math.inf

    def wait(self, doing: Doing, now: float) -> tuple[Bucket | None, timedelta] | None:
        """The bucket that has no room for this, and how long until it has; None where it can be done."""
        if doing != "read":  # who only reads leaves the store alone: `newswire check` changes nothing, and needs none
            if now - self._last > SHARED_FOR:
                self._read(now)
            self._last = now
        if self._other_until > now:
            return None, timedelta(seconds=self._other_until - now + MARGIN)
        for bucket in (CALLS, SPENT_ON[doing]):
            if bucket is not None and self.left(bucket, now) <= 0:
                return bucket, timedelta(seconds=self._counts[bucket].end - now + MARGIN)
        return None

    def left(self, bucket: Bucket, now: float) -> int:
        """How many more there may be in the present window."""
        count = self._present(bucket, now)
        return count.limit - count.used

    def spend(self, bucket: Bucket, now: float) -> None:
        """Counts one."""
        count = self._present(bucket, now)
        count.used += 1
        if count.used > count.kept:
            self._keep(now, ahead=True)

    def give_back(self, doing: Doing, now: float) -> None:
        """Takes back what was counted for a post or an edit that the server refused: it does not count it either."""
        if SPENT_ON[doing] is POSTS:
            count = self._present(POSTS, now)
            count.used = max(count.used - 1, 0)

    def heed(self, told: Told, doing: Doing, now: float) -> None:
        """Takes what a server says of the bucket, of those that a call counted in, that is nearest to its end.

        It does not say which one that is. Its window does: it ends when the bucket's does. A window that fits none is
        that of a server with limits of its own; then all calls wait when it is used up.
        """
        counted_in = (CALLS, SPENT_ON[doing])
        fitting = [bucket for bucket in counted_in if bucket is not None and told.fits(bucket.window)]
        named = [bucket for bucket in fitting if bucket.limit == told.limit] or fitting[:1]
        for bucket in named:
            count = self._present(bucket, now)
            count.end = math.ceil(now + told.seconds)
            count.limit = told.limit
            count.used = told.limit - told.remaining
            if count.used > count.kept:
                self._keep(now, ahead=True)
        if not named and told.remaining <= 0:
            self._other_until = now + told.seconds

    def close(self, now: float) -> None:
        """Writes the counts down as they are."""
        if any(count.kept for count in self._counts.values()):
            self._keep(now, ahead=False)

    def _present(self, bucket: Bucket, now: float) -> Count:
        count = self._counts[bucket]
        # A server's own end of a window may differ a little from ours; a window never lasts longer than it is long.
        if not now < count.end <= now + bucket.window + MARGIN:
            count.end, count.used, count.kept = bucket.end(now), 0, 0
        return count

    def _keep(self, now: float, *, ahead: bool) -> None:
        if self._last == -math.inf:
            return
        kept: dict[str, Any] = {"server": self._server}
        for bucket in BUCKETS:
            count = self._present(bucket, now)
            more = bucket.limit // 30 if ahead and count.used else 0
            count.kept = max(min(count.used + more, count.limit), count.used)
            if count.used or count.limit != bucket.limit:
                kept[bucket.name] = [count.end, count.kept, count.limit]
        self._written = kept
        try:
            self._state.set(self._key, kept)
        except Exception as error:  # noqa: BLE001  # whatever the store has: posting goes on, the counts are a courtesy
            logger.warning("%s: not written down (%s)", self._key, type(error).__name__)

    def _read(self, now: float) -> None:
        try:
            kept: Json = self._state.get(self._key)
        except Exception as error:  # noqa: BLE001  # as above
            logger.warning("%s: not read (%s)", self._key, type(error).__name__)
            return
        if not isinstance(kept, dict) or kept.get("server") != self._server or kept == self._written:
            return
        for bucket in BUCKETS:
            match kept.get(bucket.name):
                case [int(end), int(used), int(limit)] if now < end <= now + bucket.window + MARGIN:
                    count = self._present(bucket, now)
                    count.end, count.limit = end, limit
                    count.used = count.kept = max(count.used, used)
