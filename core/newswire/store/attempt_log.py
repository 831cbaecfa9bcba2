"""Following the log of attempts: each is told once, whoever made it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.store import trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection

    from newswire.store.trouble import Made

_ROOM = 1000
"""How many rows are read at once."""
_OVERLAP = 1000
"""How many attempts are looked at again: on PostgreSQL one with a lower number may be committed later."""


@dataclass(slots=True)
class AttemptLog:
    """Follows the log of attempts, each once.

    Args:
        first: how many of the attempts that are there already are told.
    """

    first: int = 0
    _last: int | None = None
    _told: deque[int] = field(default_factory=lambda: deque(maxlen=2 * _OVERLAP))

    def read(self, connection: Connection, tell: Callable[[Made], None]) -> None:
        """Tells every attempt that was kept since the last time."""
        if self._last is None:
            begun = trouble.last_attempts(connection, max(self.first, _OVERLAP))
            self._told.extend(made.id for made in begun[-2 * _OVERLAP :])
            self._last = begun[-1].id if begun else 0
            for made in begun[-self.first :] if self.first else ():
                tell(made)
        known = set(self._told)
        # SQLite has one writer, who commits in the order of the numbers.
        place = max(self._last - _OVERLAP, 0) if connection.dialect.name == "postgresql" else self._last
        while rows := trouble.attempts_after(connection, place, limit=_ROOM):
            for made in rows:
                if made.id not in known:
                    known.add(made.id)
                    self._told.append(made.id)
                    tell(made)
            place = rows[-1].id
            self._last = max(self._last, place)
