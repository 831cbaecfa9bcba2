"""Telling one hub which feeds have news. What happens to one hub is no business of another."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from newswire.api import Unreachable, host_of
from newswire_feeds.address import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.api import Answer, Courier, State
    from newswire_feeds.websub.news import News
    from newswire_feeds.websub.pace import Pace

logger = logging.getLogger(__name__)
POSITIONS = "feeds.websub.hubs"
_AT_A_TIME = 4
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TIMEOUT, _TOO_MANY, _SERVER_ERROR = 408, 429, 500


class _HubFails(Exception):
    """The hub cannot take pings now."""

    def __init__(self, words: str, after: float = 0.0) -> None:
        super().__init__(words)
        self.after = after


class Announcer:
    """Pings one hub for every feed that changed, each once however often it changed meanwhile.

    It remembers the event up to which the hub knows everything. A hub that fails is pinged again, ever more seldom and
    without end: the feeds it has to be told of are no more than there are.

    Args:
        hub: the hub's address.
        public_url: what the feeds' addresses begin with.
        news: which feeds have changed.
        state: where the position is kept.
        courier: sends requests.
        pace: how patient.
        settle: seconds to wait for more news before the first ping.
        random: gives a number from 0 up to 1.
    """

    def __init__(
        self,
        hub: str,
        public_url: str,
        *,
        news: News,
        state: State,
        courier: Courier,
        pace: Pace,
        settle: float,
        random: Callable[[], float],
    ) -> None:
        self._hub = hub
        self._public_url = public_url
        self._news = news
        self._state = state
        self._courier = courier
        self._pace = pace
        self._settle = settle
        self._random = random
        self._told: dict[str, int] = {}
        """Feeds the hub took within a round that did not come to its end."""

    async def run(self, *, once: bool) -> None:
        """Works until it is cancelled; with `once` until the hub knows everything, or fails."""
        kept: Any = await asyncio.to_thread(self._state.get, self._hub)
        position, failures = (kept["position"], kept["failures"]) if kept else (0, 0)
        while True:
            if not self._news.after(position):
                if once:
                    return
                await self._news.wait()
                continue
            await asyncio.sleep(self._settle)
            pending = self._news.after(position)
            try:
                await self._tell(pending)
            except _HubFails as error:
                failures += 1
                wait = max(self._pace.wait(failures, self._random), error.after)
                logger.warning("the hub at %s fails, tried again in %.0f s: %s", host_of(self._hub), wait, error)
                await self._keep(position, failures, str(error))
                if once:
                    return
                await asyncio.sleep(wait)
            else:
                position, failures = max(pending.values()), 0
                self._told.clear()
                await self._keep(position, failures, None)

    async def _keep(self, position: int, failures: int, note: str | None) -> None:
        document = {"position": position, "failures": failures, "note": note}
        await asyncio.to_thread(self._state.set, self._hub, document)

    async def _tell(self, pending: dict[str, int]) -> None:
        """Pings for every feed the hub does not know of yet.

        Raises:
            _HubFails: it cannot take them now.
        """
        feeds = ((feed, number) for feed, number in pending.items() if self._told.get(feed, 0) < number)
        pingers = [asyncio.create_task(self._ping_each(feeds)) for _ in range(_AT_A_TIME)]
        try:
            await asyncio.gather(*pingers)
        finally:
            for pinger in pingers:
                pinger.cancel()
            await asyncio.gather(*pingers, return_exceptions=True)

    async def _ping_each(self, feeds: Iterator[tuple[str, int]]) -> None:
        for feed, number in feeds:
            for form in FORMATS:
                await self._ping(f"{self._public_url}/feeds/{feed}.{form}")
            self._told[feed] = number

    async def _ping(self, topic: str) -> None:
        # Section 6 leaves the ping to hub and publisher. The hubs it names in its note want hub.url; there are others
        # that want hub.topic, and none minds the other.
        fields = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        try:
            answer = await self._courier.post(self._hub, urlencode(fields).encode(), _FORM)
        except Unreachable as error:
            raise _HubFails(str(error)) from None
        if not answer.good:
            self._judge(answer, topic)

    def _judge(self, answer: Answer, topic: str) -> None:
        if answer.status in {_TIMEOUT, _TOO_MANY} or answer.status >= _SERVER_ERROR:
            raise _HubFails(f"it answered {answer.status}", answer.retry_after or 0.0)
        if answer.status < 400:  # noqa: PLR2004  # RFC 9110 section 15.4: elsewhere
            raise _HubFails(f"it answered {answer.status}: the hub has moved, and [feeds] hub should say where it is")
        # Asking again would bring the same answer; other feeds may be welcome.
        logger.warning("the hub at %s refuses %s: it answered %d", host_of(self._hub), topic, answer.status)
