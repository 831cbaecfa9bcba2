"""The hub of our own: verifies who asked, and delivers what is new. In one process at a time, that of the follower."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from newswire.api import NewswireError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import Services
    from newswire_feeds.websub.delivering import Delivering
    from newswire_feeds.websub.news import News
    from newswire_feeds.websub.pace import Pace
    from newswire_feeds.websub.register import Register
    from newswire_feeds.websub.verifying import Verifying

logger = logging.getLogger(__name__)
_OVERSLEPT = 8.0
"""Seconds of a turn, which takes one, after which somebody else may have taken the hub over: less than any lease."""


class OversleptError(Exception):
    """This process stood still for so long that another may have taken over."""


class Hub:
    """Works off what subscribers ask and what they have not got yet, one thing at a time for each subscription.

    Args:
        services: the room.
        news: which feeds have changed.
        register: who is subscribed.
        verifying: works off what is asked.
        delivering: works off what is due.
        pace: how often to look.
        ticks: a clock that only rises, in seconds, also while this process stands still.
    """

    def __init__(
        self,
        services: Services,
        news: News,
        register: Register,
        *,
        verifying: Verifying,
        delivering: Delivering,
        pace: Pace,
        ticks: Callable[[], float],
    ) -> None:
        self._clock = services.clock
        self._news = news
        self._register = register
        self._verifying = verifying
        self._delivering = delivering
        self._pace = pace
        self._ticks = ticks
        self._busy: dict[str, asyncio.Task[None]] = {}
        """What is under way, by the subscription it is about."""
        self._turn = self._ticks()

    async def run(self, *, once: bool) -> None:
        """Works until it is cancelled; with `once` until nothing is due.

        Raises:
            OversleptError: it may not be this process's any more; what others have written since is the truth.
        """
        await self._register.load()
        self._turn = self._ticks()
        try:
            while True:
                await self._begin_what_is_due()
                if once and not self._busy:
                    return
                await self._wait(ending=once)
                if self._overslept():
                    raise OversleptError("it stood still for too long, and reads its subscriptions anew")
                await self._save()
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)
            self._busy.clear()
            if not self._overslept():
                await self._save()

    async def _begin_what_is_due(self) -> None:
        try:
            asked = await self._verifying.due(self._busy)
        except NewswireError as error:
            logger.warning("the WebSub hub cannot see what is asked of it: %s", error)
            asked = {}
        for key, (name, intent) in asked.items():
            self._begin(key, partial(self._verifying.verify, name, intent))
        for key in self._delivering.due(self._busy):
            self._begin(key, partial(self._delivering.deliver, key))

    def _begin(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        async def contained() -> None:
            try:
                await work()
            except Exception:
                logger.exception("the WebSub hub failed at one subscription")
                self._delivering.hold_back(key)
            finally:
                self._busy.pop(key, None)

        self._busy[key] = asyncio.create_task(contained())

    async def _wait(self, *, ending: bool) -> None:
        """Until there is news, or for a moment."""
        if ending:
            await asyncio.wait(self._busy.values(), timeout=self._pace.look)
        else:
            await self._news.wait(self._pace.look)

    def _overslept(self) -> bool:
        return self._ticks() - self._turn > _OVERSLEPT + self._pace.look

    async def _save(self) -> None:
        """Writes what has changed: many results in one transaction, however many subscribers there are."""
        self._turn = self._ticks()
        if expired := self._register.expire(self._clock()):
            logger.info("%d WebSub subscriptions were not renewed and have ended", expired)
        try:
            await self._register.save()
        except NewswireError as error:
            logger.warning("the WebSub hub cannot keep its subscriptions now: %s", error)
