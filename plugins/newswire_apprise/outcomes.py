"""What it means when Apprise says no: whether the message is out, is not, or may be. Pure.

Of Apprise 2.2, 165 services send by requests. Of these, 161 say ``error=STATUS`` of an answer that they take for a
refusal, and 162 say ``Socket Exception`` with the error's own text when there was no answer. What fits neither leaves
open what was done, and so does anything where there is more than one target, or more than one part was sent.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newswire.api import AccountRefused, LanePaused, Outcome, Rejected, Retry, Unknown, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_apprise.listening import Line

THROTTLED = timedelta(minutes=1)
"""How long a service rests that asks for it; Apprise does not hand on for how long."""
_LONGEST_WORDS = 300
_SHORTEST_SECRET = 4

# ntfy says codes of five digits, which begin with the status.
_STATUS = re.compile(r"\berror=([1-5]\d\d)(?:\d\d)?\b")
_NO_ANSWER = "Socket Exception"
# What urllib3 says when it never came as far as sending anything.
_NO_CONNECTION = re.compile(
    r"Failed to establish a new connection|NameResolutionError|ConnectTimeoutError|CERTIFICATE_VERIFY_FAILED"
)
_SENT = re.compile(r"sent\b", re.IGNORECASE)

# The address or its credentials are wrong, and another message would fare no better (RFC 9110, 15.5).
_WRONG_ADDRESS = {401, 403, 404, 405, 407, 410}
_WRONG_CONTENT = {400, 411, 413, 414, 415, 422}


def classify(said: Sequence[Line], *, targets: int, url: str) -> Outcome:
    """The outcome of a message that Apprise did not say yes to.

    Args:
        said: what Apprise said.
        targets: how many recipients the address names.
        url: the address, whose parts are taken out of what was said.
    """
    told = [line.text for line in said if line.level >= logging.WARNING]
    words = shorten(without_secrets(one_line(told[-1] if told else "Apprise does not say why"), url), _LONGEST_WORDS)
    partly = any(line.level == logging.INFO and _SENT.match(line.text) for line in said)
    if targets != 1 or partly:
        return Unknown(f"{words} (perhaps in part: {targets} targets)")
    unanswered = [line.text for line in said if _NO_ANSWER in line.text]
    if any(not _NO_CONNECTION.search(text) for text in unanswered):
        return Unknown(words)
    statuses = [int(found) for line in said for found in _STATUS.findall(line.text)]
    outcomes = [_refusal(status, words) for status in statuses]
    if not outcomes and unanswered:
        return Retry(words)
    if not outcomes or any(isinstance(outcome, Unknown) for outcome in outcomes):
        return Unknown(words)
    return outcomes[-1]


def _refusal(status: int, words: str) -> Outcome:
    if status in _WRONG_ADDRESS or 300 <= status < 400:  # noqa: PLR2004  # redirects are not followed
        return AccountRefused(words)
    if status in _WRONG_CONTENT:
        return Rejected(words)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return LanePaused(words, after=THROTTLED)
    return Unknown(words)


def without_secrets(text: str, url: str) -> str:
    """Text without any part of an address: which of them are secrets, each service has its own mind about."""
    parts = {part for part in re.split(r"[/?&=@:#,;]+", url.partition("://")[2]) if len(part) >= _SHORTEST_SECRET}
    for part in sorted(parts | {unquote(part) for part in parts}, key=len, reverse=True):
        text = text.replace(part, "…")
    return text
