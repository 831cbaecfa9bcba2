"""Delivering to subscribers: many at a time, none in another's way.

A subscription is a level: which event its feed is at, which one it has been told of. So a subscriber that cannot be
reached costs one row, gets all it missed at once when it is back, and is tried until its lease is over, as WebSub
section 7 asks: the subscription stays active, and a new update is tried anew.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from newswire.api import Unreachable, host_of
from newswire_feeds.websub import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from newswire.api import Courier
    from newswire_feeds.websub.news import News
    from newswire_feeds.websub.pace import Pace
    from newswire_feeds.websub.printer import Printer
    from newswire_feeds.websub.register import Register
    from newswire_feeds.websub.subscription import Subscription

logger = logging.getLogger(__name__)
_AT_ONE_HOST = 4
"""Deliveries to one host at a time."""
_SLOW = 2.0
"""Seconds from which an exchange counts as slow."""


class Delivering:
    """Delivers what is new to those who have not got it.

    Args:
        news: which feeds have changed.
        register: who is subscribed.
        courier: sends requests where they may go.
        printer: makes what is delivered.
        pace: how fast, how patient.
        random: gives a number from 0 up to 1.
        ticks: a clock that only rises, in seconds.
    """

    def __init__(
        self,
        news: News,
        register: Register,
        courier: Courier,
        printer: Printer,
        *,
        pace: Pace,
        random: Callable[[], float],
        ticks: Callable[[], float],
    ) -> None:
        self._news = news
        self._register = register
        self._courier = courier
        self._printer = printer
        self._pace = pace
        self._random = random
        self._ticks = ticks
        self._not_before: dict[str, float] = {}
        """When one that failed is tried again, in ticks."""
        self._slow: set[str] = set()
        """Those that took long or failed. They have places of their own, so that the others need not wait for them."""
        self._places = asyncio.Semaphore(pace.at_a_time)
        self._slow_places = asyncio.Semaphore(pace.slow_at_a_time)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def due(self, busy: Container[str]) -> Iterator[str]:
        """The subscriptions that have not been told of news, as far as they may be tried now."""
        now = self._ticks()
        for subscription in self._register.all():
            key = subscription.key
            if self._behind(subscription) and key not in busy and self._not_before.get(key, 0.0) <= now:
                yield key

    def _behind(self, subscription: Subscription) -> bool:
        return self._news.number(subscription.feed) > subscription.seen

    def let_go(self, key: str) -> None:
        """Tries a subscriber again at once: it has just shown that it is there."""
        self._not_before.pop(key, None)

    def hold_back(self, key: str) -> None:
        """Lets a subscription rest at which something unforeseen happened."""
        self._not_before[key] = self._ticks() + self._pace.wait(1, self._random)

    async def deliver(self, key: str) -> None:
        """Delivers to one subscriber."""
        subscription = self._register.get(key)
        if subscription is None:
            return
        of_host = self._hosts.setdefault(host_of(subscription.callback), asyncio.Semaphore(_AT_ONE_HOST))
        async with of_host, self._slow_places if key in self._slow else self._places:
            printed = await self._printer.print(subscription.path, subscription.delivered)
            if printed is None or not printed.worthwhile:
                self._reached(key, printed.number if printed else self._news.number(subscription.feed))
                return
            begun = self._ticks()
            try:
                answer = await exchange.deliver(self._courier, subscription, printed)
            except Unreachable as reason:
                self._failed(key, str(reason), None)
                return
        if answer.good:
            self._reached(key, printed.number)
            if self._ticks() - begun > _SLOW:
                self._slow.add(key)
        elif answer.status == exchange.GONE:
            logger.info("%s wants no more of a WebSub subscription", host_of(subscription.callback))
            self._register.remove(key)
        else:
            self._failed(key, f"it answered {answer.status}", answer.retry_after)

    def _reached(self, key: str, number: int) -> None:
        self._not_before.pop(key, None)
        self._slow.discard(key)
        current = self._register.get(key)
        if current is not None:
            self._register.put(current.reached(number))

    def _failed(self, key: str, reason: str, retry_after: float | None) -> None:
        current = self._register.get(key)
        if current is None:
            return
        failed = current.failed(reason)
        self._register.put(failed)
        self._slow.add(key)
        wait = max(self._pace.wait(failed.failures, self._random), retry_after or 0.0)
        self._not_before[key] = self._ticks() + wait
        logger.info(
            "a WebSub delivery to %s failed (%d in a row): %s", host_of(failed.callback), failed.failures, reason
        )
