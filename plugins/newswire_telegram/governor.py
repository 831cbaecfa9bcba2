"""The governor: keeps a bot ahead of Telegram's limits, and remembers what Telegram asked it to wait for.

What Telegram publishes (Bots FAQ, "My bot is hitting limits, how do I avoid this?"): about 30 messages a second over
all chats, one a second in a chat with short bursts, 20 a minute in a group. Of channels it says nothing; they are
treated as groups. The governor never sleeps: whoever comes too early is told how long to wait, and the room puts the
delivery off. Pure but for its memory, which can be kept and given back.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.api import ChannelPaused, LanePaused

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Json

RESERVE = 0.2
"""The share of a bot's messages a second that edits leave to new posts: news goes before corrections in bulk."""
SECOND = 1.0
MINUTE = 61.0
"""A minute and what a slow network may take away from it, in seconds."""
SPACING = 1.1
"""Seconds between two messages to a chat, on average; a tenth more than Telegram asks for."""
BURST = 3
"""So many messages may go to a chat at once, when it was quiet before."""
WINDOW = 10.0
"""Refusals so many seconds apart belong together."""
SEVERAL = 3
"""So many chats that refuse within the window mean the bot, not the chats."""
TOLERANCE = 1e-4
"""Seconds that are no wait; times are floating-point numbers."""
UNSAVED = 3
"""So many messages may have gone to a chat that a process which died did not live to write down."""


@dataclass(slots=True)
class _Chat:
    """What went to a chat of late; times are seconds since the epoch."""

    sent: deque[float] = field(default_factory=deque)
    clear_at: float = 0.0
    """When the spacing of all that was sent is over."""
    until: float = 0.0
    """Until when Telegram asked to wait."""
    last: int = 0
    """The number of the newest message known to be there."""

    def as_json(self) -> dict[str, Json]:
        return {"sent": list(self.sent), "clear_at": self.clear_at, "until": self.until, "last": self.last}


class Governor:
    """Admits what may be sent now, and tells all else how long to wait.

    Args:
        per_second: messages a second over all chats.
        per_minute: messages a minute in a group or channel.
    """

    def __init__(self, *, per_second: int = 25, per_minute: int = 20) -> None:
        self._per_second = per_second
        self._per_minute = per_minute
        # Whoever allows more than one message a second by the minute has a server that takes them.
        self._spacing = min(SPACING, SPACING * 60 / per_minute)
        self._bot: deque[float] = deque()
        self._until = 0.0
        self._chats: dict[int | str, _Chat] = {}
        self._names: dict[str, int] = {}
        self._refused: dict[int | str, tuple[float, float]] = {}
        self._unsaved = self._clear_at = 0.0
        self.changed = False
        """Whether there is something that was not kept yet."""

    def admit(self, chat: int | str, now: datetime, *, bulk: bool = False) -> None:
        """Counts a message that is about to be sent.

        Args:
            chat: where it goes.
            now: the time.
            bulk: whether it gives way to others, where the bot as a whole has little room.

        Raises:
            ChannelPaused: the chat has to wait.
            LanePaused: the whole bot has to.
        """
        at, known = now.timestamp(), self._known(chat)
        self._wait_for_bot(at, bulk=bulk)
        clear_at = max(known.clear_at, self._clear_at)
        wait, why = max(
            (known.until - at, "Telegram asked this chat to wait"),
            (clear_at - at - (BURST - 1) * self._spacing, "ahead of the limit of one message a second"),
            (self._minute(chat, known, at), f"ahead of the limit of {self._per_minute} messages a minute"),
        )
        if wait > TOLERANCE:
            raise ChannelPaused(why, after=_whole(wait))
        self._bot.append(at)
        known.sent.append(at)
        known.clear_at = max(clear_at, at) + self._spacing
        self.changed = True

    def give_back(self, chat: int | str) -> None:
        """Takes back what was last admitted for a chat: Telegram refused what it said, so nothing was sent."""
        known = self._known(chat)
        for times in (known.sent, self._bot):
            if times:
                times.pop()
        known.clear_at -= self._spacing

    def refused(self, chat: int | str, words: str, after: timedelta, now: datetime) -> ChannelPaused | LanePaused:
        """Who has to wait after Telegram said "too many requests": the chat, or the bot when several chats hear it.

        Each chat waits as long as it was told to; the bot waits for the shortest of what its chats were told.

        Args:
            chat: the chat that was written to.
            words: Telegram's words.
            after: how long it asks to wait.
            now: the time of the refusal.
        """
        at, key = now.timestamp(), self._key(chat)
        known = self._known(chat)
        known.until = max(known.until, at + after.total_seconds())
        self._refused = {one: told for one, told in self._refused.items() if at - told[0] < WINDOW}
        self._refused[key] = (at, known.until)
        self.changed = True
        if len(self._refused) < SEVERAL:
            return ChannelPaused(words, after=after)
        self._until = max(self._until, min(until for _, until in self._refused.values()))
        return LanePaused(words, after=_whole(self._until - at))

    def seen(self, chat: int, name: str | None, number: int) -> None:
        """Notes a message that is there: its chat may be known by a name, too, and has no newer message as yet."""
        if name and self._names.get(name.casefold()) != chat:
            self._names[name.casefold()] = chat
            self._chats.setdefault(chat, self._chats.pop(name.casefold(), _Chat()))
        known = self._known(chat)
        known.last = max(known.last, number)
        self.changed = True

    def last(self, chat: int | str) -> int:
        """The number of the newest message known in a chat; 0 where none is."""
        return self._known(chat).last

    def kept(self, now: datetime, *, closed: bool) -> Json:
        """Its memory, to be kept.

        Args:
            now: the time.
            closed: whether nothing will be sent any more before the memory is given back.
        """
        at = now.timestamp()
        self.changed = False
        chats = {}
        for key, chat in self._chats.items():
            _drop(chat.sent, at - MINUTE)
            if chat.sent or chat.last or chat.until > at:
                chats[str(key)] = chat.as_json()
        return {"chats": chats, "names": dict(self._names), "until": self._until, "at": at, "closed": closed}

    def restore(self, kept: Json) -> None:
        """Takes over a memory that was kept, by this process or another.

        One that was not closed may lack the last messages: so many as may be missing are counted for every chat.
        """
        if not isinstance(kept, dict):
            return
        told: dict[str, Any] = kept
        self._until = max(self._until, float(told["until"]))
        self._names |= told["names"]
        for key, chat in told["chats"].items():
            known = self._known(int(key) if key.lstrip("-").isdecimal() else key)
            known.sent = deque(sorted((Counter(known.sent) | Counter(map(float, chat["sent"]))).elements()))
            known.until, known.last = max(known.until, chat["until"]), max(known.last, chat["last"])
            known.clear_at = max(known.clear_at, chat["clear_at"])
        if not told["closed"]:
            self._unsaved = max(self._unsaved, float(told["at"]))
            self._clear_at = self._unsaved + (BURST + UNSAVED) * self._spacing

    def _wait_for_bot(self, at: float, *, bulk: bool) -> None:
        if self._until > at:
            raise LanePaused("Telegram asked the bot to wait", after=_whole(self._until - at))
        _drop(self._bot, at - SECOND)
        room = self._per_second - len(self._bot) - (round(self._per_second * RESERVE) if bulk else 0)
        if room > 0:
            return
        why = f"ahead of the limit of {self._per_second} messages a second"
        after = _whole(self._bot[0] + SECOND - at)
        # A pause of the bot would hold up those that may still be sent.
        raise ChannelPaused(why, after=after) if bulk else LanePaused(why, after=after)

    def _minute(self, chat: int | str, known: _Chat, at: float) -> float:
        if isinstance(self._key(chat), int) and int(self._key(chat)) > 0:
            return 0.0  # a private chat
        _drop(known.sent, at - MINUTE)
        unsaved = [self._unsaved] * UNSAVED if at - self._unsaved < MINUTE else []
        over = len(known.sent) + len(unsaved) - self._per_minute
        return 0.0 if over < 0 else sorted([*known.sent, *unsaved])[over] + MINUTE - at

    def _key(self, chat: int | str) -> int | str:
        if isinstance(chat, int):
            return chat
        name = chat.removeprefix("@").casefold()
        return self._names.get(name, name)

    def _known(self, chat: int | str) -> _Chat:
        return self._chats.setdefault(self._key(chat), _Chat())


def _whole(seconds: float) -> timedelta:
    """Rounded up, so that who waits so long has waited long enough."""
    return timedelta(milliseconds=math.ceil(max(seconds, 0.0) * 1000))


def _drop(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()
