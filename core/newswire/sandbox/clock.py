"""The time the sandbox goes by: passed in, so that a test can wait three hours in no time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Gives the present time in seconds since 1970-01-01T00:00:00Z; `time.time` is one."""

START_OF_VIRTUAL_TIME = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC).timestamp()


class VirtualClock:
    """A clock that stands still until it is told to go on.

    Args:
        now: Where it starts, in seconds since the epoch.
    """

    def __init__(self, now: float = START_OF_VIRTUAL_TIME) -> None:
        self._now = now

    def __call__(self) -> float:
        """Give the present time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass.

        Raises:
            ValueError: The seconds are negative; time does not run backwards here.
        """
        if seconds < 0:
            raise ValueError("a clock runs forwards only")
        self._now += seconds


def moment(seconds: float) -> datetime:
    """Give the UTC date of a number of seconds since the epoch."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def iso_milliseconds(seconds: float) -> str:
    """Write a time as Mastodon's API does in its entities: `2026-01-05T09:00:00.000Z`."""
    return moment(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_microseconds(seconds: float) -> str:
    """Write a time as Mastodon does in `X-RateLimit-Reset` (`iso8601(6)`)."""
    return moment(seconds).isoformat(timespec="microseconds").replace("+00:00", "Z")
