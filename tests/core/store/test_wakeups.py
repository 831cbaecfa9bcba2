"""Another process writes, and this one is woken; on both engines."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

from newswire.store import Store, wakeups

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from newswire.model import Article


@asynccontextmanager
async def _watching(store: Store) -> AsyncIterator[asyncio.Event]:
    woken = asyncio.Event()
    watching = asyncio.create_task(wakeups.watch(store, woken.set))
    await _woken(woken)  # once it watches, for what was missed before
    try:
        yield woken
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _woken(woken: asyncio.Event, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        await woken.wait()
    woken.clear()


async def test_publishing_and_withdrawing_wake_other_processes(wire: Any, an_article: Callable[..., Article]) -> None:
    with closing(Store(wire.store.engines.url.render_as_string(hide_password=False))) as mine:
        async with _watching(mine) as woken:
            wire.publish(an_article("a"))
            await _woken(woken)
            wire.publish(an_article("a"))
            await asyncio.sleep(0.4)
            assert not woken.is_set()  # nothing is new
            wire.publisher.withdraw("a")
            await _woken(woken)


async def test_what_is_rolled_back_wakes_nobody(store: Store) -> None:
    with closing(Store(store.engines.url.render_as_string(hide_password=False))) as mine:
        async with _watching(mine) as woken:
            with store.engines.writer.connect() as connection:
                wakeups.announce(connection)
                connection.rollback()
            await asyncio.sleep(0.4)
            assert not woken.is_set()
