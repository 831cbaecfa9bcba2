"""When a channel may post: keys of the ``[[channels]]`` tables."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from newswire.durations import Duration
from newswire.hours import Cadence, QuietHours, TimeZone, read_cadence, read_quiet_hours
from newswire.model import Record
from newswire.shaping import Overflow, Shaping


def _quiet_hours(value: Any) -> Any:
    return read_quiet_hours(value) if isinstance(value, str) else value


def _cadence(value: Any) -> Any:
    if isinstance(value, str):
        return None if value.strip().lower() == "off" else read_cadence(value)
    return value


Quiet = Annotated[
    QuietHours | None,
    BeforeValidator(_quiet_hours),
    PlainSerializer(str, return_type=str, when_used="unless-none"),
    WithJsonSchema({"type": "string", "examples": ["22:00-07:00"]}),
]
"""Two times of day with a hyphen between."""
DigestTimes = Annotated[
    Cadence | None,
    BeforeValidator(_cadence),
    PlainSerializer(str, return_type=str, when_used="unless-none"),
    WithJsonSchema({"type": "string", "examples": ["off", "hourly", "daily 18:00", "weekly friday 18:00"]}),
]
"""How often digests are made, and when; None for ``"off"``."""


class ShapingTable(Record):
    """When a channel may post: part of a ``[[channels]]`` table."""

    max_per_hour: Annotated[int, Field(ge=1)] | None = None
    """How many new posts may go out in any hour; corrections and withdrawals always go, and so does what is urgent."""
    max_per_day: Annotated[int, Field(ge=1)] | None = None
    """How many new posts may go out in any 24 hours."""
    overflow: Overflow = "queue"
    """What becomes of an article beyond these caps: it waits for room (``queue``), goes into the next digest
    (``digest``, which `digest` says the times of), or is not posted (``drop``, kept with the reason)."""
    min_interval: Duration | None = None
    """The least time between two new posts: bursts are spread by it."""
    quiet_hours: Quiet = None
    """Hours of the day in which no new post is made, such as ``22:00-07:00``; what comes then goes out afterwards."""
    digest: DigestTimes = None
    """One post that lists many articles, instead of one for each: ``hourly``, ``daily 18:00``, ``weekly friday
    18:00``; with ``overflow = "digest"`` only for what is beyond the caps."""
    timezone: TimeZone | None = None
    """The time zone of the channel's readers, for quiet hours and digests; else the site's."""

    @model_validator(mode="after")
    def _digest_fits(self) -> ShapingTable:
        if self.overflow == "digest" and self.digest is None:
            raise ValueError("overflow is 'digest', but nothing says when: add digest = \"daily 18:00\"")
        if self.overflow != "queue" and self.max_per_hour is None and self.max_per_day is None:
            raise ValueError(f"overflow is {self.overflow!r}, but there is no cap: add max_per_hour or max_per_day")
        return self

    def shaping(self, default_zone: str) -> Shaping | None:
        """What the table says; None where it says nothing.

        Args:
            default_zone: the site's time zone.
        """
        rules = (self.max_per_hour, self.max_per_day, self.min_interval, self.quiet_hours, self.digest)
        if not any(rules):
            return None
        return Shaping(
            zone=ZoneInfo(self.timezone or default_zone),
            max_per_hour=self.max_per_hour,
            max_per_day=self.max_per_day,
            min_interval=self.min_interval,
            quiet_hours=self.quiet_hours,
            overflow=self.overflow,
            digest=self.digest,
        )
