"""The follower: learns from the event log which feeds have news, and has hubs and subscribers told."""

from __future__ import annotations

import random as chance
import time
from typing import TYPE_CHECKING, ClassVar

from newswire.api import Follower
from newswire_feeds.options import FeedsOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.api import Event, Services
    from newswire_feeds.websub.pace import Pace
    from newswire_feeds.websub.telling import Telling


class WebSubFollower(Follower):
    """Tells hubs of news, where the config names hubs. The room sees to it that it works in one process at a time.

    Args:
        pace: how fast, how patient.
        random: gives a number from 0 up to 1.
        ticks: a clock that only rises, in seconds.
    """

    name: ClassVar[str] = "websub"

    def __init__(
        self,
        pace: Pace | None = None,
        random: Callable[[], float] = chance.random,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace = pace
        self._random = random
        self._ticks = ticks
        self._telling: Telling | None = None

    def start(self, services: Services) -> None:
        """Gets ready, if there is anybody to be told."""
        options = services.settings(FeedsOptions)
        self._telling = None
        if options.hub:
            from newswire_feeds.websub.telling import Telling  # noqa: PLC0415  # aiohttp and lxml: where they are needed

            self._telling = Telling(services, options, self._pace, random=self._random, ticks=self._ticks)

    async def handle(self, events: Sequence[Event]) -> None:
        """Keeps which feeds the events touched; telling others of it must not hold up the log."""
        if self._telling is not None:
            await self._telling.learn(events)

    async def attend(self, *, once: bool) -> None:
        """Tells every hub and every subscriber."""
        if self._telling is not None:
            await self._telling.tell(once=once)
