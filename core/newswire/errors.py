"""Every error of newswire, in one tree (drawn below)."""

# NewswireError
# ├── ConfigError            the config file, the environment or a secret is wrong (exit code 2)
# ├── InvalidArticle         an article cannot be taken as it is
# ├── UnknownArticle         no article has this id
# ├── StoreError             the database does not answer as it should
# │   ├── SchemaOutdated     the schema is older or newer than this program
# │   └── TransactionLost    a transaction gave way to another; made again it succeeds
# ├── Refused                what somebody asked for by hand cannot be done
# ├── FilterSyntaxError      a topic expression cannot be read
# └── Outcome                what came of an attempt to send, where it was not "sent"
#     ├── Retry              not sent, try this delivery again later
#     ├── ChannelPaused      not sent, the platform asks this channel to wait
#     ├── LanePaused         not sent, the platform asks the whole account to wait
#     ├── AccountRefused     not sent, the credential is not valid any more
#     ├── ChannelGone        not sent, the destination does not exist or does not let us in
#     ├── ChannelMoved       not sent, the destination has a new address
#     ├── PostGone           not sent, the post to edit or delete is not there any more
#     ├── Rejected           not sent, the platform will never take this content
#     └── Unknown            perhaps sent

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta


class NewswireError(Exception):
    """Anything newswire itself reports."""


class ConfigError(NewswireError):
    """The configuration cannot be used; the text lists every problem found."""


class InvalidArticle(NewswireError):
    """An article that cannot be taken.

    Args:
        message: what is wrong and how to cure it.
        place: where it was found (a file, a field), if known.
        line: the line in that place, counted from 1, if known.
    """

    def __init__(self, message: str, *, place: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.line = line

    def __str__(self) -> str:
        where = self.place or ""
        if where and self.line:
            where = f"{where}:{self.line}"
        return f"{where}: {self.args[0]}" if where else str(self.args[0])


class UnknownArticle(NewswireError):
    """No article has this id."""


class StoreError(NewswireError):
    """The database does not answer as it should."""


class SchemaOutdated(StoreError):
    """The schema in the database is not the one this program was written for."""


class Refused(NewswireError):
    """What somebody asked for by hand cannot be done; the text says why, and what can."""


class TransactionLost(StoreError):
    """A transaction gave way to another (a deadlock); it left nothing behind, and made again it succeeds."""


class FilterSyntaxError(NewswireError):
    """A topic expression cannot be read.

    Args:
        message: what is wrong and how to cure it.
        position: index of the offending character in the expression.
    """

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(message)
        self.position = position


class Outcome(NewswireError):
    """What came of an attempt to send, where it was not "sent".

    The text is the platform's own words, as far as it gave any; it is kept with the delivery.
    """


class Retry(Outcome):
    """Not sent: try again later; the attempt counts.

    Args:
        words: the platform's words.
        after: wait at least this long; None leaves it to the dispatcher's backoff.
    """

    def __init__(self, words: str, *, after: timedelta | None = None) -> None:
        super().__init__(words)
        self.after = after


class ChannelPaused(Outcome):
    """Not sent: the platform asks this channel to wait; the attempt does not count.

    Args:
        words: the platform's words.
        after: how long to wait.
    """

    def __init__(self, words: str, *, after: timedelta) -> None:
        super().__init__(words)
        self.after = after


class LanePaused(Outcome):
    """Not sent: the platform asks the whole account to wait; the attempt does not count.

    Args:
        words: the platform's words.
        after: how long to wait.
    """

    def __init__(self, words: str, *, after: timedelta) -> None:
        super().__init__(words)
        self.after = after


class AccountRefused(Outcome):
    """Not sent: the account's credential is refused; its lane stops until an admin acts."""


class ChannelGone(Outcome):
    """Not sent: the destination does not exist or does not let us in; the channel is deactivated."""


class ChannelMoved(Outcome):
    """Not sent: the destination has a new address.

    Args:
        words: the platform's words.
        address: the channel options that replace the configured ones from now on.
    """

    def __init__(self, words: str, *, address: Mapping[str, str | int]) -> None:
        super().__init__(words)
        self.address = dict(address)


class PostGone(Outcome):
    """Not sent: the post to edit or delete is not on the platform any more."""


class Rejected(Outcome):
    """Not sent: the platform will never take this content as it is."""


class Unknown(Outcome):
    """Perhaps sent: the platform may have taken it, and did not say so."""
