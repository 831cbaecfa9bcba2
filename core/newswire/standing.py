"""How the wire room stands: accounts and who sends for them, channels and what holds them up, intakes. Pure data.

`newswire.store.standing` reads it. What it says of a pause, it says only while the pause lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newswire.shaping import Hold

UNTIL_RESUMED = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when a channel rests that somebody paused without saying for how long."""
LATE = timedelta(minutes=15)
"""How long something may be due, with nothing that holds it up, before it is worth a look."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A rest of an account or a channel."""

    until: datetime
    because: str | None
    """Why, where somebody said."""

    @property
    def ends(self) -> bool:
        """Whether it ends by itself."""
        return self.until < UNTIL_RESUMED


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that sends for an account."""

    host: str
    process: str
    """Its number and what else tells it from others on the host."""
    since: datetime | None
    until: datetime
    """When its lease runs out, unless it gives a sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Deliveries that something is still to be done about."""

    pending: int = 0
    sending: int = 0
    doubt: int = 0
    dead: int = 0

    @property
    def backlog(self) -> int:
        """What is still to be sent."""
        return self.pending + self.sending

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            pending=self.pending + other.pending,
            sending=self.sending + other.sending,
            doubt=self.doubt + other.doubt,
            dead=self.dead + other.dead,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """How an account stands."""

    name: str
    kind: str | None
    """The type of its channels; None where the config does not have it."""
    enabled: bool
    holder: Holder | None
    """Who holds its lane; None: nobody does, so nothing is sent."""
    pause: Pause | None
    channels: int
    """Its enabled channels."""
    counts: Counts
    """Over all its channels."""

    @property
    def trouble(self) -> tuple[str, ...]:
        """What is worth a look, in words."""
        return tuple(self._trouble())

    def _trouble(self) -> Iterator[str]:
        if not self.enabled:
            return
        if self.pause is not None:
            yield f"paused: {self.pause.because or 'nobody said why'}"
        elif self.holder is None and self.counts.backlog:
            yield "nobody sends for it: is 'newswire run' running?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStanding:
    """How a channel stands."""

    name: str
    account: str
    enabled: bool
    """Whether the config has it, with its account, enabled."""
    inactive: str | None
    """Why nothing is posted to it any more; None while it is active."""
    pause: Pause | None
    counts: Counts
    due_since: datetime | None
    """Since when the oldest delivery is due that is not sent yet; None where nothing is due."""
    waits: Hold | None
    """What its shaping holds back, and until when."""
    last_post: datetime | None = None
    """When it last showed something new; not looked up for every list."""
    states: Mapping[str, int] = field(default_factory=dict)
    """How many deliveries are in each state, done and suppressed ones too; not looked up for every list."""
    late: bool = False
    """Whether something is due for longer than `LATE`, though nothing holds it up."""

    @property
    def trouble(self) -> tuple[str, ...]:
        """What is worth a look, in words, the worst first."""
        return tuple(self._trouble()) if self.enabled else ()

    def _trouble(self) -> Iterator[str]:
        if self.inactive is not None:
            yield f"not active: {self.inactive}"
        if self.pause is not None:
            yield f"paused: {self.pause.because or 'nobody said why'}"
        if self.counts.doubt:
            yield f"{self.counts.doubt} in doubt"
        if self.counts.dead:
            yield f"{self.counts.dead} given up"
        if self.late and self.due_since is not None:
            yield f"late: due since {self.due_since:%Y-%m-%d %H:%M} UTC"

    @property
    def rank(self) -> tuple[int, str]:
        """Its place in a list: what needs a hand first."""
        if not self.trouble:
            return (5 if self.enabled else 6), self.name
        marks = (self.inactive is not None, bool(self.counts.doubt), bool(self.counts.dead), self.late)
        return (marks.index(True) if any(marks) else 4), self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeStanding:
    """How an intake stands."""

    name: str
    enabled: bool
    last_run: datetime | None
    last_success: datetime | None
    """When it last read everything without failing."""
    report: Mapping[str, Any]
    """What it said the last time: ``counts`` and ``problems``."""

    @property
    def trouble(self) -> tuple[str, ...]:
        """What is worth a look, in words."""
        if not self.enabled:
            return ()
        if self.last_run is not None and self.last_success != self.last_run:
            since = f"{self.last_success:%Y-%m-%d %H:%M} UTC" if self.last_success else "ever"
            return (f"it fails: no success since {since}",)
        problems = len(self.report.get("problems", ()))
        return (f"{problems} not taken",) if problems else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the whole room stands."""

    at: datetime
    latest_event: int
    """The number of the newest event, 0 before the first."""
    last_post: datetime | None
    """When anything was last posted anywhere."""
    accounts: Sequence[AccountStanding]
    channels: Sequence[ChannelStanding]
    """What needs a hand first, then by name, those last that are not enabled."""
    intakes: Sequence[IntakeStanding]

    @property
    def counts(self) -> Counts:
        """Over all channels."""
        return sum((one.counts for one in self.channels), Counts())

    @property
    def troubled(self) -> Sequence[ChannelStanding]:
        """The channels that are worth a look."""
        return [one for one in self.channels if one.trouble]


def pause(until: datetime | None, because: str | None, now: datetime) -> Pause | None:
    """The pause that a row of an account or a channel tells of; None where it is over."""
    return Pause(until, because) if until is not None and until > now else None


def holder(owner: str | None, since: datetime | None, until: datetime | None, now: datetime) -> Holder | None:
    """Who holds a lane by its row; None where nobody does, or whoever did gave no sign of life for too long."""
    if owner is None or until is None or until < now:
        return None
    host, _, process = owner.partition(":")
    return Holder(host, process, since, until)
