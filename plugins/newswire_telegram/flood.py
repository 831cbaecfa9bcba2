"""When Telegram says "too many requests": whether one chat has to wait, or the whole bot. Pure but for its memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from newswire.api import ChannelPaused, LanePaused

WINDOW = timedelta(seconds=10)
"""Refusals this near to each other belong together."""
SEVERAL = 3
"""So many chats that refuse within the window mean the bot, not the chats."""
LONG = timedelta(seconds=30)
"""No single chat's limit asks for a wait this long; then the bot is meant."""


class FloodWatch:
    """Remembers which chats of a bot had to wait of late."""

    def __init__(self) -> None:
        self._refused: dict[int | str, datetime] = {}

    def pause(self, chat: int | str, words: str, after: timedelta, now: datetime) -> ChannelPaused | LanePaused:
        """Who has to wait after a refusal.

        Args:
            chat: the chat that was written to.
            words: Telegram's words.
            after: how long it asks to wait.
            now: the time of the refusal.
        """
        self._refused = {one: at for one, at in self._refused.items() if now - at < WINDOW}
        self._refused[chat] = now
        if after >= LONG or len(self._refused) >= SEVERAL:
            return LanePaused(words, after=after)
        return ChannelPaused(words, after=after)
