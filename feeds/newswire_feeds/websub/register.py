"""The subscriptions, in memory and in the store. Only the process that feeds the follower has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from newswire_feeds.websub.subscription import Subscription

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Json, State

SUBSCRIPTIONS = "feeds.websub.subscriptions"


class Register:
    """Who is subscribed. What changes is written with the next `save`, many changes in one transaction.

    Args:
        state: where it is kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._subscriptions: dict[str, Subscription] = {}
        self._unsaved: dict[str, Json] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def all(self) -> list[Subscription]:
        """Every subscription."""
        return list(self._subscriptions.values())

    async def load(self) -> None:
        """Reads what is kept."""
        kept = await asyncio.to_thread(self._state.all)
        self._subscriptions = {key: Subscription.read(document) for key, document in kept.items()}

    def get(self, key: str) -> Subscription | None:
        """The subscription of a key, or None."""
        return self._subscriptions.get(key)

    def put(self, subscription: Subscription) -> None:
        """Adds a subscription, or replaces it."""
        self._subscriptions[subscription.key] = subscription
        self._unsaved[subscription.key] = subscription.document()

    def remove(self, key: str) -> None:
        """Ends a subscription."""
        if self._subscriptions.pop(key, None) is not None:
            self._unsaved[key] = None

    def expire(self, now: datetime) -> int:
        """Ends the subscriptions whose lease is over; says how many."""
        over = [key for key, subscription in self._subscriptions.items() if subscription.until <= now]
        for key in over:
            self.remove(key)
        return len(over)

    async def save(self) -> None:
        """Writes what has changed; what cannot be written is kept for the next time."""
        unsaved, self._unsaved = self._unsaved, {}
        if unsaved:
            try:
                await asyncio.to_thread(self._state.update, unsaved)
            except BaseException:
                self._unsaved = {**unsaved, **self._unsaved}
                raise
