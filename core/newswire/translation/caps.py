"""Caps: how much a translator may be asked for, and how long it then rests. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MILLION = 1_000_000
"""Costs are kept in millionths, for sums of fractions must not drift."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken in some time."""

    requests: int = 0
    characters: int = 0
    cost: int = 0
    """In millionths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a translator took so far, in hours, days and months of UTC, as bills count them."""

    hour: Spent = Spent()
    day: Spent = Spent()
    month: Spent = Spent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much a translator may take; None: as much as there is."""

    requests_per_hour: int | None = None
    requests_per_day: int | None = None
    characters_per_hour: int | None = None
    characters_per_day: int | None = None
    cost_per_month: float | None = None

    def reached(self, spending: Spending, more: Spent, now: datetime) -> tuple[str, datetime] | None:
        """The cap that a further request would break, and when there is room again; None where there is."""
        hour, day, month = starts(now)
        for name, cap, spent, asked, until in (
            ("requests an hour", self.requests_per_hour, spending.hour.requests, more.requests, _next_hour(hour)),
            ("requests a day", self.requests_per_day, spending.day.requests, more.requests, _next_day(day)),
            (
                "characters an hour",
                self.characters_per_hour,
                spending.hour.characters,
                more.characters,
                _next_hour(hour),
            ),
            ("characters a day", self.characters_per_day, spending.day.characters, more.characters, _next_day(day)),
        ):
            # What is larger than the cap itself goes when nothing else was taken, or it would wait for ever.
            if cap is not None and spent and spent + asked > cap:
                return f"the cap of {cap:,} {name} is reached", until
        cost = self.cost_per_month
        if cost is not None and spending.month.cost + more.cost > cost * MILLION:
            return f"the cap of {cost:g} a month is reached", _next_month(month)
        return None

    def __iter__(self) -> Iterator[tuple[str, float]]:
        """The caps there are, by name."""
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if value is not None:
                yield name, value


def starts(now: datetime) -> tuple[datetime, datetime, datetime]:
    """When the hour, the day and the month of a time began, in UTC."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    return hour, day, day.replace(day=1)


def _next_hour(hour: datetime) -> datetime:
    return hour + timedelta(hours=1)


def _next_day(day: datetime) -> datetime:
    return day + timedelta(days=1)


def _next_month(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)
