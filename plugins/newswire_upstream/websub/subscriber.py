"""Asks hubs to tell of news, and asks again before a lease ends."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from newswire.api import Forbidden, Guard, Unreachable, host_of
from newswire_upstream.websub.subscription import (
    CONFIRMED,
    LEASE,
    PATH,
    SUBSCRIPTIONS,
    Subscription,
    read_subscription,
    read_until,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from newswire.api import Courier, Services
    from newswire_upstream.options import UpstreamOptions
    from newswire_upstream.state import FeedState

logger = logging.getLogger(__name__)
_FORM = {"content-type": "application/x-www-form-urlencoded"}


def reachable(public_url: str, options: UpstreamOptions) -> bool:
    """Whether hubs can call us: the public address is not this machine's own, nor one of a private network."""
    if host_of(public_url) == "localhost":
        return False
    try:
        Guard(networks=options.networks).read(public_url)
    except Forbidden:
        return False
    return True


class Subscriber:
    """Keeps the subscriptions of an intake's feeds.

    Args:
        services: the room.
        options: of the intake.
        courier: sends requests where they may go.
        keys: the keys of the intake's feeds.
    """

    def __init__(self, services: Services, options: UpstreamOptions, courier: Courier, keys: Collection[str]) -> None:
        self._services = services
        self._courier = courier
        self._keys = frozenset(keys)
        self._open = options.websub and reachable(services.public_url, options)
        self._subscriptions: dict[str, tuple[str, Subscription]] = {}
        self._until: dict[str, object] = {}

    def load(self) -> None:
        """Reads what is kept. Blocking."""
        for token, kept in self._services.state(SUBSCRIPTIONS).all().items():
            subscription = read_subscription(kept)
            if subscription is not None and subscription.feed in self._keys:
                self._subscriptions[subscription.feed] = (token, subscription)
        self.look()

    def look(self) -> None:
        """Reads what hubs have confirmed since. Blocking."""
        if self._subscriptions:
            self._until = dict(self._services.state(CONFIRMED).all())

    def hears(self, feed: str, state: FeedState) -> bool:
        """Whether a hub tells of a feed's news."""
        token, subscription = self._subscriptions.get(feed, ("", None))
        until = read_until(self._until.get(token))
        return bool(
            self._open and subscription and subscription.fits(state) and until and until > self._services.clock()
        )

    async def see_to(self, feed: str, state: FeedState) -> None:
        """Subscribes to a feed at its hub, where that is due; what fails is tried later."""
        token, known = self._subscriptions.get(feed, ("", None))
        if not self._open or state.hub is None or state.topic is None:
            return
        now = self._services.clock()
        if known is None or not known.fits(state):
            token = secrets.token_urlsafe(32)
            secret = secrets.token_urlsafe(32)
            wanted = Subscription(feed=feed, hub=state.hub, topic=state.topic, secret=secret, asked=now)
        elif known.due(until := read_until(self._until.get(token)), now):
            tries = 1 if until is not None and until > now else known.tries + 1
            wanted = known.model_copy(update={"asked": now, "tries": tries})
        else:
            return
        # The hub may ask back before it answers: what it asks about has to be there by then.
        self._subscriptions[feed] = (token, wanted)
        await asyncio.to_thread(self._services.state(SUBSCRIPTIONS).set, token, wanted.document())
        await self._ask(token, wanted)

    async def _ask(self, token: str, wanted: Subscription) -> None:
        fields = {
            "hub.callback": f"{self._services.public_url}{PATH}{token}",
            "hub.mode": "subscribe",
            "hub.topic": wanted.topic,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
            "hub.secret": wanted.secret,
        }
        try:
            answer = await self._courier.post(wanted.hub, urlencode(fields).encode(), _FORM)
        except Unreachable as reason:
            logger.info("the hub at %s does not take a subscription: %s", host_of(wanted.hub), reason)
            return
        if not answer.good:
            logger.info("the hub at %s refuses a subscription: it answered %d", host_of(wanted.hub), answer.status)
