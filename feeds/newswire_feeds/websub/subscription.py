"""Subscriptions and what is asked of them. Pure data, and how it changes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire.api import Json

Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody asked the hub for, and has not been verified yet (WebSub section 5.1)."""

    mode: Mode
    topic: str
    """The feed's address, as it was asked for."""
    feed: str
    """The feed's key, which all its formats share."""
    path: str
    """The path of its document, decoded."""
    callback: str = field(repr=False)
    """Where to deliver: an address nobody else should know."""
    secret: str | None = field(repr=False)
    lease: int
    """Seconds the subscription is to last."""
    at: datetime

    @property
    def key(self) -> str:
        """Names the subscription that is meant: topic and callback together do (section 5.1)."""
        return subscription_key(self.topic, self.callback)

    def document(self) -> Json:
        """As it is kept."""
        return _document(self)

    @classmethod
    def read(cls, document: Any) -> Intent:
        """What was kept."""
        return cls(**{**document, "at": datetime.fromisoformat(document["at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody who is told of a feed's news."""

    topic: str
    feed: str
    path: str
    callback: str = field(repr=False)
    secret: str | None = field(repr=False)
    until: datetime
    """When the lease ends (section 5.3: there are no perpetual ones)."""
    seen: int
    """What happened up to this event needs not be told."""
    delivered: int = 0
    """Entries up to this event were delivered; 0 before the first delivery, which brings the whole feed."""
    failures: int = 0
    """In a row."""
    note: str | None = None
    """What the last failure was."""

    @property
    def key(self) -> str:
        """Names it."""
        return subscription_key(self.topic, self.callback)

    def reached(self, number: int) -> Subscription:
        """As it is after a delivery of everything up to an event."""
        return replace(self, seen=number, delivered=number, failures=0, note=None)

    def failed(self, note: str) -> Subscription:
        """As it is after a delivery that failed."""
        return replace(self, failures=self.failures + 1, note=note)

    def document(self) -> Json:
        """As it is kept."""
        return _document(self)

    @classmethod
    def read(cls, document: Any) -> Subscription:
        """What was kept."""
        return cls(**{**document, "until": datetime.fromisoformat(document["until"])})


def subscription_key(topic: str, callback: str) -> str:
    """A key of a fixed length that holds neither address."""
    return hashlib.blake2b(f"{topic}\n{callback}".encode(), digest_size=16).hexdigest()


def lease(asked: int | None, *, least: int, most: int) -> int:
    """How many seconds a subscription lasts: as asked for, within bounds; the most where nothing was asked."""
    return most if asked is None else max(least, min(asked, most))


def _document(record: Intent | Subscription) -> Json:
    kept: Mapping[str, Any] = asdict(record)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in kept.items()}
