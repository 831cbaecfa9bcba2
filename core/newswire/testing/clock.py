"""A clock that moves when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""Where a rehearsal's clock stands at first."""


class RehearsalClock:
    """A clock that stands still until somebody moves it.

    The room, its plugins and a fake platform should go by the same one: a pause that the platform asks for then ends
    when the clock has been moved, and no test sleeps.

    Args:
        now: where it stands at first, with a time zone.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        """The time, in UTC."""

    def __call__(self) -> datetime:
        """The time, in UTC."""
        return self.now

    def timestamp(self) -> float:
        """The time in seconds since the epoch, for fakes that count so."""
        return self.now.timestamp()

    def forward(self, length: timedelta) -> None:
        """Moves the clock.

        Raises:
            ValueError: the length is negative; time does not run backwards here.
        """
        if length < timedelta():
            raise ValueError("a clock runs forwards only")
        self.now += length

    def forward_to(self, moment: datetime) -> None:
        """Moves the clock to a moment; one that is past already changes nothing."""
        self.now = max(self.now, moment)
