"""Getting a picture from the web, to be shown on a server: what it is, is seen from its bytes.

The address comes from an article, and articles may come from anybody's feed. So nothing is fetched from a private
network (a router's page must not end up on a timeline), nothing larger than a server takes, and nothing but pictures.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Container

REDIRECTS = 3
SECONDS = 15.0
"""How long all of it may take."""
CHUNK = 64 * 1024

_HEADERS = {"User-Agent": "newswire", "Accept": "image/*", "Accept-Encoding": "identity"}
_REDIRECT = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429}

# How files begin (the registrations of the media types; RFC 9649 for WebP, ISO/IEC 14496-12 for the last two).
_BEGINNINGS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic", b"mif1": "image/heif"}


class NoPicture(Exception):
    """There is no picture that can be shown; the text says why.

    Args:
        why: in words.
        later: whether there may be one at another time.
    """

    def __init__(self, why: str, *, later: bool = False) -> None:
        super().__init__(why)
        self.later = later


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was fetched."""

    content: bytes
    type: str
    """Its media type, as its bytes tell it."""


def kind_of(content: bytes) -> str | None:
    """The media type of a picture, by how its file begins; None where it is none that servers take."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return _BRANDS.get(content[8:12]) if content[4:8] == b"ftyp" else None


async def fetch(address: str, *, most: int, trusted: Container[str] = ()) -> Picture:
    """A picture.

    Args:
        address: where it is.
        most: how many bytes it may have.
        trusted: servers (host, or host and port) that may lie in a private network: the site's own.

    Raises:
        NoPicture: it could not be had, or is none.
    """
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(REDIRECTS + 1):
                found = await _get(address, most, trusted)
                if isinstance(found, bytes):
                    kind = kind_of(found)
                    if kind is None:
                        raise NoPicture("it is no picture that a server takes")
                    return Picture(found, kind)
                address = found
    except TimeoutError:
        raise NoPicture(f"it did not arrive within {SECONDS:g} s", later=True) from None
    except ValueError:  # aiohttp's InvalidURL is one, too
        raise NoPicture("its address cannot be read") from None
    except aiohttp.ClientError as error:
        raise NoPicture(f"its server does not answer ({type(error).__name__})", later=True) from None
    raise NoPicture(f"it is behind more than {REDIRECTS} redirects")


async def _get(address: str, most: int, trusted: Container[str]) -> bytes | str:
    """The bytes at an address, or the address it redirects to."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NoPicture("its address is none of the web")
    opened = _any_socket if parts.netloc in trusted else _public_socket
    connector = aiohttp.TCPConnector(socket_factory=opened, limit=1, force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector, headers=_HEADERS) as session,
        session.get(address, allow_redirects=False) as answer,
    ):
        if answer.status in _REDIRECT and "Location" in answer.headers:
            return urljoin(address, answer.headers["Location"])
        if answer.status != 200:  # noqa: PLR2004  # "OK" (RFC 9110, 15.3.1)
            later = answer.status in _LATER or answer.status >= 500  # noqa: PLR2004  # (RFC 9110, 15.6)
            raise NoPicture(f"its server answers {answer.status}", later=later)
        if (answer.content_length or 0) > most:
            raise NoPicture(f"it has more than {most:,} bytes")
        content = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK):
            content += chunk
            if len(content) > most:
                raise NoPicture(f"it has more than {most:,} bytes")
        return bytes(content)


def _any_socket(place: Any) -> socket.socket:
    family, kind, protocol, *_ = place
    return socket.socket(family, kind, protocol)


def _public_socket(place: Any) -> socket.socket:
    # Asked when the name is resolved and the connection is about to be made, so that no name can change in between.
    found = ip_address(str(place[4][0]).partition("%")[0])
    if not found.is_global or found.is_multicast:
        raise NoPicture("it lies in a private network")
    return _any_socket(place)
