"""Requests to others: what is followed is looked at anew, nothing is remembered, and no answer is read without end."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, urljoin, urlsplit

from newswire.network.answer import Answer, Hop, Unreachable
from newswire.network.guard import Forbidden
from newswire.network.unpacking import PACKED, CannotUnpack, Unpacking

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp
    from aiohttp.abc import AbstractResolver

    from newswire.network.guard import Guard

_ENOUGH = 4096
"""Bytes that are read where only the beginning of an answer matters."""
_PIECE = 64 * 1024
_REDIRECT = {301, 302, 303, 307, 308}
_FOR_ANYBODY = re.compile(r"accept|accept-.*|if-.*", re.IGNORECASE)
"""Headers that go along to another server; all others may hold a secret that was meant for the first."""


class Courier:
    """Sends requests to addresses that others name.

    Where to they may go is looked at before each of them, redirects included, and the connection is made to the very
    address that was looked at. Nothing is kept of one request for the next but the connection: no cookies, no proxy of
    the environment.

    Args:
        timeout: seconds an exchange may take in all, redirects included.
        guard: where to requests may go; None where every address is the admin's own.
        resolver: asks the DNS; it is closed with the courier. Unless given, it is the system.
        agent: what it calls itself (``User-Agent``).
        at_one_host: connections to one host at a time.
    """

    def __init__(
        self,
        *,
        timeout: float,
        guard: Guard | None = None,
        resolver: AbstractResolver | None = None,
        agent: str = "newswire",
        at_one_host: int = 4,
    ) -> None:
        from newswire.network.resolver import SystemResolver  # noqa: PLC0415  # aiohttp is heavy; few commands need it
        from newswire.network.session import open_session  # noqa: PLC0415

        self._guard = guard
        self._timeout = timeout
        self._resolver = resolver or SystemResolver()
        self._session = open_session(guard, self._resolver, timeout=timeout, agent=agent, at_one_host=at_one_host)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._resolver.close()

    async def get(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        *,
        most: int = _ENOUGH,
        redirects: int = 0,
        unpack: bool = False,
    ) -> Answer:
        """Asks an address.

        Args:
            address: where.
            headers: what the request says besides.
            most: how many bytes of the answer are read, unpacked.
            redirects: how many redirects are followed. Unless any are, a redirect is an answer like others.
            unpack: whether the answer may come compressed; else it is taken as it comes.

        Raises:
            Unreachable: there was no answer.
        """
        given = {"accept-encoding": PACKED if unpack else "identity", **(headers or {})}
        hops: list[Hop] = []
        try:
            address = _ascii(address)
            async with asyncio.timeout(self._timeout):
                while True:
                    answer = await self._exchange("GET", address, None, given, most=most, unpack=unpack)
                    where = answer.headers.get("location") if answer.status in _REDIRECT else None
                    if not where or not redirects:
                        return _with_hops(answer, address, hops)
                    if len(hops) == redirects:
                        raise Unreachable(f"it is behind more than {redirects} redirects", lasting=True)
                    given = _for_next(given, address, where := _ascii(urljoin(address, where)))
                    address = where
                    hops.append(Hop(answer.status, address))
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except ValueError:
            raise Unreachable("it may not be asked: it is no web address", lasting=True, begun=False) from None

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends something to an address, and reads the beginning of what it answers; no redirect is followed.

        Raises:
            Unreachable: there was no answer.
        """
        given = {"accept-encoding": "identity", **headers}
        return await self._exchange("POST", address, body, given, most=_ENOUGH, unpack=False)

    async def _exchange(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], *, most: int, unpack: bool
    ) -> Answer:
        import aiohttp  # noqa: PLC0415  # it is there as soon as there is a session

        try:
            url = self._guard.read(address) if self._guard else address
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return await _read(response, most, unpack=unpack)
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except Forbidden as error:
            raise Unreachable(f"it may not be asked: {error}", lasting=True, begun=False) from None
        except CannotUnpack as error:
            raise Unreachable(f"its answer cannot be unpacked: {error}") from None
        except aiohttp.ClientConnectorError as error:
            reason = error.os_error
            if isinstance(reason, Forbidden):
                raise Unreachable(f"it may not be asked: {reason}", lasting=True, begun=False) from None
            raise Unreachable(_words(reason), begun=False) from None
        except (aiohttp.ClientError, OSError, ssl.CertificateError, ValueError) as error:
            raise Unreachable(f"no answer that can be read ({type(error).__name__})") from None


async def _read(response: aiohttp.ClientResponse, most: int, *, unpack: bool) -> Answer:
    names = dict.fromkeys(name.lower() for name in response.headers)
    headers = {name: ", ".join(response.headers.getall(name)) for name in names}
    unpacking = Unpacking(headers.get("content-encoding", "") if unpack else "")
    body, cut = bytearray(), False
    while not cut and (piece := await response.content.read(_PIECE)):
        body += unpacking.feed(piece, most + 1 - len(body))
        cut = len(body) > most
    if not cut:
        unpacking.end()
    return Answer(status=response.status, body=bytes(body[:most]), cut=cut, headers=headers)


def _words(error: OSError) -> str:
    """What the system says, without the address that Python adds."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)


def _with_hops(answer: Answer, address: str, hops: list[Hop]) -> Answer:
    return Answer(
        status=answer.status,
        body=answer.body,
        cut=answer.cut,
        headers=answer.headers,
        address=address,
        hops=tuple(hops),
    )


def _ascii(address: str) -> str:
    """The address without its fragment, in ASCII where it was written as people do (RFC 3986 section 2.1).

    Raises:
        ValueError: nobody can read it.
    """
    from yarl import URL  # noqa: PLC0415  # it is there as soon as there is a session

    bare = address.partition("#")[0].strip()
    return quote(bare, safe="!$%&'()*+,/:;=?@[]~\\") if bare.isascii() else str(URL(bare))


def _for_next(headers: Mapping[str, str], before: str, after: str) -> dict[str, str]:
    """The headers that go along with a redirect: to another server no secret that was meant for the first."""
    if urlsplit(before)[:2] == urlsplit(after)[:2]:
        return dict(headers)
    return {name: value for name, value in headers.items() if _FOR_ANYBODY.fullmatch(name)}
