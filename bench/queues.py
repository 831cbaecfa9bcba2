"""The peers' way of doing the same work: a job for each delivery, with a handler that does nothing.

Each gives jobs a second, enqueued and drained. None of them is asked to keep an order, to keep a receipt, or to know
afterwards what it has sent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Rates = tuple[float, float]
BATCH = 100
"""Jobs that are enqueued at a time, where that can be done: an article for 100 channels."""


def _conninfo(url: str) -> str:
    parsed = make_url(url)
    return f"host={parsed.query['host']} dbname={parsed.database} user={parsed.username}"


def pgqueuer(url: str, jobs: int, driver: str) -> Rates:
    """PgQueuer: 10 entrypoints, batches of 100; it deletes the job and logs its success.

    Args:
        url: an empty database.
        jobs: how many.
        driver: ``asyncpg`` or ``psycopg``.
    """
    return asyncio.run(_pgqueuer(url, jobs, driver))


async def _pgqueuer(url: str, jobs: int, driver: str) -> Rates:
    from pgqueuer import Queries, QueueManager  # noqa: PLC0415  # only what is measured is loaded
    from pgqueuer.types import QueueExecutionMode  # noqa: PLC0415

    logging.getLogger("pgqueuer").setLevel(logging.ERROR)
    async with _asyncpg(url) if driver == "asyncpg" else _psycopg(url) as connected:
        queries = Queries(connected)
        await queries.install()
        manager = QueueManager(queries)
        called: list[float] = []

        async def handle(job: Any) -> None:
            del job
            called.append(time.perf_counter())

        for number in range(10):
            manager.entrypoint(f"lane-{number}")(handle)
        entrypoints = [f"lane-{number % 10}" for number in range(BATCH)]
        begin = time.perf_counter()
        for number in range(jobs // BATCH):
            await queries.enqueue(entrypoints, [b"%d" % number] * BATCH, [0] * BATCH)
        enqueued = time.perf_counter()
        await manager.run(batch_size=100, mode=QueueExecutionMode.drain)
    return _rates(len(called), jobs, begin, enqueued, called[-1])  # its way to stop takes seconds, and is no work


@asynccontextmanager
async def _asyncpg(url: str) -> AsyncIterator[Any]:
    import asyncpg  # noqa: PLC0415
    from pgqueuer.db import AsyncpgDriver  # noqa: PLC0415

    parsed = make_url(url)
    connection = await asyncpg.connect(host=parsed.query["host"], database=parsed.database, user=parsed.username)
    try:
        async with AsyncpgDriver(connection) as connected:
            yield connected
    finally:
        await connection.close()


@asynccontextmanager
async def _psycopg(url: str) -> AsyncIterator[Any]:
    from pgqueuer.db import PsycopgDriver  # noqa: PLC0415
    from psycopg import AsyncConnection  # noqa: PLC0415

    async with (
        await AsyncConnection.connect(_conninfo(url), autocommit=True) as connection,
        PsycopgDriver(connection) as connected,
    ):
        yield connected


def procrastinate(url: str, jobs: int) -> Rates:
    """Procrastinate: a worker of concurrency 20."""
    return asyncio.run(_procrastinate(_conninfo(url), jobs))


async def _procrastinate(conninfo: str, jobs: int) -> Rates:
    from procrastinate import App, PsycopgConnector  # noqa: PLC0415

    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    app = App(connector=PsycopgConnector(conninfo=conninfo))
    called: list[float] = []

    async def handle(number: int) -> None:
        del number
        called.append(time.perf_counter())

    deliver = app.task(name="deliver")(handle)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        begin = time.perf_counter()
        for number in range(jobs // BATCH):
            await deliver.batch_defer_async(*({"number": number} for _ in range(BATCH)))
        enqueued = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=20, install_signal_handlers=False)
    return _rates(len(called), jobs, begin, enqueued, called[-1])


def huey(path: str, jobs: int) -> Rates:
    """Huey on SQLite, as durable as ours (`fsync`): 4 threads. It forgets a job when it begins with it."""
    from huey import SqliteHuey  # noqa: PLC0415

    logging.getLogger("huey").setLevel(logging.ERROR)
    queue = SqliteHuey(filename=path, fsync=True, results=False)
    called: list[int] = []
    deliver: Callable[[int], object] = queue.task()(called.append)
    begin = time.perf_counter()
    for number in range(jobs):
        deliver(number)
    enqueued = time.perf_counter()
    consumer = queue.create_consumer(workers=4, periodic=False, check_worker_health=False)
    consumer.start()
    while len(called) < jobs:
        time.sleep(0.005)
    drained = time.perf_counter()
    consumer.stop()
    return _rates(len(called), jobs, begin, enqueued, drained)


def _rates(done: int, jobs: int, begin: float, enqueued: float, drained: float) -> Rates:
    if done != jobs:
        raise SystemExit(f"{done} of {jobs} jobs were done")
    return jobs / (enqueued - begin), jobs / (drained - enqueued)
