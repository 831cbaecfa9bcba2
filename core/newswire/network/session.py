"""The HTTP client below the courier: no cookies, no proxy, nothing unpacked, names looked at before they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from newswire.network.resolver import GuardedResolver

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

    from newswire.network.guard import Guard

_KEPT = 60
"""Seconds for which the addresses of a name are kept, as they were when they were looked at."""


def open_session(
    guard: Guard | None, resolver: AbstractResolver, *, timeout: float, agent: str, at_one_host: int
) -> aiohttp.ClientSession:
    """A client that connects where the guard allows.

    Args:
        guard: where to requests may go; None where every address is the admin's own.
        resolver: asks the DNS; whoever made it closes it.
        timeout: seconds an exchange may take in all.
        agent: what it calls itself.
        at_one_host: how many connections it has to one host at a time.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=GuardedResolver(guard, resolver) if guard else resolver,
            ttl_dns_cache=_KEPT,
            limit=0,
            limit_per_host=at_one_host,
        ),
        timeout=aiohttp.ClientTimeout(total=timeout),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"user-agent": agent},
        auto_decompress=False,
        trust_env=False,
    )
