"""What it costs to be watched: a scrape of the metrics, and a look for alerts, with much behind the room."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from databases import ENGINES, databases
from figures import Figure
from history import fill
from noop import a_room
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from newswire.alerts.memory import Memory
from newswire.alerts.sight import Look
from newswire.metrics.exposition import write
from newswire.room import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client.metrics_core import Metric

    from newswire.metrics.families import Samples
    from newswire.room import Room

CHANNELS = 100
ARTICLES, DELIVERIES = 1_000, 100_000
"""What is behind the room."""
ROUNDS = 15


def figures() -> Iterator[Figure]:
    """Milliseconds of processor time, medians."""
    with databases() as new:
        for engine in ENGINES:
            room = a_room(new(engine), lambda _: None, channels=CHANNELS)
            fill(room, old_articles=ARTICLES, old_deliveries=DELIVERIES)
            yield from _figures(room, f"{CHANNELS} channels, {DELIVERIES:,} deliveries behind it, {engine}")
            room.close()


def _figures(room: Room, what: str) -> Iterator[Figure]:
    found = room.meter.read()
    registry, memory = CollectorRegistry(), Memory()
    registry.register(_Same(found))

    def look() -> None:
        with room.store.read() as connection:
            Look(connection, room.config, memory, {}, utc_now()).see()

    ours = _milliseconds(lambda: write(room.meter.read(), "prometheus"))
    peer = _milliseconds(lambda: generate_latest(registry))
    number = sum(len(one.values) for one in found)
    peer_is = f"prometheus_client: the text of the same {number} samples, nothing read"
    yield Figure(f"a scrape, {what}", "ms", ours, peer, peer_is, "lower")
    yield Figure(f"a look for alerts, {what}", "ms", _milliseconds(look), None, "", "lower")


class _Same:
    """The same samples, as the library has them."""

    def __init__(self, found: Iterable[Samples]) -> None:
        self._found = list(found)

    def collect(self) -> Iterator[Metric]:
        for samples in self._found:
            kind = CounterMetricFamily if samples.family.kind == "counter" else GaugeMetricFamily
            family = kind(samples.family.name, samples.family.help, labels=samples.family.labels)
            for values, value in samples.values:
                family.add_metric(values, value)
            yield family


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return round(statistics.median(taken), 2)
