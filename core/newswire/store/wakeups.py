"""Waking up: how a worker learns that another process has written something.

On SQLite the number ``PRAGMA data_version`` changes when another connection has committed; asking for it touches no
table. A safety poll elsewhere serves what is merely due.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire.store.engine import Engines


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
