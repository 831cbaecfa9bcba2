"""Getting a picture from the web, to be shown on a server: what it is, is seen from its bytes.

The address comes from an article, and articles may come from anybody's feed. So nothing is fetched from a private
network (a router's page must not end up on a timeline), nothing larger than a server takes, and nothing but pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.api import Courier, Guard, Unreachable

if TYPE_CHECKING:
    from collections.abc import Collection

REDIRECTS = 3
SECONDS = 15.0
"""How long all of it may take."""

_HEADERS = {"accept": "image/*"}
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


async def fetch(address: str, *, most: int, trusted: Collection[str] = ()) -> Picture:
    """A picture.

    Args:
        address: where it is.
        most: how many bytes it may have.
        trusted: servers (host, or host and port) that may lie in a private network: the site's own.

    Raises:
        NoPicture: it could not be had, or is none.
    """
    try:
        async with Courier(timeout=SECONDS, guard=Guard(hosts=trusted)) as courier:
            answer = await courier.get(address, _HEADERS, most=most, redirects=REDIRECTS, unpack=True)
    except Unreachable as error:
        raise NoPicture(f"it could not be fetched: {error}", later=not error.lasting) from None
    if answer.status != 200:  # noqa: PLR2004  # "OK" (RFC 9110, 15.3.1)
        later = answer.status in _LATER or answer.status >= 500  # noqa: PLR2004  # (RFC 9110, 15.6)
        raise NoPicture(f"its server answers {answer.status}", later=later)
    if answer.cut:
        raise NoPicture(f"it has more than {most:,} bytes")
    kind = kind_of(answer.body)
    if kind is None:
        raise NoPicture("it is no picture that a server takes")
    return Picture(answer.body, kind)
