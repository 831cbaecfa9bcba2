"""Reading a feed, whatever form it has. Pure, and some work: the caller does it in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire_upstream.charset import in_known_letters
from newswire_upstream.jsonfeed import looks_like_json, read_json
from newswire_upstream.xml import read_xml

if TYPE_CHECKING:
    from newswire_upstream.document import Document


def read_feed(body: bytes, *, address: str, content_type: str = "") -> Document:
    """The feed in a document.

    Args:
        body: the document.
        address: where it came from, for relative addresses.
        content_type: what the server says it is; what it begins with counts more.

    Raises:
        NoFeed: it is none; the error says what it is instead.
    """
    if looks_like_json(body):
        return read_json(body, address=address)
    return read_xml(in_known_letters(body, content_type), address=address, content_type=content_type)
