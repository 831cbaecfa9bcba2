"""What can be wrong, what is seen of it, and what is kept of it. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_NOTHING = timedelta()


class Kind(StrEnum):
    """What can be wrong."""

    ACCOUNT_PAUSED = "account_paused"
    """Its platform lets it wait, or refuses its credential, or it does not start."""
    CHANNEL_SUSPENDED = "channel_suspended"
    """It is gone, or lets us in no more."""
    CHANNEL_PAUSED = "channel_paused"
    """Its platform lets it wait."""
    CHANNEL_SILENT = "channel_silent"
    """Articles matched, nothing held them back, and nothing went out."""
    DOUBT = "doubt"
    """Posts of a channel wait for somebody to say whether they are out."""
    DEAD = "dead"
    """Deliveries of a channel were given up."""
    INTAKE_SILENT = "intake_silent"
    """It brings nothing."""
    INTAKE_FAILING = "intake_failing"
    """It breaks off when it is read."""
    FOLLOWER_BEHIND = "follower_behind"
    """It fails, or does not keep up with the events."""
    PLUGIN_FAILED = "plugin_failed"
    """It did not load."""


Key = tuple[Kind, str]
"""What is wrong with whom: the name of a channel, an account, an intake, a follower or a plugin."""
SETTLES = {
    Kind.ACCOUNT_PAUSED: timedelta(minutes=5),
    Kind.CHANNEL_PAUSED: timedelta(minutes=5),
    Kind.FOLLOWER_BEHIND: timedelta(minutes=5),
}
"""How long it must be gone before it is over: a refused account is tried again for a moment, each hour."""
MORE_AFTER = timedelta(hours=1)
"""How long further doubts and dead deliveries of a channel are gathered before they are told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """Something that is wrong at the moment."""

    kind: Kind
    subject: str
    words: str
    """What is known of it, in a clause."""
    since: datetime | None = None
    """When it began; None: when it was first seen."""
    until: datetime | None = None
    """How long it will last at least, if that is known."""
    after: timedelta = _NOTHING
    """How long it may last before it is an alert."""
    newest: datetime | None = None
    """Where it is made of several things: when the last of them came."""

    @property
    def key(self) -> Key:
        """What is wrong with whom."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look found."""

    symptoms: tuple[Symptom, ...]
    open: frozenset[Key] = frozenset()
    """What cannot be told at the moment: a channel in its quiet hours is neither silent nor well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was last told on one channel."""

    notice: str
    """The id of the notice."""
    at: datetime
    recovery: bool = False
    """Whether it told that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that is, or was, wrong, as it is kept."""

    kind: Kind
    subject: str
    words: str
    since: datetime
    """When it began, or was first seen."""
    raised: datetime | None = None
    """When it had lasted long enough to be an alert."""
    gone: datetime | None = None
    """Since when it is not seen any more."""
    over: datetime | None = None
    """When it had been gone long enough."""
    newest: datetime | None = None
    told: Mapping[str, Told] = field(default_factory=dict)
    """What was told of it, by channel."""

    @property
    def key(self) -> Key:
        """What is wrong with whom."""
        return self.kind, self.subject

    @property
    def stands(self) -> bool:
        """Whether it is an alert now."""
        return self.raised is not None and self.over is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNotice:
    """The notice that a channel was given last."""

    id: str
    at: datetime
    state: str
    """``under_way``, ``out`` (or perhaps out), or ``failed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A channel that alerts go to."""

    channel: str
    account: str
    usable: bool
    """Whether it and its account are active and not paused."""
    last: LastNotice | None = None
