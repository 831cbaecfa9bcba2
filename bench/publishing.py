"""Publishing an article that 100 channels take, into a young store and into an old one."""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING

import year
from databases import ENGINES, databases
from figures import Figure
from history import fill
from noop import CHANNELS, INTAKE, a_room, articles

from newswire.publisher import Publisher
from newswire.room import utc_now
from newswire.store import Store
from newswire.testing import an_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.room import Room

YOUNG, OLD = 100, 36_000
"""Articles in the store; the old one is a year of 3,000 a month."""
OLD_DELIVERIES = 1_000_000
ROUNDS, TURN = 20, 10
"""The stores take turns, so that a hiccup of the machine hits both."""


def figures() -> Iterator[Figure]:
    """Milliseconds a publish: medians, both stores in turn."""
    with databases() as new:
        for engine in ENGINES:
            young, old = (a_room(new(engine), lambda _: None) for _ in range(2))
            try:
                fill(young, old_articles=YOUNG, old_deliveries=0)
                fill(old, old_articles=OLD, old_deliveries=OLD_DELIVERIES)
                times: tuple[list[float], list[float]] = ([], [])
                for number in range(ROUNDS):
                    for room, taken in ((young, times[0]), (old, times[1])):
                        taken.extend(_publish(room, number * TURN))
            finally:
                young.close()
                old.close()
            yield Figure(
                f"publish to {CHANNELS} channels, {engine}, store of {OLD:,} articles",
                "ms",
                round(statistics.median(times[1]), 2),
                round(statistics.median(times[0]), 2),
                f"the same into a store of {YOUNG} articles",
                "lower",
            )
        yield from _for_feeds(new("SQLite"), new("SQLite"))


def _for_feeds(young: str, old: str) -> Iterator[Figure]:
    """An article in a dozen languages under five topics, whose lists are empty or hold a year: no feed is touched."""
    stores = [Store(url) for url in (young, old)]
    for store in stores:
        store.upgrade()
    year.fill(stores[1], OLD, with_body=0, body=0)
    chance = random.Random(0)
    times: tuple[list[float], list[float]] = ([], [])
    publishers = [Publisher(store, (), year.LANGUAGES, utc_now, [INTAKE]) for store in stores]
    for number in range(ROUNDS * TURN):
        topics = tuple(sorted(chance.sample(year.TOPICS, 5)))
        article = an_article(f"new-{number}", languages=year.LANGUAGES).model_copy(update={"topics": topics})
        for publisher, taken in zip(publishers, times, strict=True):
            begin = time.perf_counter()
            publisher.publish(article, intake=INTAKE)
            taken.append((time.perf_counter() - begin) * 1000)
    for store in stores:
        store.close()
    yield Figure(
        f"publish in {len(year.LANGUAGES)} languages under 5 of {len(year.TOPICS)} topics, store of {OLD:,} articles",
        "ms",
        round(statistics.median(times[1]), 2),
        round(statistics.median(times[0]), 2),
        "the same into an empty store",
        "lower",
    )


def _publish(room: Room, first: int) -> Iterator[float]:
    for article in articles(TURN, first=first):
        begin = time.perf_counter()
        room.publisher.publish(article, intake=INTAKE)
        yield (time.perf_counter() - begin) * 1000
