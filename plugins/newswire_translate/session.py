"""HTTP to a service: bounded in time and size, never redirected, every failure told as an outcome without a secret."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

from newswire.api import AccountRefused, LanePaused, Outcome, Rejected, Retry, Unknown, one_line, shorten
from newswire_translate.service import Garbled, TooLong

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 4_000_000
"""Bytes of an answer that are read."""
CONNECT = 10.0
"""Seconds to connect."""
REST = timedelta(seconds=60)
"""How long a service rests that is busy and does not say how long."""
NO_MONEY = timedelta(hours=1)
"""How long a service rests whose credit is used up."""
_TOLD = 300
_SLOW_DOWN, _TOO_LARGE = 429, 413
_REFUSED = {401, 403}
_PAYMENT = 402


class Session:
    """Asks one service.

    Args:
        url: what every address begins with.
        headers: what every request says in its header.
        timeout: how many seconds an answer may take.
    """

    def __init__(self, url: str, headers: Mapping[str, str], timeout: float) -> None:
        self._url = url
        self._headers = dict(headers)
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(CONNECT, timeout))
        self._client: aiohttp.ClientSession | None = None

    async def ask(self, path: str, body: Any = None) -> Any:
        """What the service answers, JSON taken apart; with a body by POST, else by GET.

        Raises:
            Outcome: the service did not, or perhaps did not, do it.
            Garbled: the answer is no JSON, or it never ends.
            TooLong: the service says that it was asked too much at once.
        """
        sent = orjson.dumps(body) if body is not None else None
        method = "POST" if sent is not None else "GET"
        headers = {"Content-Type": "application/json"} if sent is not None else {}
        try:
            # Followed, a redirect would show the key to whoever is there.
            async with self._open().request(
                method, self._url + path, data=sent, headers=headers, allow_redirects=False
            ) as answer:
                read = await _body(answer)
                status, after = answer.status, answer.headers.get("Retry-After")
        except aiohttp.ClientConnectorError as error:
            raise Retry(f"the service cannot be reached: {type(error).__name__}") from None
        except TimeoutError:
            raise Unknown("the service did not answer in time") from None
        except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError) as error:
            raise Unknown(f"the answer was cut off: {type(error).__name__}") from None
        if status != 200:  # noqa: PLR2004  # HTTP's "OK"
            raise _refusal(status, read, after)
        try:
            return orjson.loads(read)
        except orjson.JSONDecodeError:
            raise Garbled("the answer is no JSON") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout, raise_for_status=False)
        return self._client

    async def aclose(self) -> None:
        """Lets connections go."""
        if self._client is not None:
            await self._client.close()
            self._client = None


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > LARGEST:
            raise Garbled(f"the answer is longer than {LARGEST:,} bytes")
    return bytes(body)


def _refusal(status: int, body: bytes, after: str | None) -> Outcome | TooLong:
    """What follows from an answer that is no success (RFC 9110, 15; RFC 6585, 4)."""
    words = f"{status}: {told(body)}"
    wait = _wait(after)
    if status == _TOO_LARGE or (status == 400 and _is_limit(body)):  # noqa: PLR2004  # HTTP's "Bad Request"
        return TooLong(words)
    if status in _REFUSED:
        return AccountRefused(words)
    if status == _PAYMENT or (status == _SLOW_DOWN and b"insufficient_quota" in body):
        return LanePaused(words, after=max(wait or NO_MONEY, NO_MONEY))
    if status == _SLOW_DOWN:
        return LanePaused(words, after=wait or REST)
    if status in {408, 409, 425} or status >= 500:  # noqa: PLR2004  # HTTP's "Server Error"
        return Retry(words, after=wait)
    return Rejected(words)


def _is_limit(body: bytes) -> bool:
    # LibreTranslate: "request (3000) exceeds text limit (2000)"; OpenAI: code "context_length_exceeded".
    return any(words in body for words in (b"exceeds text limit", b"context_length_exceeded"))


def told(body: bytes) -> str:
    """What a service says of an error, in a line."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return shorten(one_line(body[:2000].decode("utf-8", "replace")), _TOLD) or "(no words)"
    error = found.get("error", found) if isinstance(found, dict) else found
    message = error.get("message", error) if isinstance(error, dict) else error
    return shorten(one_line(str(message)), _TOLD)


def _wait(after: str | None) -> timedelta | None:
    """What Retry-After says (RFC 9110, 10.2.3): seconds, or a date."""
    if after is None:
        return None
    if after.strip().isdecimal():
        return timedelta(seconds=min(int(after.strip()), 86_400 * 31))
    try:
        until = parsedate_to_datetime(after)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC), timedelta())
