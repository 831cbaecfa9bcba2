"""What one process of a fleet must not do to the others, and what a broken connection must not do to anybody."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.dispatch.lane import Pace
from newswire.store import Store, channels, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.model import Article

ENGINES = ("postgresql",)


async def _run_for(worker: Any, reached: Callable[[], bool], seconds: float) -> bool:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    for _ in range(int(seconds / 0.05)):
        if reached():
            break
        await asyncio.sleep(0.05)
    stop.set()
    await running
    return reached()


async def test_a_commit_whose_answer_is_lost_leaves_nothing_stuck(
    make_wire: Callable[..., Any],
    an_article: Callable[..., Article],
    relay_to_postgres: Any,
    postgres_database: str,
) -> None:
    wire = make_wire(pace=Pace(ttl=timedelta(seconds=1.5)))
    wire.publish(an_article("a"))
    address = f"postgresql+psycopg://postgres@127.0.0.1:{relay_to_postgres.port}/{postgres_database}"
    with closing(Store(address)) as wire.store:
        # The server commits the intents, and the worker never hears of it: it announced what it does not know of.
        relay_to_postgres.breaks_at = b"COMMIT"
        channel = wire.channels["news"]
        assert await _run_for(wire.worker(), lambda: channel.shown == ["Title of a (en)"], seconds=6)


async def test_a_stand_by_without_the_platform_does_not_pause_the_lane_of_another(wire: Any) -> None:
    working, stop = asyncio.create_task(wire.worker("me").run(asyncio.Event())), asyncio.Event()
    while not _lane(wire)["owner"]:  # noqa: ASYNC110  # it is the database that changes
        await asyncio.sleep(0.01)
    other = wire.worker("they")
    other.account = type(wire.account)()
    other.account.start_errors = [OSError("no route to the platform")]
    waiting = asyncio.create_task(other.run(stop))
    await asyncio.sleep(0.3)
    stop.set()
    await waiting
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert _lane(wire)["paused_until"] is None


async def test_a_dispatcher_with_an_older_config_leaves_channels_it_does_not_know_to_others(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: Callable[..., Article]
) -> None:
    wire = make_wire([subscriber("old"), subscriber("new")])
    wire.publish(an_article("a"))
    worker = wire.worker()
    del worker.channels["new"]
    old = wire.channels["old"]
    assert await _run_for(worker, lambda: bool(old.shown), seconds=2)
    with wire.store.read() as connection:
        tallies = deliveries.tally(connection)
    assert {name: tally.states for name, tally in tallies.items()} == {"old": {"done": 1}, "new": {"pending": 1}}


def _lane(wire: Any) -> dict[str, Any]:
    with wire.store.read() as connection:
        return channels.lane_rows(connection)[0]
