"""All who are told of news: the hubs of others, each by itself, and the subscribers of our own."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from newswire.api import Courier, Guard
from newswire_feeds.address import FORMATS, FeedAddress
from newswire_feeds.websub import hubs
from newswire_feeds.websub.announcer import POSITIONS, Announcer
from newswire_feeds.websub.delivering import Delivering
from newswire_feeds.websub.hub import Hub
from newswire_feeds.websub.news import News
from newswire_feeds.websub.pace import Pace
from newswire_feeds.websub.printer import Printer
from newswire_feeds.websub.register import SUBSCRIPTIONS, Register
from newswire_feeds.websub.verifying import Verifying

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from newswire.api import Event, Services
    from newswire_feeds.options import FeedsOptions

logger = logging.getLogger(__name__)
NEWS = "feeds.websub.news"
AGENT = "newswire (WebSub)"
_LATER = 0.5
"""Seconds beyond those for which a web process may not have noticed the news: a hub that is pinged fetches at once."""


class Telling:
    """Learns of news and tells it.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        pace: how fast, how patient.
        random: gives a number from 0 up to 1.
        ticks: a clock that only rises, in seconds.
    """

    def __init__(
        self,
        services: Services,
        options: FeedsOptions,
        pace: Pace | None,
        *,
        random: Callable[[], float],
        ticks: Callable[[], float],
    ) -> None:
        self._services = services
        self._options = options
        self._pace = pace or Pace()
        self._random = random
        self._ticks = ticks
        self._news = News(services.state(NEWS))

    async def learn(self, events: Sequence[Event]) -> None:
        """Keeps which feeds the events touched."""
        await self._news.add(await asyncio.to_thread(self._touched, events))

    def _touched(self, events: Sequence[Event]) -> dict[str, int]:
        """The canonical feeds that events touched: whoever composes one of several may poll it."""
        last = events[-1].seq
        lists = self._services.library.touched(events[0].seq - 1, last)
        addresses = (FeedAddress(each.language, FORMATS[0], each.kind, each.name) for each in lists)
        return {address.key: last for address in addresses if address.language in self._services.site.languages}

    async def tell(self, *, once: bool) -> None:
        """Tells every hub and subscriber until it is cancelled; with `once` until nothing is due."""
        await self._news.load()
        async with AsyncExitStack() as stack:
            works = [announcer.run for announcer in await self._announcers(stack)]
            if hubs.BUILTIN in self._options.hub:
                works.append((await self._hub(stack)).run)
            await asyncio.gather(*(self._kept_up(work, once=once) for work in works))

    async def _kept_up(self, work: Callable[..., Coroutine[None, None, None]], *, once: bool) -> None:
        """Does work whose failing ends no other; a database that is away comes back."""
        failures = 0
        while True:
            try:
                await work(once=once)
            except Exception:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise  # it failed at ending
                failures += 1
                logger.exception("telling hubs of news failed")
            else:
                return
            if once:
                return
            await asyncio.sleep(self._pace.wait(failures, self._random))

    async def _announcers(self, stack: AsyncExitStack) -> list[Announcer]:
        addresses = hubs.others(self._options)
        if not addresses:
            return []
        courier = await stack.enter_async_context(Courier(timeout=self._pace.timeout, agent=AGENT))
        return [
            Announcer(
                address,
                self._services.public_url,
                news=self._news,
                state=self._services.state(POSITIONS),
                courier=courier,
                pace=self._pace,
                settle=self._options.check_every + _LATER,
                random=self._random,
            )
            for address in addresses
        ]

    async def _hub(self, stack: AsyncExitStack) -> Hub:
        services, options, pace = self._services, self._options, self._pace
        guard = Guard(options.hub_ports, options.hub_networks)
        # One for each, so that who asks for subscriptions cannot hold up who has one.
        asking, courier = [
            await stack.enter_async_context(Courier(timeout=pace.timeout, guard=guard, agent=AGENT)) for _ in range(2)
        ]
        printer = Printer(services, options)
        stack.callback(printer.close)
        register = Register(services.state(SUBSCRIPTIONS))
        delivering = Delivering(
            self._news, register, courier, printer, pace=pace, random=self._random, ticks=self._ticks
        )
        verifying = Verifying(
            services,
            register,
            asking,
            delivering,
            pace=pace,
            random=self._random,
            ticks=self._ticks,
            token=lambda: secrets.token_urlsafe(32),
            most=options.hub_subscriptions,
        )
        return Hub(
            services, self._news, register, verifying=verifying, delivering=delivering, pace=pace, ticks=self._ticks
        )
