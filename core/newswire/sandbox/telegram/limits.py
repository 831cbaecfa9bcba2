"""The flood limits, as far as Telegram publishes them.

Source: the Bot API's FAQ ("my bot is hitting limits"): 30 messages a second over all chats, one a second in one chat
with short bursts allowed, 20 a minute in one group. There is no figure for channels; like python-telegram-bot the
sandbox takes the groups' one. Edits count as messages here: stricter than anything published.
"""

import math
from collections import defaultdict, deque

BOT_PER_SECOND = 30
CHAT_BURST = 3
GROUP_PER_MINUTE = 20


class FloodLimits:
    """Sliding windows over the calls that were let through; times are seconds since the epoch."""

    def __init__(self) -> None:
        self._bot: dict[int, deque[float]] = defaultdict(deque)
        self._chat: dict[tuple[int, int], float] = {}
        self._group: dict[tuple[int, int], deque[float]] = defaultdict(deque)
        self._held: dict[tuple[int, int], float] = {}

    def hold(self, bot: int, chat: int, until: float) -> None:
        """Refuse all that comes to a chat before a time: Telegram was heard saying so."""
        self._held[bot, chat] = max(self._held.get((bot, chat), 0.0), until)

    def clear(self) -> None:
        """Forget all calls."""
        self._held.clear()
        self._bot.clear()
        self._chat.clear()
        self._group.clear()

    def retry_after(self, bot: int, chat: int, now: float, *, group: bool) -> int:
        """Let a call through and give 0, or give the whole seconds it has to wait (and let it count for nothing)."""
        waits = [_wait(self._bot[bot], now, 1.0, BOT_PER_SECOND), self._held.get((bot, chat), 0.0) - now]
        waits.append(max(0.0, self._chat.get((bot, chat), 0.0) - now - (CHAT_BURST - 1)))
        if group:
            waits.append(_wait(self._group[bot, chat], now, 60.0, GROUP_PER_MINUTE))
        wait = max(waits)
        if wait > 0:
            return max(1, math.ceil(wait))
        self._bot[bot].append(now)
        self._chat[bot, chat] = max(self._chat.get((bot, chat), 0.0), now) + 1.0
        if group:
            self._group[bot, chat].append(now)
        return 0


def _wait(times: deque[float], now: float, window: float, most: int) -> float:
    while times and times[0] <= now - window:
        times.popleft()
    return 0.0 if len(times) < most else times[0] + window - now
