"""Shaping: when a channel may post, so that its followers are neither woken nor flooded. Pure decisions.

Only new posts are shaped. Edits and deletions go at once, and so does what is urgent. A delay (quiet hours, the least
interval between two posts) only ever delays. What is beyond a cap waits for room, or for the next digest, or is
dropped, as `Shaping.overflow` says. Caps count over any hour and any day (24 hours), not by the calendar: no midnight
lets a flood through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from newswire.hours import local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from newswire.hours import Cadence, QuietHours

Overflow = Literal["queue", "digest", "drop"]
Rule = Literal["quiet_hours", "min_interval", "max_per_hour", "max_per_day", "digest"]
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """What a channel allows."""

    zone: ZoneInfo
    """The time zone of its readers."""
    max_per_hour: int | None = None
    max_per_day: int | None = None
    min_interval: timedelta | None = None
    """The least time between two posts: bursts are spread by it."""
    quiet_hours: QuietHours | None = None
    overflow: Overflow = "queue"
    """What becomes of an article beyond a cap."""
    digest: Cadence | None = None
    """When digests are made: of everything, or where `overflow` is ``digest`` of what is beyond a cap."""

    @property
    def memory(self) -> timedelta:
        """How long a post counts."""
        return max(_DAY, self.min_interval or _DAY)

    @property
    def only_digests(self) -> bool:
        """Whether articles go out in digests only, but for urgent ones."""
        return self.digest is not None and self.overflow != "digest"


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing may be posted now."""

    rule: Rule
    """The rule that holds it; of several the first."""
    until: datetime
    """When no rule holds it any more, if nothing else goes out meanwhile."""
    because: str


@dataclass(frozen=True, slots=True)
class Gather:
    """What waits is to go into a digest now."""

    due: datetime
    """The digest's time."""
    following: datetime
    """The time of the next one."""


@dataclass(frozen=True, slots=True)
class Drop:
    """What waits is not to be posted."""

    because: str


def hold(shaping: Shaping, posted: Sequence[datetime], now: datetime, *, capped: bool = True) -> Hold | None:
    """What holds a new post back now; None when it may go.

    Args:
        shaping: the channel's.
        posted: when it posted lately, in order.
        now: the time.
        capped: whether caps count; they do not for digests.
    """
    first, moment = None, now
    while (found := _delay(shaping, posted, moment) or (_cap(shaping, posted, moment) if capped else None)) is not None:
        first, moment = first or found, found.until
    return replace(first, until=moment) if first else None


def decide(
    shaping: Shaping, posted: Sequence[datetime], *, waiting_since: datetime, now: datetime
) -> Hold | Gather | Drop | None:
    """What becomes of the articles that wait for a channel; None: the first of them may go.

    Args:
        shaping: the channel's.
        posted: when it posted lately, in order.
        waiting_since: since when the first of them waits.
        now: the time.
    """
    if shaping.digest is not None and shaping.only_digests:
        gather = _digest(shaping.digest, shaping.zone, waiting_since, now)
        return gather if isinstance(gather, Hold) else hold(shaping, posted, now, capped=False) or gather
    full = hold(shaping, posted, now)
    if full is None or full.rule in {"quiet_hours", "min_interval"}:
        return full
    if shaping.overflow == "drop":
        return Drop(full.because)
    if shaping.digest is not None and shaping.overflow == "digest":
        gather = _digest(shaping.digest, shaping.zone, waiting_since, now)
        return replace(full, until=min(full.until, gather.until)) if isinstance(gather, Hold) else gather
    return full


def idle(
    shaping: Shaping | None, posted: Sequence[datetime], *, since: datetime, now: datetime, enough: timedelta
) -> bool:
    """Whether a channel might have posted for so long in all, of the time from one moment to another.

    Args:
        shaping: the channel's; None: it may post at any time.
        posted: when it posted lately, in order.
        since: the first moment.
        now: the last one.
        enough: how long is asked for; it is found out to about a sixtieth of that.
    """
    if shaping is None or now - since < enough:
        return now - since >= enough
    step, moment, free = max(enough / 60, timedelta(seconds=1)), since, timedelta()
    while moment < now:
        held = hold(shaping, posted, moment)
        if held is not None:
            moment = max(held.until, moment + step)
            continue
        free, moment = free + min(step, now - moment), moment + step
        if free >= enough:
            return True
    return False


def told(shaping: Shaping, posted: Sequence[datetime], now: datetime) -> dict[Rule, str]:
    """What every rule of a channel looks at now, in words: ``3 of 10 in the last hour``."""
    found: dict[Rule, str] = {}
    if shaping.quiet_hours is not None:
        shown = f"{now.astimezone(shaping.zone):%H:%M}"
        found["quiet_hours"] = f"they are {shaping.quiet_hours} ({shaping.zone}); it is {shown} there"
    if shaping.min_interval is not None:
        last = local(posted[-1], shaping.zone) if posted else "longer ago than counts"
        found["min_interval"] = f"it is {_minutes(shaping.min_interval)}; the last post was {last}"
    caps: tuple[tuple[Rule, int | None, timedelta, str], ...] = (
        ("max_per_hour", shaping.max_per_hour, _HOUR, "hour"),
        ("max_per_day", shaping.max_per_day, _DAY, "24 hours"),
    )
    for rule, most, length, words in caps:
        if most is not None:
            found[rule] = f"{sum(one > now - length for one in posted)} of {most} in the last {words}"
    if shaping.digest is not None:
        following = local(shaping.digest.next(now, shaping.zone), shaping.zone)
        what = "of what is beyond the caps" if shaping.overflow == "digest" else "of everything"
        found["digest"] = f"{shaping.digest}, {what}; the next one is due {following}"
    return found


def _digest(cadence: Cadence, zone: ZoneInfo, waiting_since: datetime, now: datetime) -> Gather | Hold:
    due, following = cadence.last(now, zone), cadence.next(now, zone)
    if waiting_since <= due:
        return Gather(due, following)
    return Hold("digest", following, f"it waits for the digest of {local(following, zone)} (digest is {cadence})")


def _delay(shaping: Shaping, posted: Sequence[datetime], now: datetime) -> Hold | None:
    quiet = shaping.quiet_hours
    if quiet is not None and quiet.hold(now.astimezone(shaping.zone).time()):
        return Hold("quiet_hours", quiet.over(now, shaping.zone), f"quiet_hours are {quiet} ({shaping.zone})")
    interval = shaping.min_interval
    if interval is not None and posted and now < posted[-1] + interval:
        last = local(posted[-1], shaping.zone)
        because = f"min_interval is {_minutes(interval)}, and the last post went out at {last}"
        return Hold("min_interval", posted[-1] + interval, because)
    return None


def _cap(shaping: Shaping, posted: Sequence[datetime], now: datetime) -> Hold | None:
    caps: tuple[tuple[Rule, int | None, timedelta], ...] = (
        ("max_per_hour", shaping.max_per_hour, _HOUR),
        ("max_per_day", shaping.max_per_day, _DAY),
    )
    for rule, most, length in caps:
        if most is not None and len(posted) >= most and posted[-most] > now - length:
            since = local(posted[-most], shaping.zone)
            return Hold(rule, posted[-most] + length, f"{rule} is {most}, and {most} went out since {since}")
    return None


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:g} min"
