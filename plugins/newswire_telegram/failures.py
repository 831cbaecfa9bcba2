"""What our request class knows of a failure, so that nobody has to guess it from causes.

They are errors of python-telegram-bot, because only those pass through its methods unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.error import NetworkError

if TYPE_CHECKING:
    from datetime import timedelta


class NotSent(NetworkError):
    """The request did not reach Telegram: no connection, no such host, or something in between refused it."""

    __slots__ = ()


class MaybeSent(NetworkError):
    """Telegram may have done what was asked: the answer is missing, or cannot be read."""

    __slots__ = ()


class Flooded(NetworkError):
    """Telegram did nothing and asks to wait."""

    __slots__ = ("after",)

    def __init__(self, message: str, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


class TooLarge(NetworkError):
    """What was asked is larger than Telegram takes; nothing was done."""

    __slots__ = ()


class MethodUnknown(NetworkError):
    """The server is too old to know what it was asked for, or takes the token for no token; nothing was done."""

    __slots__ = ()
