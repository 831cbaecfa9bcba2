"""Asking the DNS for hosts that strangers name: in threads of its own, and nothing is let through that must not be."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.network.guard import Guard

_AT_A_TIME = 16


class SystemResolver(AbstractResolver):
    """Asks the system, in threads of its own.

    A name server may take half a minute to answer, and the event loop's own threads are few: strangers could keep
    all of them waiting, and with them whatever else in the process needs one.

    Args:
        look_up: as `socket.getaddrinfo`.
    """

    def __init__(self, look_up: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host.

        Raises:
            OSError: it has none.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: self._look_up(host, port, family=family, type=socket.SOCK_STREAM)
        )
        return [
            ResolveResult(
                hostname=host,
                # An IPv6 address of one link comes with the number of the link behind it; the guard wants none of them.
                host=str(place[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, place in found
        ]

    async def close(self) -> None:
        """Lets the threads go; those that wait for a name server end when it has answered."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Asks the DNS, and lets nothing through that the guard would not.

    The connection is made to the very addresses that were looked at, so a name that resolves to another address the
    next time gains nothing.

    Args:
        guard: says where to requests may go.
        inner: asks the DNS.
    """

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host, if all of them are allowed.

        Raises:
            Forbidden: one is not; a name that leads inside by one of its addresses is a trick.
        """
        found = await self._inner.resolve(host, port, family)
        for each in found:
            self._guard.check(ip_address(each["host"]), port, host)
        return found

    async def close(self) -> None:
        """Lets go of what the inner one holds."""
        await self._inner.close()
