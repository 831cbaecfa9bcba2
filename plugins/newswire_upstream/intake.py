"""The intake: polls its feeds when they are due, hands over what is new, and keeps where it stands.

What is known of a feed is kept after the room has taken what it brought. Should the process end in between, the same is
handed over again, and publishing is idempotent.
"""

from __future__ import annotations

import asyncio
import logging
import random as chance
import time
import zlib
from base64 import b64decode
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.api import Courier, Finding, Guard, Intake, Place, host_of, one_line
from newswire_upstream.document import NoFeed
from newswire_upstream.feeds import feeds_of
from newswire_upstream.manners import Manners
from newswire_upstream.polling import Polled, Poller
from newswire_upstream.reading import read_feed
from newswire_upstream.state import FEEDS, ITEMS, MARKS, FeedState, items_document, read_items, read_state
from newswire_upstream.websub.subscriber import Subscriber

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence

    from newswire.api import Delivered, Json, Services, State
    from newswire_upstream.feeds import Feed
    from newswire_upstream.options import UpstreamOptions

logger = logging.getLogger(__name__)
LOOK = 2.0
"""Seconds between two looks for feeds that are due, and for what hubs and admins have marked."""
_SOON = timedelta(minutes=5)
"""When a feed is polled again at which we failed ourselves."""
_WAITING = 8
"""Polls whose results may wait to be taken."""
_TOGETHER = 200
"""States that are written together."""


class UpstreamIntake(Intake):
    """Feeds of others.

    Args:
        name: the intake's name.
        options: its options.
        services: the room.
        manners: how servers are treated.
        random: gives a number from 0 up to 1.
    """

    def __init__(
        self,
        name: str,
        options: UpstreamOptions,
        services: Services,
        *,
        manners: Callable[[], Manners] = lambda: Manners(time.monotonic),
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.name = name
        self._options = options
        self._services = services
        self._manners = manners
        self._random = random
        self.feeds = feeds_of(name, options, services.taxonomy)
        self.stopped = False

    def read(self) -> Iterator[Delivered]:
        """What all feeds bring that are due now. Blocking."""
        with asyncio.Runner() as runner:
            rounds = self._rounds(once=True)
            try:
                while (delivered := runner.run(_next(rounds))) is not None:
                    yield from delivered
            finally:
                runner.run(rounds.aclose())

    async def watch(self) -> AsyncIterator[Iterable[Delivered]]:
        """What feeds bring when they are due, and what hubs tell."""
        async for delivered in self._rounds(once=False):
            yield delivered

    def stop(self) -> None:
        """Ends a `read` that is under way."""
        self.stopped = True

    def places(self) -> Sequence[Place]:
        """Its feeds."""
        kept = self._services.state(FEEDS).all()
        return [_place(feed, read_state(kept.get(feed.key), feed.address)) for feed in self.feeds]

    def check(self) -> Sequence[Finding]:
        """Says how many feeds there are, which fail, and which topics are unknown; asks no server."""
        places = self.places()
        trouble = [place for place in places if place.trouble]
        findings = [Finding("ok", f"{len(places)} feeds")]
        findings += [Finding("warning", f"{place.name}: {place.trouble}") for place in trouble]
        names = [*self._options.topics, *self._options.topic_names.values()]
        for name in names:
            if self._services.taxonomy.resolve(name) is None:
                meant = self._services.taxonomy.suggest(name)
                hint = f"; did you mean {meant!r}?" if meant else ""
                findings.append(Finding("error", f"unknown topic {name!r}{hint}"))
        return findings

    async def _rounds(self, *, once: bool) -> AsyncGenerator[list[Delivered], None]:
        async with AsyncExitStack() as stack:
            round_ = await _Round.begin(self, self._options, self._services, stack)
            async for delivered in round_.run(once=once):
                yield delivered

    def state(self, part: str) -> State:
        """A part of what is kept of upstream feeds."""
        return self._services.state(part)

    def items(self, key: str) -> dict[str, Any]:
        """What is known of a feed's items. Blocking."""
        return read_items(self._services.state(ITEMS).get(key))


class _Round:
    """The polling of an intake's feeds, from when it begins until it is left."""

    def __init__(self, intake: UpstreamIntake, services: Services, poller: Poller, subscriber: Subscriber) -> None:
        self._intake = intake
        self._services = services
        self._poller = poller
        self._subscriber = subscriber
        self._manners = intake._manners()  # noqa: SLF001  # two halves of one thing
        self._feeds = {feed.key: feed for feed in intake.feeds}
        self._states: dict[str, FeedState] = {}
        self._results: asyncio.Queue[tuple[Feed, Polled]] = asyncio.Queue(_WAITING)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._unwritten: dict[str, Json] = {}

    @classmethod
    async def begin(
        cls, intake: UpstreamIntake, options: UpstreamOptions, services: Services, stack: AsyncExitStack
    ) -> _Round:
        """A round with everything it needs; the stack closes it."""
        courier = await stack.enter_async_context(
            Courier(
                timeout=options.timeout.total_seconds(),
                guard=Guard(networks=options.networks),
                agent=f"newswire (+{services.site.url})",
                at_one_host=1,
            )
        )
        poller = Poller(
            options=options,
            courier=courier,
            taxonomy=services.taxonomy,
            languages=tuple(services.site.languages),
            clock=services.clock,
            random=intake._random,  # noqa: SLF001  # as above
            items=intake.items,
        )
        subscriber = Subscriber(services, options, courier, [feed.key for feed in intake.feeds])
        made = cls(intake, services, poller, subscriber)
        stack.push_async_callback(made._end)  # its own
        await asyncio.to_thread(made._load)
        return made

    def _load(self) -> None:
        kept = self._services.state(FEEDS).all()
        self._states = {key: read_state(kept.get(key), feed.address) for key, feed in self._feeds.items()}
        self._subscriber.load()

    async def run(self, *, once: bool) -> AsyncIterator[list[Delivered]]:
        """Polls what is due; with `once` until nothing is, else for ever."""
        looked = 0.0
        while True:
            if time.monotonic() - looked >= LOOK or once:
                looked = time.monotonic()
                for name, mark in (await asyncio.to_thread(self._marks)).items():
                    async for delivered in self._take_mark(name, mark):
                        yield delivered
                await self._write()
            self._start_due()
            if self._intake.stopped or (once and not self._under_way and self._results.empty()):
                return
            try:
                feed, polled = await asyncio.wait_for(self._results.get(), LOOK)
            except TimeoutError:
                continue
            async for delivered in self._take(feed, polled):
                yield delivered

    def _start_due(self) -> None:
        now = self._services.clock()
        for key, state in self._states.items():
            due = state.next is None or state.next <= now
            if due and not state.gone and key not in self._under_way:
                self._under_way[key] = asyncio.create_task(self._poll(self._feeds[key], state))

    async def _poll(self, feed: Feed, state: FeedState) -> None:
        async with self._manners.turn(feed.host):
            alone = self._manners.left_alone(feed.host)
            try:
                polled = await self._poller.poll(feed, state, heard=self._subscriber.hears(feed.key, state))
            except Exception:
                logger.exception("a poll of %s failed", host_of(feed.address))
                polled = Polled(state.model_copy(update={"next": self._services.clock() + _SOON}))
            if polled.pressed > alone:
                self._manners.leave_alone(feed.host, polled.pressed)
            await self._results.put((feed, polled))

    async def _take(self, feed: Feed, polled: Polled) -> AsyncIterator[list[Delivered]]:
        """Hands over what a poll brought; when it has been taken, keeps where the feed stands."""
        task = self._under_way.pop(feed.key, None)
        if task is not None:
            await task
        if polled.reception is not None:
            if polled.reception.delivered:
                yield polled.reception.delivered
            if polled.state.error is None:
                await self._keep(feed.key, polled)
        self._states[feed.key] = polled.state
        self._unwritten[feed.key] = polled.state.document()
        if len(self._unwritten) >= _TOGETHER or polled.reception is not None:
            await self._write()
        await self._subscriber.see_to(feed.key, polled.state)

    async def _keep(self, key: str, polled: Polled) -> None:
        assert polled.reception is not None  # noqa: S101  # its caller looked
        await asyncio.to_thread(self._services.state(ITEMS).set, key, items_document(polled.reception.items))

    async def _write(self) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        if unwritten:
            await asyncio.to_thread(self._services.state(FEEDS).update, unwritten)

    def _marks(self) -> dict[str, Any]:
        """What hubs and admins have marked since the last look. Blocking."""
        self._subscriber.look()
        marks = self._services.state(MARKS).all().items()
        return {name: mark for name, mark in marks if name.rpartition(" ")[0] in self._feeds}

    async def _take_mark(self, name: str, mark: Any) -> AsyncIterator[list[Delivered]]:
        key = name.rpartition(" ")[0]
        if key in self._under_way:
            return  # at the next look: two at once could take each other's news for their own
        feed, state = self._feeds[key], self._states[key]
        try:
            if "body" in mark and state.begun:
                body = zlib.decompressobj().decompress(b64decode(mark["body"]), self._poller.options.max_bytes)
                document = await asyncio.to_thread(
                    read_feed, body, address=state.topic or feed.address, content_type=str(mark.get("type", ""))
                )
                new, reception = await asyncio.to_thread(self._poller.received, feed, state, document, whole=False)
                async for delivered in self._take(feed, Polled(new, reception)):
                    yield delivered
            else:
                self._states[key] = state.model_copy(update={"next": None, "gone": False})
        except (NoFeed, ValueError, TypeError, zlib.error) as error:
            logger.info("what a hub sent cannot be read, the feed is polled: %s", one_line(str(error))[:200])
            self._states[key] = state.model_copy(update={"next": None})
        await asyncio.to_thread(self._services.state(MARKS).set, name, None)

    async def _end(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._write()


async def _next(rounds: AsyncGenerator[list[Delivered], None]) -> list[Delivered] | None:
    return await anext(rounds, None)


def _place(feed: Feed, state: FeedState) -> Place:
    notes = [
        f"has moved to {state.moved}" if state.moved else None,
        f"a hub tells of its news: {state.hub}" if state.hub else None,
        state.note,
    ]
    return Place(
        name=feed.address,
        succeeded=state.succeeded,
        next=None if state.gone else state.next,
        trouble=state.error,
        note="; ".join(filter(None, notes)) or None,
    )
