"""What was asked of the sandbox, what it took, and what it answered: three lists, because they differ.

A message can be accepted though the client never hears so. A client that is right about such a case can only be
shown to be right when the accepted calls are kept apart from the answered ones.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Platform = Literal["telegram", "mastodon"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one of the two platforms.

    Attributes:
        number: Counts up from 1 over both platforms.
        platform: Which of the two.
        server: The Mastodon server's name, empty for Telegram.
        method: The Bot API method (`sendMessage`) or the HTTP method (`POST`).
        path: The path below the platform's base, with no token in it.
        account: The bot's user name, or the Mastodon account's; empty when the caller is unknown.
        chat: The `chat_id` that was asked for, as text; empty on Mastodon.
        parameters: The fields of the body, with files as their name and size.
        at: When it came, in seconds since the epoch.
    """

    number: int
    platform: Platform
    method: str
    path: str
    at: float
    server: str = ""
    account: str = ""
    chat: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """An answer that was sent in full: the call and the HTTP status it got."""

    call: Call
    status: int


@dataclass(slots=True)
class Journal:
    """The three lists of calls, oldest first.

    Attributes:
        received: Every call that could be read.
        accepted: The calls that had their effect (the platform would have said yes).
        answered: The calls that got an answer over a connection that held.
    """

    received: list[Call] = field(default_factory=list)
    accepted: list[Call] = field(default_factory=list)
    answered: list[Answer] = field(default_factory=list)
    last_number: int = 0

    def next_number(self) -> int:
        """Give the number of the next call."""
        self.last_number += 1
        return self.last_number

    def calls(self, method: str = "", *, platform: Platform | None = None, path: str = "") -> list[Call]:
        """Give the accepted calls of a method, a platform, a path; each empty one matches all."""
        return [
            call
            for call in self.accepted
            if (not method or call.method.lower() == method.lower())
            and (platform is None or call.platform == platform)
            and (not path or call.path == path)
        ]

    def clear(self) -> None:
        """Forget all calls."""
        self.received.clear()
        self.accepted.clear()
        self.answered.clear()

    def counts(self) -> dict[str, int]:
        """Count the calls for the state page."""
        return {"received": len(self.received), "accepted": len(self.accepted), "answered": len(self.answered)}
