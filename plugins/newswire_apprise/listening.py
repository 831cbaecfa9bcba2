"""Hearing what Apprise says while it sends: it is all there is to tell why something failed, and full of secrets.

A service's method gives True or False. Why it was False stands in the log only, with addresses, tokens and payloads
beside it. So what Apprise and the libraries below it say while they work for us goes to us, and to no log.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_APPRISE = "apprise"
# Those that tell addresses, headers or stanzas, as far as Apprise's services use them.
_BELOW = ("charset_normalizer", "oauthlib", "paho", "requests_oauthlib", "slixmpp", "smpplib", "urllib3")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was said."""

    level: int
    """As `logging` counts them."""
    text: str


class _Ear(logging.Filter):
    """Takes the lines of threads that are listened to, and of Apprise altogether, away from every handler."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[int, list[Line]] = {}
        """By thread."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps the line for whoever listens; whether anybody else is to see it."""
        lines = self.heard.get(record.thread or 0)
        if lines is not None and record.name.partition(".")[0] == _APPRISE:
            lines.append(Line(record.levelno, _words(record)))
        return lines is None and record.name.partition(".")[0] != _APPRISE


def _words(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # an ill-made line
        return str(record.msg)


_ear = _Ear()


@contextmanager
def listening() -> Iterator[list[Line]]:
    """Collects what Apprise says in this thread, and keeps what is said below it from being written."""
    _listen_to_all()
    me = threading.get_ident()
    lines = _ear.heard[me] = []
    try:
        yield lines
    finally:
        del _ear.heard[me]


def _listen_to_all() -> None:
    logger = logging.getLogger(_APPRISE)
    if logger.level != logging.DEBUG:
        logger.setLevel(logging.DEBUG)  # why a connection failed is said at this level
    known = logging.root.manager.loggerDict
    below = [name for name in known if name.partition(".")[0] in _BELOW]
    for name in (_APPRISE, *below):
        logging.getLogger(name).addFilter(_ear)
