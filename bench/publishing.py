"""Publishing an article that 100 channels take, into a young store and into an old one."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from databases import ENGINES, databases
from figures import Figure
from history import fill
from noop import CHANNELS, INTAKE, a_room, articles

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


def _publish(room: Room, first: int) -> Iterator[float]:
    for article in articles(TURN, first=first):
        begin = time.perf_counter()
        room.publisher.publish(article, intake=INTAKE)
        yield (time.perf_counter() - begin) * 1000
