"""Hours as readers have them: quiet hours and the times of digests, in a time zone. Pure decisions.

What counts is what the clock on the wall shows. When it is put forward, a time that it never shows counts as the
moment of the jump for quiet hours, and as that much later for digests (02:30 becomes 03:30); when it is put back,
quiet hours are kept in both hours of the same name, and a digest is made in the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, WithJsonSchema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

Every = Literal["hourly", "daily", "weekly"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MORNING = time(8)
"""When a daily or weekly digest is made that names no time."""
_SECOND, _QUARTER = timedelta(seconds=1), timedelta(minutes=15)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def known_zone(name: str) -> str:
    """The name of a time zone that is known here.

    Raises:
        ValueError: it is not.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an OSError where it names a folder of zones
        close = get_close_matches(name, available_timezones(), n=1)
        meant = f"did you mean {close[0]!r}?" if close else "write one such as 'Europe/Berlin'"
        raise ValueError(f"no time zone {name[:60]!r}; {meant}") from None
    return name


TimeZone = Annotated[str, AfterValidator(known_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})]
"""The name of a time zone, as the IANA database has it."""


def local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a zone's clock shows it: ``2026-11-23 18:00 CET``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def read_time(text: str) -> time:
    """Reads a time of day: ``22:00``, ``7:30``; ``24:00`` is midnight.

    Raises:
        ValueError: it is none.
    """
    if text == "24:00":
        return time()
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no time of day such as '22:00'")
    return time(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of every day in which no new post is made; they may span midnight."""

    begin: time
    end: time
    """The first time that is not quiet any more."""

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def hold(self, shown: time) -> bool:
        """Whether a time that the clock on the wall shows is a quiet one."""
        if self.begin < self.end:
            return self.begin <= shown < self.end
        return shown >= self.begin or shown < self.end

    def over(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first moment from now on that is not quiet, in UTC."""
        if not self.hold(now.astimezone(zone).time()):
            return now
        today = now.astimezone(zone).date()
        ends = {_resolved(today + days * _DAY, self.end, zone, fold) for days in range(3) for fold in (0, 1)}
        # A clock that is put forward or back may also leave the quiet hours by the jump.
        moments = ends | set(_jumps(now, now + 2 * _DAY, zone))
        return min(one for one in moments if one > now and not self.hold(one.astimezone(zone).time()))


def read_quiet_hours(text: str) -> QuietHours:
    """Reads ``22:00-07:00``.

    Raises:
        ValueError: it cannot be read, or all of the day or nothing would be quiet.
    """
    begin, dash, end = (part.strip() for part in text.replace("\u2013", "-").partition("-"))
    if not dash:
        raise ValueError("must be two times of day such as '22:00-07:00'")
    quiet = QuietHours(read_time(begin), read_time(end))
    if quiet.begin == quiet.end:
        raise ValueError("begins and ends at the same time")
    return quiet


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often digests are made, and when."""

    every: Every
    """``hourly``, ``daily`` or ``weekly``."""
    at: time = MORNING
    """For daily and weekly ones; hourly ones are made on the hour."""
    weekday: int = 0
    """For weekly ones: 0 is Monday."""

    def __str__(self) -> str:
        match self.every:
            case "hourly":
                return "hourly"
            case "daily":
                return f"daily {self.at:%H:%M}"
            case "weekly":
                return f"weekly {WEEKDAYS[self.weekday]} {self.at:%H:%M}"

    @property
    def length(self) -> timedelta:
        """What a digest covers, but for days that a change of the clock makes longer or shorter."""
        return {"hourly": _HOUR, "daily": _DAY, "weekly": 7 * _DAY}[self.every]

    def last(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest time of a digest that is not after now, in UTC."""
        return max(moment for moment in self._near(now, zone) if moment <= now)

    def next(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first time of a digest after now, in UTC."""
        return min(moment for moment in self._near(now, zone) if moment > now)

    def _near(self, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        if self.every == "hourly":
            # The full hours that the clock shows; all zones are whole quarters of an hour from UTC.
            start = now.replace(minute=0, second=0, microsecond=0)
            quarters = (start + number * _QUARTER for number in range(-12, 13))
            yield from (moment for moment in quarters if moment.astimezone(zone).minute == 0)
            return
        today = now.astimezone(zone).date()
        for days in range(-9, 10):
            day = today + days * _DAY
            if self.every == "daily" or day.weekday() == self.weekday:
                yield _resolved(day, self.at, zone)


def read_cadence(text: str) -> Cadence:
    """Reads ``hourly``, ``daily``, ``daily 18:00``, ``weekly``, ``weekly friday 18:00``.

    Raises:
        ValueError: it is none of these.
    """
    match text.lower().split():
        case ["hourly"]:
            return Cadence("hourly")
        case ["daily" | "weekly" as every]:
            return Cadence(every)
        case ["daily", at]:
            return Cadence("daily", read_time(at))
        case ["weekly", day] if day in WEEKDAYS:
            return Cadence("weekly", weekday=WEEKDAYS.index(day))
        case ["weekly", day, at] if day in WEEKDAYS:
            return Cadence("weekly", read_time(at), WEEKDAYS.index(day))
    raise ValueError("must be 'hourly', 'daily', 'daily 18:00', 'weekly' or 'weekly friday 18:00'")


def _resolved(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """When a clock shows a time, the first or (fold 1) the second time of two.

    A time that it never shows counts by the hour from before the jump, or (fold 1) from after it (PEP 495).
    """
    return datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC)


def _jumps(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments between two, a few days apart, at which the zone's clock is put forward or back."""
    if begin.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset():
        return  # as on all but two days of the year
    while begin < end:
        later = begin + _HOUR
        before = begin.astimezone(zone).utcoffset()
        if later.astimezone(zone).utcoffset() != before:
            early, late = 0, 3600
            while late - early > 1:
                middle = (early + late) // 2
                same = (begin + middle * _SECOND).astimezone(zone).utcoffset() == before
                early, late = (middle, late) if same else (early, middle)
            yield begin.replace(microsecond=0) + late * _SECOND
        begin = later
