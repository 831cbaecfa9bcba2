"""The clerk: makes the steps of several lanes in one transaction.

Lanes ask for their steps whenever they like. While one transaction is under way the next requests gather, so the more
there is to do, the more lanes share a commit.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from newswire.store import lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from newswire.dispatch.articles import Articles
    from newswire.store import Store
    from newswire.store.lanes import Request, Step, Taken


TURNS = 4
"""How many turns of the event loop a transaction waits for lanes that are about to ask, too. An attempt that needs no
network ends within these few; measured, it is worth a tenth of the throughput."""


class Clerk:
    """Makes the steps of one dispatcher's lanes.

    Args:
        store: where deliveries are.
        owner: who takes the lanes.
        articles: gets the articles that the steps load.
        clock: tells the time, in UTC.
        ttl: how long a lane is taken for.
    """

    def __init__(
        self, store: Store, owner: str, articles: Articles, clock: Callable[[], datetime], ttl: timedelta
    ) -> None:
        self._store = store
        self._owner = owner
        self._articles = articles
        self._clock = clock
        self._ttl = ttl
        self._waiting: list[tuple[Request, asyncio.Future[Step | None]]] = []
        self._turn = asyncio.Lock()
        self.free_at: dict[str, datetime] = {}
        """When the leases of others run out, by lane."""

    async def step(self, request: Request) -> Step | None:
        """Makes a lane's step, together with those of others that ask meanwhile.

        Returns:
            None when the lane is somebody else's.

        Raises:
            StoreError: the database does not answer; nothing of the request was written.
        """
        future: asyncio.Future[Step | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        async with self._turn:
            if not future.done():
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                waiting, self._waiting = self._waiting, []
                await self._make(waiting)
        return await future

    async def _make(self, waiting: Sequence[tuple[Request, asyncio.Future[Step | None]]]) -> None:
        try:
            taken = await self._store.run(self._write, [request for request, _ in waiting])
        except Exception as error:  # noqa: BLE001  # each lane that asked is told
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        self._articles.keep(taken.loaded)
        for request, _ in waiting:
            self.free_at.pop(request.lane, None)
        self.free_at |= taken.free_at
        for request, future in waiting:
            if not future.done():
                future.set_result(taken.steps.get(request.lane))

    def _write(self, requests: Sequence[Request]) -> Taken:
        with self._store.write() as connection:
            return lanes.step(
                connection,
                requests,
                self._owner,
                now=self._clock(),
                ttl=self._ttl,
                known=self._articles.has,
                alone=lambda: self._store.engines.try_to_publish(connection),
            )
