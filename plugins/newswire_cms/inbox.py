"""What came and is not dealt with yet, and the editions known of each article: kept in the plugin's store. Blocking.

The web app may be another process than the one that runs the intakes; and whoever sends must be told at once that it
is kept, for few systems send twice.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Json, State

STATE = "cms"
FULLEST = 5_000
"""Payloads of an intake that wait; more are refused, and a system that sends again does so."""


class Inbox:
    """What waits for an intake.

    Args:
        state: the plugin's store.
        intake: the intake's name.
    """

    def __init__(self, state: State, intake: str) -> None:
        self._state = state
        self._place = f"payload/{intake}/"
        self._articles = f"article/{intake}/"

    def put(self, payload: Json, now: datetime) -> bool:
        """Keeps a payload behind those that came before; False when there is no room."""
        if len(self.waiting()) >= FULLEST:
            return False
        self._state.set(f"{self._place}{now.timestamp():020.6f}-{secrets.token_hex(4)}", payload)
        return True

    def waiting(self) -> list[tuple[str, Json]]:
        """What waits, in the order in which it came, each with its key."""
        return sorted((key, payload) for key, payload in self._state.all().items() if key.startswith(self._place))

    def known(self, article_id: str) -> Any:
        """What is kept of an article; None where it is not known."""
        return self._state.get(f"{self._articles}{article_id}")

    def settle(self, key: str, article_id: str | None, kept: Json) -> None:
        """Drops a payload that was dealt with, and keeps what is known of its article now; None forgets it."""
        of_article = {f"{self._articles}{article_id}": kept} if article_id else {}
        self._state.update({key: None, **of_article})
