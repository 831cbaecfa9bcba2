"""Verification of intent: nothing is subscribed and nothing unsubscribed that its callback does not confirm."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.api import Unreachable, host_of
from newswire_feeds.websub import exchange
from newswire_feeds.websub.desk import INTENTS
from newswire_feeds.websub.subscription import Intent, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from newswire.api import Courier, Services
    from newswire_feeds.websub.delivering import Delivering
    from newswire_feeds.websub.pace import Pace
    from newswire_feeds.websub.register import Register

logger = logging.getLogger(__name__)
MOST_TRIES = 3
"""How often a callback is asked that gives no answer, or one that blames the server (5xx)."""
_AT_A_TIME = 100
"""How many are asked at a time: a thousand that never answer are then through in two minutes."""
_GOOD_FOR = timedelta(hours=1)
_SERVER_ERROR = 500


class Verifying:
    """Asks callbacks whether they want what was asked for in their name.

    Args:
        services: the room.
        register: who is subscribed.
        courier: sends requests where they may go.
        delivering: delivers to those who are verified.
        pace: how fast, how patient.
        random: gives a number from 0 up to 1.
        ticks: a clock that only rises, in seconds.
        token: gives what nobody can guess.
        most: how many subscriptions there may be.
    """

    def __init__(
        self,
        services: Services,
        register: Register,
        courier: Courier,
        delivering: Delivering,
        *,
        pace: Pace,
        random: Callable[[], float],
        ticks: Callable[[], float],
        token: Callable[[], str],
        most: int,
    ) -> None:
        self._clock = services.clock
        self._library = services.library
        self._intents = services.state(INTENTS)
        self._register = register
        self._courier = courier
        self._delivering = delivering
        self._pace = pace
        self._random = random
        self._ticks = ticks
        self._token = token
        self._most = most
        self._places = asyncio.Semaphore(_AT_A_TIME)
        self._tried: dict[str, tuple[int, float]] = {}
        """By intent: how often it was tried, and when it may be again, in ticks."""

    async def due(self, busy: Container[str]) -> dict[str, tuple[str, Intent]]:
        """What is asked, by the subscription it is about: of several for one the first, for the last word counts."""
        found: dict[str, tuple[str, Intent]] = {}
        now = self._ticks()
        for name, document in sorted((await asyncio.to_thread(self._intents.all)).items()):
            intent = Intent.read(document)
            if intent.key not in busy and self._tried.get(name, (0, 0.0))[1] <= now:
                found.setdefault(intent.key, (name, intent))
        return found

    async def verify(self, name: str, intent: Intent) -> None:
        """Settles what was asked, if it can be settled now."""
        if self._clock() - intent.at < _GOOD_FOR:
            if intent.mode == "subscribe" and self._full_for(intent):
                await self._deny(intent)
            else:
                wanted = await self._ask(name, intent)
                if wanted is None:
                    return
                if wanted:
                    await self._carry_out(intent)
        await asyncio.to_thread(self._intents.set, name, None)
        self._tried.pop(name, None)

    def _full_for(self, intent: Intent) -> bool:
        return len(self._register) >= self._most and self._register.get(intent.key) is None

    async def _deny(self, intent: Intent) -> None:
        logger.warning("a WebSub subscription is refused: there are %d, the most that may be", self._most)
        try:
            await exchange.deny(self._courier, intent, "this hub has as many subscriptions as it can serve")
        except Unreachable as reason:
            logger.info("%s could not be told: %s", host_of(intent.callback), reason)

    async def _ask(self, name: str, intent: Intent) -> bool | None:
        """Whether the callback wants what was asked in its name; None where that has to be asked again."""
        async with self._places:
            try:
                wanted, answer = await exchange.verify(self._courier, intent, self._token())
            except Unreachable as reason:
                said, again = str(reason), True
            else:
                if wanted:
                    return True
                said, again = f"it answered {answer.status}, not the challenge", answer.status >= _SERVER_ERROR
        logger.info("%s did not confirm a WebSub %s: %s", host_of(intent.callback), intent.mode, said)
        tries = self._tried.get(name, (0, 0.0))[0] + 1
        if not again or tries >= MOST_TRIES:
            return False
        self._tried[name] = (tries, self._ticks() + self._pace.wait(tries, self._random))
        return None

    async def _carry_out(self, intent: Intent) -> None:
        """Does what was verified, durably."""
        if intent.mode == "unsubscribe":
            self._register.remove(intent.key)
        else:
            before = self._register.get(intent.key)
            latest = await asyncio.to_thread(self._library.latest)
            self._register.put(
                Subscription(
                    topic=intent.topic,
                    feed=intent.feed,
                    path=intent.path,
                    callback=intent.callback,
                    secret=intent.secret,
                    until=self._clock() + timedelta(seconds=intent.lease),
                    # Who renews goes on where they were.
                    seen=before.seen if before else latest,
                    delivered=before.delivered if before else 0,
                )
            )
            self._delivering.let_go(intent.key)
        await self._register.save()
