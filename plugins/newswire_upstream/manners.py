"""Manners towards servers: one request to each at a time, a rest in between, none while it wants to be left alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

AT_A_TIME = 24
"""Requests to all servers together."""
REST = 1.0
"""Seconds between two requests to one server."""


@dataclass(slots=True)
class _Server:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_before: float = 0.0


class Manners:
    """Lets requests through, one at a time for each server.

    Args:
        ticks: a clock that only rises, in seconds.
        rest: seconds between two requests to one server.
        at_a_time: requests to all servers together.
    """

    def __init__(self, ticks: Callable[[], float], *, rest: float = REST, at_a_time: int = AT_A_TIME) -> None:
        self._ticks = ticks
        self._rest = rest
        self._places = asyncio.Semaphore(at_a_time)
        self._servers: dict[str, _Server] = {}

    def free(self, host: str) -> bool:
        """Whether a request to the server would not have to wait."""
        server = self._servers.get(host)
        return server is None or (not server.lock.locked() and server.not_before <= self._ticks())

    def leave_alone(self, host: str, seconds: float) -> None:
        """Sends nothing to a server for so long (``Retry-After``)."""
        server = self._servers.setdefault(host, _Server())
        server.not_before = max(server.not_before, self._ticks() + seconds)

    def left_alone(self, host: str) -> float:
        """For how many seconds the server is left alone from now on."""
        server = self._servers.get(host)
        return max(server.not_before - self._ticks(), 0.0) if server else 0.0

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Waits for the turn of a request to a server."""
        server = self._servers.setdefault(host, _Server())
        async with server.lock:
            await asyncio.sleep(max(server.not_before - self._ticks(), 0.0))
            async with self._places:
                try:
                    yield
                finally:
                    server.not_before = max(server.not_before, self._ticks() + self._rest)
