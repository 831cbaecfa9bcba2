"""Deliveries: what a channel should show of an article, and what it shows. Pure data.

A delivery is a level, not a message: `want` is the revision the channel should show, `have` the one it shows. What
to do follows from the two, so edits coalesce, and a withdrawal before posting posts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Literal

from newswire import errors

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from newswire.channel import Abilities
    from newswire.post import Receipt

POST_GONE = "the post is gone"
"""How the reason begins of a delivery whose post somebody deleted on the platform: no correction puts it back."""
DROPPED = "dropped"
"""How the reason begins of a delivery that was beyond a cap: a later revision does not make it news."""
IMPORTED = "it was there when its intake began: imported, not posted"
"""The reason of a delivery of what was no news when it came; nothing that happens to it later makes it news."""
InDoubt = Literal["hold", "resend", "drop"]
"""What to do with a post of which nobody can find out whether it went out."""


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    """Something is to be done, now or when it is due."""
    SENDING = "sending"
    """A worker has announced that it is about to talk to the platform."""
    DONE = "done"
    """The channel shows what it should."""
    DOUBT = "doubt"
    """A post may or may not be out, and nobody but a person can tell."""
    DEAD = "dead"
    """Given up, with the reason."""
    SUPPRESSED = "suppressed"
    """Never sent on purpose, with the reason."""


class Urgency(IntEnum):
    """Whether a new post waits where a channel shapes what goes out; see `newswire.shaping`."""

    ORDINARY = 0
    DIGEST = 1
    """It is a digest: quiet hours and intervals hold it, caps do not."""
    URGENT = 2
    """Nothing holds it: the article is urgent, or somebody asked for it by hand."""


class Operation(StrEnum):
    """What a delivery needs done."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"
    NOTHING = "nothing"


def operation(*, out: bool, withdrawn: bool) -> Operation:
    """What brings a channel to what it should show.

    Args:
        out: whether a post of the article is out.
        withdrawn: whether the article is withdrawn.
    """
    if withdrawn:
        return Operation.DELETE if out else Operation.NOTHING
    return Operation.EDIT if out else Operation.POST


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row: a channel and an article."""

    id: int
    channel: str
    article_id: str
    want: int
    have: int | None
    state: State
    due: datetime
    since: datetime
    attempt: int
    started: datetime | None
    uncertain_since: datetime | None
    generation: int
    forced: bool
    receipt: Receipt | None
    digest: str | None
    language: str | None
    reason: str | None
    changed: datetime
    urgency: Urgency = Urgency.ORDINARY
    within: str | None = None
    """The digest that lists the article, where it has no post of its own."""

    @property
    def may_be_out(self) -> bool:
        """Whether followers see a post of it, perhaps see one, or may see one in a moment."""
        return bool(self.receipt or self.uncertain_since or self.state is State.SENDING)

    @property
    def taken_away(self) -> bool:
        """Whether there was a post of it, and somebody deleted it on the platform."""
        return self.state is State.DEAD and self.receipt is None and (self.reason or "").startswith(POST_GONE)

    @property
    def ahead(self) -> bool:
        """Whether it does not wait in line where a channel shapes what goes out: only new posts do."""
        return bool(self.urgency is Urgency.URGENT or self.receipt or self.uncertain_since)

    @property
    def key(self) -> str:
        """Equal for repetitions of one and the same post, whatever its revision: for idempotency keys."""
        return f"newswire/{self.channel}/{self.article_id}/{self.generation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An attempt that ended as it should: the channel now shows revision `rev`."""

    rev: int
    receipt: Receipt | None
    """What a later edit needs; None after a deletion, and where nothing was out."""
    digest: str | None
    language: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An attempt that found, before anything was sent, that nothing may be sent any more."""

    reason: str


Result = Sent | Suppressed | errors.Outcome
"""What came of an attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a channel's attempts are judged."""

    abilities: Abilities
    in_doubt: InDoubt
    horizon: timedelta
    """How long a delivery is retried before it is given up."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an attempt's result changes: columns of the delivery, a pause of its channel or lane."""

    columns: dict[str, Any]
    channel: dict[str, Any] = field(default_factory=dict)
    lane: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """What decides whether an article is news to a channel."""

    appeared: datetime
    """When readers could first have the edition that would be sent."""
    seq: int
    """The event that brought it."""


@dataclass(frozen=True, slots=True)
class Start:
    """When a channel was added."""

    seq: int
    """The newest event then."""
    at: datetime


def stale(novelty: Novelty, *, start: Start, max_age: timedelta | None, now: datetime) -> str | None:
    """Why an article is no news to a channel any more; None when it is.

    A channel starts silent: what was there before it is not news to it, whether the store had it already or only
    takes it in now.

    Args:
        novelty: of the edition that would be sent.
        start: when the channel was added.
        max_age: how old news may be; None: the age does not count.
        now: the time.
    """
    if novelty.seq <= start.seq or (max_age is not None and novelty.appeared < start.at):
        return f"it appeared before the channel was added ({novelty.appeared:%Y-%m-%d %H:%M} UTC; see backfill)"
    if max_age is not None and now - novelty.appeared > max_age:
        return f"too old: it appeared {novelty.appeared:%Y-%m-%d %H:%M} UTC, max_age is {max_age}"
    return None
