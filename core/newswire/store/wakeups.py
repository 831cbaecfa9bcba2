"""Waking up: how a process learns that another one has written something.

On SQLite the number ``PRAGMA data_version`` changes when another connection has committed; asking for it touches no
table. PostgreSQL tells those who listen, when the transaction commits that `announce` was called in. Both only shorten
the wait: who needs to know looks by itself every few seconds, too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from newswire.errors import StoreError
from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from newswire.store.engine import Engines
    from newswire.store.store import Store

log = get_logger(__name__)
CHANNEL = "newswire"
_LOOK = 0.25
"""Seconds between two looks at a SQLite database."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 10.0
"""Seconds until PostgreSQL is tried again: doubled with each failure."""


def announce(connection: Connection) -> None:
    """Tells every process on the store that there is something new, once the transaction commits.

    SQLite needs no telling.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))


async def watch(store: Store, wake: Callable[[], None]) -> None:
    """Calls `wake` whenever there may be something new, until it is cancelled.

    Where the database does not answer it tries again, and wakes when it is back: nobody knows what was missed.
    """
    waits = _waits()

    def back() -> None:
        nonlocal waits
        waits = _waits()
        wake()

    while True:
        try:
            await (_watch_sqlite if store.engines.sqlite else _listen)(store, back)
        except StoreError as error:
            log.warning("the store is not watched", error=str(error))
        await asyncio.sleep(next(waits))


def _waits() -> Iterator[float]:
    wait = _FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * 2, _LONGEST_WAIT)


async def _watch_sqlite(store: Store, wake: Callable[[], None]) -> None:
    try:
        version = await store.look(DataVersion, store.engines)
        try:
            wake()
            while True:
                await asyncio.sleep(_LOOK)
                if await store.look(version.changed):
                    wake()
        finally:
            version.close()
    except sqlite3.Error as error:
        raise StoreError(str(error)) from error


async def _listen(store: Store, wake: Callable[[], None]) -> None:
    from psycopg import AsyncConnection, Error  # noqa: PLC0415  # there only where PostgreSQL is used

    try:
        # A connection of its own, outside any transaction, for as long as the process lives.
        arguments = store.engines.connect_arguments()
        async with await AsyncConnection.connect(**arguments, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            wake()
            async for _ in connection.notifies():
                wake()
    except Error as error:
        raise StoreError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


class DataVersion:
    """Watches one SQLite database; blocking, to be asked from one thread at a time."""

    def __init__(self, engines: Engines) -> None:
        self._connection = engines.reader.raw_connection()
        self._seen = self._ask()

    def _ask(self) -> int:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def changed(self) -> bool:
        """Whether anybody has committed since the last time this was asked."""
        now = self._ask()
        before, self._seen = self._seen, now
        return now != before

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()
