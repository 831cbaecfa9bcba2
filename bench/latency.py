"""From the publish to the call of the plugin: 20 publishes a second, 10 lanes of one channel each."""

from __future__ import annotations

import asyncio
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from databases import ENGINES, databases
from figures import Figure
from noop import INTAKE, a_room, articles
from worker import worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.room import Room

CHANNELS = 10
PUBLISHES, PAUSE = 200, 0.05

Calls = list[tuple[str, float]]
"""Each post's text, and when the plugin was called."""


def figures() -> Iterator[Figure]:
    """Percentiles, within one process and from one process to another."""
    with databases() as new:
        for engine in ENGINES:
            yield from _percentiles(f"one process, {engine}", *asyncio.run(_one_process(new(engine))))
            yield from _percentiles(f"two processes, {engine}", *_two_processes(new(engine)))


def _percentiles(where: str, published: dict[str, float], called: Calls) -> Iterator[Figure]:
    cuts = statistics.quantiles([(at - published[text]) * 1000 for text, at in called], n=100)
    for percentile in (50, 99):
        name = f"publish to plugin call, {where}: p{percentile}"
        yield Figure(name, "ms", round(cuts[percentile - 1], 1), None, "", "lower")


async def _one_process(url: str) -> tuple[dict[str, float], Calls]:
    called: Calls = []
    stop, complete = asyncio.Event(), asyncio.Event()

    def note(text: str) -> None:
        called.append((text, time.monotonic()))
        if len(called) == PUBLISHES * CHANNELS:
            complete.set()

    room = a_room(url, note, channels=CHANNELS)
    parts = [asyncio.create_task(part) for part in (room.listen(stop), room.dispatch(stop))]
    try:
        await asyncio.sleep(1)
        published = await asyncio.to_thread(_publish, room, asyncio.get_running_loop())
        await complete.wait()
    finally:
        stop.set()
        await asyncio.gather(*parts)
        room.close()
    return published, called


def _two_processes(url: str) -> tuple[dict[str, float], Calls]:
    room = a_room(url, lambda _: None, channels=CHANNELS)
    try:
        with worker(url, CHANNELS) as (_, output):
            room.publisher.publish(*articles(1, first=PUBLISHES), intake=INTAKE)  # it is there when this has come
            for _ in range(CHANNELS):
                output.readline()
            with ThreadPoolExecutor(1) as reader:  # a pipe that is full would stop the worker
                told = reader.submit(lambda: [output.readline() for _ in range(PUBLISHES * CHANNELS)])
                published = _publish(room)
                lines = [line.rstrip("\n").partition(" ") for line in told.result()]
    finally:
        room.close()
    return published, [(text, float(at)) for at, _, text in lines]


def _publish(room: Room, loop: asyncio.AbstractEventLoop | None = None) -> dict[str, float]:
    """Publishes at an even pace, and tells when each publish began; with a loop it wakes the room as an intake does."""
    published = {}
    for article in articles(PUBLISHES):
        published[article.original.title] = time.monotonic()
        room.publisher.publish(article, intake=INTAKE)
        if loop is not None:
            loop.call_soon_threadsafe(room.wake)
        time.sleep(PAUSE)
    return published
