"""What a process that looks remembers between two looks: when each channel posted, and each intake brought something.

Both are read off logs, of which each look reads only what is new. The logs are the truth; the memory can be lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.store import arrivals
from newswire.store.attempt_log import AttemptLog

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.store.trouble import Made

_ROOM = 1000
"""How many rows are read at once."""
_FIRST = 5000
"""How many attempts a new memory begins with."""


@dataclass(slots=True)
class Memory:
    """When each channel posted last, and each intake brought something last."""

    posted: dict[str, datetime] = field(default_factory=dict)
    brought: dict[str, datetime] = field(default_factory=dict)
    _attempts: AttemptLog = field(default_factory=lambda: AttemptLog(_FIRST))
    _seq: int | None = None

    def refresh(self, connection: Connection, intakes: Collection[str], *, until: datetime) -> None:
        """Reads what is new.

        Args:
            connection: to read with.
            intakes: those that are asked about.
            until: how far back the first time is looked for what an intake brought.
        """
        self._attempts.read(connection, self._note)
        if self._seq is None:
            self._look_back(connection, set(intakes), until)
        while found := arrivals.after(connection, self._seq or 0, limit=_ROOM):
            for arrival in found:
                self._bring(arrival.intakes, arrival.at)
            self._seq = found[-1].seq

    def _note(self, made: Made) -> None:
        if made.outcome == "sent":
            self.posted[made.channel] = max(made.ended, self.posted.get(made.channel, made.ended))

    def _look_back(self, connection: Connection, missing: set[str], until: datetime) -> None:
        place: int | None = None
        while found := arrivals.before(connection, place, limit=_ROOM):
            self._seq = self._seq or found[0].seq
            for arrival in found:
                self._bring(arrival.intakes, arrival.at)
            missing -= self.brought.keys()
            place = found[-1].seq
            if not missing or found[-1].at < until:
                return

    def _bring(self, intakes: Collection[str], at: datetime) -> None:
        for name in intakes:
            self.brought[name] = max(at, self.brought.get(name, at))
