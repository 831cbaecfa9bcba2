"""What a failure means: whether the post is out, is not, or may be.

The classes of Mastodon.py do not tell: a 520 is a plain API error, a lost answer and a refused connection are one
network error, and a rate limit error can come with a post that was taken. So the status, the text and the chain of
causes are looked at. Pure: the error, the time and the reset time come in.
"""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING

import requests
import urllib3.exceptions as transport
from mastodon import (
    MastodonAPIError,
    MastodonFileNotFoundError,
    MastodonNetworkError,
    MastodonRatelimitError,
    MastodonVersionError,
)

from newswire.api import AccountRefused, LanePaused, Outcome, PostGone, Rejected, Retry, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire_mastodon.governor import Doing

SHORTEST_PAUSE = timedelta(seconds=5)
USUAL_PAUSE = timedelta(minutes=5)
"""The window of Mastodon's bucket for all calls; taken where the server does not say when to come back."""
LONGEST_PAUSE = timedelta(hours=3, minutes=5)
"""The longest window Mastodon has is that for posts, three hours (rack_attack.rb, RateLimiter of Status)."""

_LONGEST_WORDS = 300

# Codes of answers that say no for good: the request was read and refused.
_NEVER = {400, 405, 410, 413, 422}

# Where one of these is in the chain, the request had been sent.
_SENT = (transport.ReadTimeoutError, transport.ProtocolError, requests.ReadTimeout, HTTPException, ConnectionResetError)

# Where one of these is and none of the above, it had not.
_NOT_SENT = (
    transport.NewConnectionError,
    transport.ConnectTimeoutError,
    requests.ConnectTimeout,
    ssl.SSLError,
    transport.SSLError,
    requests.exceptions.SSLError,
)

# A TLS connection that ends without a goodbye may have carried the request.
_ENDED = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def classify(
    error: Exception, *, doing: Doing, reset: float | None, now: datetime, with_media: bool = False
) -> Outcome:
    """The outcome an exception of Mastodon.py stands for.

    Args:
        error: what a call of the library raised.
        doing: what was asked of the server.
        reset: when the rate limit ends, in seconds since the epoch, if the server said.
        now: the time.
        with_media: whether the post had pictures; a server refuses one that it is still working on.
    """
    if isinstance(error, MastodonRatelimitError):
        if str(error).startswith("Hit rate limit"):
            return LanePaused("429: the server's rate limit is reached", after=_pause(reset, now))
        # The library could not read the header of an answer that may well have been a yes.
        return _perhaps(_words(error), doing)
    if isinstance(error, MastodonNetworkError):
        return _transport(error, doing)
    if isinstance(error, MastodonAPIError):
        return _answer(error, doing, with_media=with_media)
    never_asked = (ValueError, MastodonVersionError, MastodonFileNotFoundError)
    if isinstance(error, never_asked) and doing != "read":
        return Rejected(f"not sent, the library refuses it: {_words(error)}")
    return _perhaps(f"{type(error).__name__}: {_words(error)}", doing)


def _pause(reset: float | None, now: datetime) -> timedelta:
    if reset is None:
        return USUAL_PAUSE
    seconds = min(max(reset - now.timestamp(), 0), LONGEST_PAUSE.total_seconds())
    return max(timedelta(seconds=seconds), SHORTEST_PAUSE)


def _perhaps(words: str, doing: Doing) -> Outcome:
    return Unknown(words) if doing == "post" else Retry(words)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:_LONGEST_WORDS]


def _answer(error: MastodonAPIError, doing: Doing, *, with_media: bool) -> Outcome:
    status = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else None
    if status is None:  # "Could not parse response as JSON": a page of a proxy, or half an answer
        return _perhaps(f"the answer is not JSON: {_words(error)}", doing)
    words = " ".join(f"{status}: {next((str(part) for part in error.args[:1:-1] if part), '')}".split())
    words = words[:_LONGEST_WORDS]
    if status in {401, 403}:
        return AccountRefused(words)
    if doing == "read":
        return Rejected(words) if status == HTTPStatus.UNPROCESSABLE_ENTITY else Retry(words)
    return _refusal(status, words, doing, with_media=with_media) or _perhaps(words, doing)


def _refusal(status: int, words: str, doing: Doing, *, with_media: bool) -> Outcome | None:
    """What an answer means that says no, or None where it does not say so (RFC 9110, 15.5 and 15.6)."""
    if status in {404, 410} and doing != "post":
        return PostGone(words)
    if status == HTTPStatus.NOT_FOUND:
        return Rejected(f"{words} (what it answers to is gone, or a post of this key was deleted within the hour)")
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and with_media:
        # Perhaps a picture is not ready yet; the text is in the server's language and cannot be asked.
        return Retry(words)
    return Rejected(words) if status in _NEVER else None


def _transport(error: MastodonNetworkError, doing: Doing) -> Outcome:
    chain = list(_causes(error))
    words = _words(chain[-1]) or type(chain[-1]).__name__
    if any(isinstance(cause, requests.TooManyRedirects) for cause in chain):
        return AccountRefused("the server redirects to another address; correct the account's url")
    if any(isinstance(cause, _SENT + _ENDED) for cause in chain):
        return _perhaps(f"no answer: {words}", doing)
    if any(isinstance(cause, _NOT_SENT) for cause in chain):
        return Retry(f"no connection: {words}")
    if any(isinstance(cause, ValueError) for cause in chain):
        # requests' InvalidURL and InvalidHeader, or a token that no header can carry: nothing was sent.
        return AccountRefused(f"the account's url or token cannot be used: {type(chain[1]).__name__}")
    return _perhaps(f"no answer: {words}", doing)


def was_lost(error: Exception) -> bool:
    """Whether a request had been sent, and no answer came because the connection ended."""
    found = list(_causes(error))
    timed_out = (transport.ReadTimeoutError, requests.ReadTimeout)
    return any(isinstance(one, _SENT) for one in found) and not any(isinstance(one, timed_out) for one in found)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it came of, each once, the outermost first.

    Mastodon.py raises anew, so the cause is in the context; requests and urllib3 keep theirs in the arguments.
    """
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        within = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting.extend(one for one in within if isinstance(one, BaseException))
