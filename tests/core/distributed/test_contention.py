"""Publishers and dispatchers at the same rows at the same time: nobody is turned away, nothing is lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from newswire.delivery import State
from newswire.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.model import Article

ENGINES = ("postgresql",)
KEYS = [f"a{number}" for number in range(8)]


async def test_publishing_and_sending_the_same_articles_ends_in_the_newest_of_each(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: Callable[..., Article]
) -> None:
    wire = make_wire([subscriber(f"news{number}") for number in range(6)])

    def publish(turn: int) -> None:
        for revision in range(5):
            for key in KEYS if turn % 2 else reversed(KEYS):
                wire.publish(an_article(key, topics=[f"turn-{turn}", f"revision-{revision}"]))

    stop = asyncio.Event()
    working = [asyncio.create_task(wire.worker(owner).run(stop)) for owner in ("me", "they")]
    with ThreadPoolExecutor(3) as threads:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(threads, publish, turn) for turn in range(3)))
    stop.set()
    await asyncio.gather(*working)
    await wire.deliver()
    with wire.store.read() as connection:
        rows = deliveries.listing(connection, limit=1000)
    assert {row.state for row in rows} == {State.DONE}
    assert {(row.want, row.have) for row in rows} == {(15, 15)}
    assert len(rows) == 6 * len(KEYS)
    assert all(sorted(channel.shown) == [f"Title of {key} (en)" for key in KEYS] for channel in wire.channels.values())
