"""The desk of a translator: its memory, and what it takes, kept before and after each request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newswire.errors import LanePaused
from newswire.store import translations, translators
from newswire.translation.caps import MILLION, Spent, starts
from newswire.translator import Charge

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from newswire.store import Store
    from newswire.translation.caps import Caps


class CapReached(LanePaused):
    """A cap leaves no room: the translator rests until it does."""


class Accounts:
    """Books what one translator takes, one request at a time.

    Args:
        name: the translator's.
        caps: how much it may take.
        store: where that is kept.
        clock: tells the time, in UTC.
    """

    def __init__(self, name: str, caps: Caps, store: Store, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.store = store
        self.clock = clock
        self._caps = caps
        self._turn = asyncio.Lock()

    async def charge(self, request_id: int, more: Spent) -> Charge:
        """Books a request; see `newswire.translator.TranslationDesk.charge`.

        Raises:
            CapReached: there is no room for it.
        """
        async with self._turn:
            return await self.store.run(self._book, request_id, more)

    async def settle(self, request_id: int, charge: Charge, cost: float) -> None:
        """Corrects what was booked."""
        less = Spent(cost=_millionths(cost) - _millionths(charge.cost))
        await self.store.run(self._add, request_id, datetime.fromtimestamp(charge.hour, UTC), less)

    def _book(self, request_id: int, more: Spent) -> Charge:
        now = self.clock()
        hour = starts(now)[0]
        with self.store.write() as connection:
            reached = self._caps.reached(translators.spending(connection, self.name, now), more, now)
            if reached is not None:
                words, until = reached
                raise CapReached(words, after=until - now)
            translators.spend(connection, self.name, hour, more)
            translations.add_to_bill(connection, request_id, more)
        return Charge(self.name, int(hour.timestamp()), more.cost / MILLION)

    def _add(self, request_id: int, hour: datetime, more: Spent) -> None:
        with self.store.write() as connection:
            translators.spend(connection, self.name, hour, more)
            translations.add_to_bill(connection, request_id, more)


class Desk:
    """What a translator has at hand while it translates one article.

    Args:
        accounts: the translator's.
        request_id: the request it works on.
    """

    def __init__(self, accounts: Accounts, request_id: int) -> None:
        self._accounts = accounts
        self._request_id = request_id

    async def recall(self, keys: Collection[str]) -> Mapping[str, str]:
        """Pieces that were translated before, by key."""
        return await self._accounts.store.run(self._recall, frozenset(keys))

    async def remember(self, pieces: Mapping[str, str]) -> None:
        """Keeps translated pieces."""
        await self._accounts.store.run(self._remember, dict(pieces))

    async def charge(self, *, characters: int, cost: float = 0.0) -> Charge:
        """Books a request before it is made.

        Raises:
            LanePaused: a cap leaves no room for it.
        """
        return await self._accounts.charge(self._request_id, Spent(1, characters, _millionths(cost)))

    async def settle(self, charge: Charge, cost: float) -> None:
        """Books what a request really cost."""
        await self._accounts.settle(self._request_id, charge, cost)

    def _recall(self, keys: Collection[str]) -> dict[str, str]:
        with self._accounts.store.write() as connection:
            return translators.recall(connection, keys, self._accounts.clock())

    def _remember(self, pieces: Mapping[str, str]) -> None:
        with self._accounts.store.write() as connection:
            translators.remember(connection, pieces, self._accounts.clock())


def _millionths(cost: float) -> int:
    return round(cost * MILLION)
