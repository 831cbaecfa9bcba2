"""Deliveries a second to channels that do nothing, beside job queues doing as many jobs.

Ours: 10 lanes of 10 channels; each article is one publish, each delivery an intent, a call, and a receipt.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import queues
from databases import databases
from figures import Figure
from noop import CHANNELS, INTAKE, a_room, articles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DELIVERIES = 100_000
ROUNDS = 3
HUEY, PGQUEUER, PROCRASTINATE = 20_000, 20_000, 2_000
"""Jobs of the peers: the rate is what counts."""


def figures() -> Iterator[Figure]:
    """Deliveries a second, in and out, on both engines: medians of interleaved rounds."""
    with databases() as new:
        huey_is = f"Huey, SqliteHuey(fsync=True), 4 threads, {HUEY:,} jobs; no order, no receipt"
        yield from _beside(
            "SQLite",
            lambda: ours(new("SQLite")),
            {huey_is: lambda: queues.huey(new("SQLite").removeprefix("sqlite:///"), HUEY)},
        )
        pgqueuer_is = "PgQueuer, {}, batches of 100, {:,} jobs; no order, no receipt"
        procrastinate_is = f"Procrastinate, concurrency 20, {PROCRASTINATE:,} jobs; no order, no receipt"
        yield from _beside(
            "PostgreSQL",
            lambda: ours(new("PostgreSQL")),
            {
                pgqueuer_is.format("asyncpg", PGQUEUER): lambda: queues.pgqueuer(
                    new("PostgreSQL"), PGQUEUER, "asyncpg"
                ),
                pgqueuer_is.format("psycopg (as ours)", PGQUEUER): lambda: queues.pgqueuer(
                    new("PostgreSQL"), PGQUEUER, "psycopg"
                ),
                procrastinate_is: lambda: queues.procrastinate(new("PostgreSQL"), PROCRASTINATE),
            },
        )


def ours(url: str, deliveries: int = DELIVERIES) -> queues.Rates:
    """Deliveries a second: enqueued by publishing, and drained by a dispatcher."""
    called: list[str] = []
    room = a_room(url, called.append)
    try:
        given = articles(deliveries // CHANNELS)
        begin = time.perf_counter()
        for article in given:
            room.publisher.publish(article, intake=INTAKE)
        enqueued = time.perf_counter()
        asyncio.run(room.dispatch(asyncio.Event(), patience=timedelta()))
        drained = time.perf_counter()
    finally:
        room.close()
    if len(called) != deliveries:
        raise SystemExit(f"{len(called)} of {deliveries} deliveries were made")
    return deliveries / (enqueued - begin), deliveries / (drained - enqueued)


def _beside(
    engine: str, own: Callable[[], queues.Rates], peers: dict[str, Callable[[], queues.Rates]]
) -> Iterator[Figure]:
    rounds = [(own(), [peer() for peer in peers.values()]) for _ in range(ROUNDS)]
    for side, words in enumerate(("enqueued", "drained")):
        for number, peer_is in enumerate(peers):
            mine = statistics.median(one[side] for one, _ in rounds)
            peer = statistics.median(others[number][side] for _, others in rounds)
            yield Figure(f"delivery: {words}, {engine}", "deliveries/s", round(mine), round(peer), peer_is, "higher")
