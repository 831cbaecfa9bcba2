"""Subscriptions at hubs, and what is kept of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, ValidationError

from newswire.api import Record

if TYPE_CHECKING:
    from newswire_upstream.state import FeedState

SUBSCRIPTIONS = "upstream.subscriptions"
"""`Subscription` by its token. Only the process that polls writes here."""
CONFIRMED = "upstream.confirmed"
"""By token: until when a hub has said that it will tell. Only web processes write here."""
PATH = "/upstream/"
"""Callbacks are this and a token."""
LEASE = timedelta(days=10)
"""What is asked for; a hub may grant another."""
_AGAIN = timedelta(hours=1)
_MOST_TRIES = 6
"""From then on a hub that does not confirm is asked once in two days."""


class Subscription(Record):
    """That a hub is asked to tell of a feed's news."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    feed: str
    """The feed's key."""
    hub: str
    topic: str
    secret: str
    """By which the hub signs what it sends (section 7)."""
    asked: datetime
    """When the hub was last asked."""
    tries: int = 1
    """How often it was asked without confirming."""

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def fits(self, state: FeedState) -> bool:
        """Whether it is about the feed as it is now."""
        return (self.hub, self.topic) == (state.hub, state.topic)

    def due(self, until: datetime | None, now: datetime) -> bool:
        """Whether the hub is to be asked again: the lease comes to its end, or it has not confirmed."""
        if until is not None and until > now:
            return until - now < LEASE / 10 and now - self.asked > _AGAIN
        return now - self.asked > _AGAIN * (1 << min(self.tries - 1, _MOST_TRIES))


def read_subscription(kept: Any) -> Subscription | None:
    """A subscription as it was kept, if it can be read."""
    try:
        return Subscription.model_validate(kept)
    except ValidationError:
        return None


def read_until(kept: Any) -> datetime | None:
    """Until when a hub has confirmed."""
    try:
        return datetime.fromisoformat(kept["until"]) if isinstance(kept, dict) else None
    except (KeyError, ValueError, TypeError):
        return None
