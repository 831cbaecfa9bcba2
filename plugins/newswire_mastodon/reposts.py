"""Posts that are made anew, because an edit cannot tell a server another language.

The old post is deleted, then the new one is made. It is written down before, so that a withdrawal that comes in between
finds the new post, too, even when nobody heard that it was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire.api import State


@dataclass(frozen=True, slots=True)
class Repost:
    """A post that is being made anew."""

    link: str
    begun: datetime


class Reposts:
    """Those of an account that have begun and not ended. Blocking.

    Args:
        account: the account's name.
        state: the plugin's store.
    """

    def __init__(self, account: str, state: State) -> None:
        self._account = account
        self._state = state

    def begin(self, old_id: str, repost: Repost) -> Repost:
        """Writes down that the post of this id is to go, and what comes in its place; what has begun before stays."""
        known = self.begun(old_id)
        if known is None:
            self._state.set(self._key(old_id), [repost.link, repost.begun.isoformat()])
        return known or repost

    def begun(self, old_id: str) -> Repost | None:
        """What has begun, if anything has."""
        match self._state.get(self._key(old_id)):
            case [str(link), str(begun)]:
                return Repost(link, datetime.fromisoformat(begun))
        return None

    def end(self, old_id: str) -> None:
        """Forgets it."""
        self._state.set(self._key(old_id), None)

    def _key(self, old_id: str) -> str:
        return f"repost of {old_id} by {self._account}"
