"""What a worker costs that only stands by, and one that has years behind it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from databases import ENGINES, databases
from figures import Figure
from history import fill
from noop import CHANNELS, INTAKE, LANES, a_room, articles
from worker import worker

if TYPE_CHECKING:
    from collections.abc import Iterator

IDLE = 20.0
"""Seconds that the worker is watched doing nothing."""
OLD_ARTICLES, OLD_DELIVERIES = 10_000, 1_000_000
PUBLISHES = 100
MEBIBYTE = 1 << 20


def figures() -> Iterator[Figure]:
    """CPU of an idle worker; memory of one that has just been at work, with little and with much behind it."""
    with databases() as new:
        for engine in ENGINES:
            idle, young = _measured(new(engine))
            busy, old = _measured(new(engine), history=True)
            yield Figure(f"idle worker, {LANES} lanes, {engine}", "% CPU", idle, None, "", "lower")
            behind = f"{OLD_DELIVERIES:,} deliveries behind it, {engine}"
            yield Figure(f"idle worker, {LANES} lanes, {behind}", "% CPU", busy, idle, "an empty store", "lower")
            yield Figure(f"memory of a worker, {behind}", "MiB", old, young, "an empty store", "lower")


def _measured(url: str, *, history: bool = False) -> tuple[float, float]:
    """Percent of a CPU while there is nothing to do, and MiB of resident memory after some deliveries."""
    room = a_room(url, lambda _: None)
    try:
        if history:
            fill(room, old_articles=OLD_ARTICLES, old_deliveries=OLD_DELIVERIES)
        with worker(url, CHANNELS) as (process, output):
            before = sum(process.cpu_times()[:2])
            time.sleep(IDLE)
            used = sum(process.cpu_times()[:2]) - before
            for article in articles(PUBLISHES):
                room.publisher.publish(article, intake=INTAKE)
            for _ in range(PUBLISHES * CHANNELS):
                output.readline()
            return round(used / IDLE * 100, 2), round(process.memory_info().rss / MEBIBYTE, 1)
    finally:
        room.close()
