"""The first few posts of an hour are public, the rest quiet: followers see all of them, live feeds only some."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire.api import State

logger = logging.getLogger(__name__)

HOUR = 3600


class PublicPosts:
    """When an account posted in public within the last hour. Used by one thread at a time.

    Args:
        key: names the account in the plugin's store.
        state: the plugin's store.
    """

    def __init__(self, key: str, state: State) -> None:
        self._key = key
        self._state = state
        self._times: list[float] | None = None

    def count(self, now: float) -> int:
        """How many there were."""
        if self._times is None:
            self._times = self._read()
        self._times = [at for at in self._times if now - HOUR < at <= now]
        return len(self._times)

    def add(self, now: float) -> None:
        """One more."""
        self.count(now)
        self._times = [*(self._times or ()), now]
        try:
            self._state.set(self._key, [*self._times])
        except Exception as error:  # noqa: BLE001  # whatever the store has: the post is out
            logger.warning("%s: not written down (%s)", self._key, type(error).__name__)

    def _read(self) -> list[float]:
        try:
            kept = self._state.get(self._key)
        except Exception as error:  # noqa: BLE001  # as above
            logger.warning("%s: not read (%s)", self._key, type(error).__name__)
            return []
        return [float(at) for at in kept if isinstance(at, int | float)] if isinstance(kept, list) else []
