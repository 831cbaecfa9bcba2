"""Requests to others: nothing is followed, nothing is remembered, and no answer is read further than it matters."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import aiohttp

from newswire_feeds.websub.guard import Forbidden
from newswire_feeds.websub.resolver import GuardedResolver, SystemResolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import AbstractResolver

    from newswire_feeds.websub.guard import Guard

_ENOUGH = 4096
"""Bytes of an answer that are read; a challenge is shorter."""
_LONGEST_WAIT = 86_400
_KEPT = 60
"""Seconds for which the addresses of a name are kept, as they were when they were looked at."""


class Unreachable(Exception):
    """There was no answer; the text says why without naming the address, which may be somebody's secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    """As much of it as matters."""
    retry_after: float | None
    """Seconds, where the answer names them."""

    @property
    def good(self) -> bool:
        """Whether it is a success (2xx)."""
        return 200 <= self.status < 300  # noqa: PLR2004  # RFC 9110 section 15.3


class Courier:
    """Sends requests. Redirects are not followed: they are the usual way around a guard, and no answer to a POST.

    Args:
        timeout: seconds an exchange may take in all.
        guard: where to requests may go; None where every address is the admin's own.
        resolver: asks the DNS; it is closed with the courier. Unless given, it is the system.
    """

    def __init__(self, *, timeout: float, guard: Guard | None = None, resolver: AbstractResolver | None = None) -> None:
        self._guard = guard
        self._resolver = resolver or SystemResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(guard, self._resolver) if guard else self._resolver,
                ttl_dns_cache=_KEPT,
                limit=0,
                limit_per_host=4,
            ),
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": "newswire (WebSub)", "accept-encoding": "identity"},
            auto_decompress=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._resolver.close()

    async def get(self, address: str) -> Answer:
        """Asks an address.

        Raises:
            Unreachable: there was no answer.
        """
        return await self._exchange("GET", address, None, {})

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends something to an address.

        Raises:
            Unreachable: there was no answer.
        """
        return await self._exchange("POST", address, body, headers)

    async def _exchange(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            url = self._guard.read(address) if self._guard else address
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await _beginning(response), _retry_after(response))
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except Forbidden as error:
            raise Unreachable(f"it may not be asked: {error}") from None
        except aiohttp.ClientConnectorError as error:
            # Its own text names the address.
            raise Unreachable(error.os_error.strerror or str(error.os_error)) from None
        except (aiohttp.ClientError, OSError, ssl.CertificateError, ValueError) as error:
            raise Unreachable(f"no answer that can be read ({type(error).__name__})") from None


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while len(body) < _ENOUGH and (part := await response.content.read(_ENOUGH - len(body))):
        body += part
    return body


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """The header ``Retry-After`` in seconds (RFC 9110 section 10.2.3); a date counts as none."""
    value = response.headers.get("retry-after", "")
    return min(float(value), _LONGEST_WAIT) if value.isascii() and value.isdigit() else None


def host(address: str) -> str:
    """As much of an address as a log may hold: a callback is a secret between hub and subscriber."""
    return urlsplit(address).hostname or "?"
