"""Replies: what is sent for a request, prepared once and sent often."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING

from newswire_feeds.address import MEDIA_TYPES
from newswire_feeds.joining import entity_tag, join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from newswire.api import Message
    from newswire_feeds.joining import Encoding
    from newswire_feeds.press import Document

Headers = tuple[tuple[bytes, bytes], ...]

# Proxies commonly take 4 kB of response headers (nginx: proxy_buffer_size); the rest needs room as well.
_LONGEST_LINKS = 3000


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes = b""

    async def send(self, send: Callable[[Message], Awaitable[None]], *, head: bool) -> None:
        """Sends it; for HEAD without the body, with the length it would have."""
        headers = self.headers
        # RFC 9110 section 8.6: a 304 need not tell a length, and a wrong one would be an error.
        if self.status != 304:  # noqa: PLR2004  # the number is the name
            headers = (*headers, (b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


@dataclass(slots=True)
class Finished:
    """A finished document in one encoding, and the event number it is known to be true at."""

    number: int
    tag: str
    changed: datetime | None
    """When the document last changed; None where that is not known of it."""
    whole: Reply
    not_modified: Reply

    @property
    def size(self) -> int:
        """Bytes, as far as the cache counts them."""
        return len(self.whole.body) + 2000


def finish_feed(document: Document, encoding: Encoding, *, number: int, max_age: int) -> Finished:
    """A feed's replies."""
    address = document.feed.address
    media_type = MEDIA_TYPES[address.format]
    # JSON is UTF-8 by definition (RFC 8259) and its media types have no charset.
    content_type = media_type if address.format == "json" else f"{media_type}; charset=utf-8"
    return _finish(
        join(document.pieces, encoding),
        encoding,
        tag=entity_tag(document.pieces, encoding),
        changed=document.changed,
        number=number,
        content_type=content_type,
        headers={
            "cache-control": f"public, max-age={max_age}",
            "vary": "Accept-Encoding",
            "link": _links(document),
            # A feed is public; readers that are web pages may fetch it.
            "access-control-allow-origin": "*",
        },
    )


def finish_text(
    text: bytes,
    encoding: Encoding,
    *,
    number: int,
    content_type: str,
    headers: dict[str, str],
) -> Finished:
    """The replies of a document that is one piece."""
    tag = f'"{hashlib.blake2b(text, digest_size=12).hexdigest()}{"-gzip" if encoding == "gzip" else ""}"'
    body = zlib.compress(text, 9, wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else text
    return _finish(body, encoding, tag=tag, changed=None, number=number, content_type=content_type, headers=headers)


def _finish(
    body: bytes,
    encoding: Encoding,
    *,
    tag: str,
    changed: datetime | None,
    number: int,
    content_type: str,
    headers: dict[str, str],
) -> Finished:
    # RFC 9110 section 15.4.5: a 304 repeats ETag, Cache-Control, Vary and what else a 200 would have let be cached by.
    kept = {**headers, "etag": tag}
    if changed is not None:
        kept["last-modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    whole = {**kept, "content-type": content_type, "x-content-type-options": "nosniff"}
    if encoding == "gzip":
        whole["content-encoding"] = "gzip"
    return Finished(number, tag, changed, Reply(200, encode(whole), body), Reply(304, encode(kept)))


def encode(headers: dict[str, str]) -> Headers:
    """Headers as ASGI wants them."""
    return tuple((name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items())


def _links(document: Document) -> str:
    """The header ``Link`` (RFC 8288): self and hubs as WebSub section 4 asks, and the feed in other languages.

    In the documents themselves other languages have no place: of several alternates, readers take the wrong one.
    """
    links = [f'<{document.feed.self_url}>; rel="self"']
    links += [f'<{hub}>; rel="hub"' for hub in document.feed.hubs]
    media_type = MEDIA_TYPES[document.feed.address.format]
    others = (
        f'<{other.path}>; rel="alternate"; hreflang="{other.language}"; type="{media_type}"'
        for other in document.relatives
    )
    return ", ".join([*links, *_within(others, _LONGEST_LINKS - sum(map(len, links)))])


def _within(texts: Iterable[str], length: int) -> list[str]:
    kept = []
    for text in texts:
        length -= len(text) + 2
        if length < 0:
            break
        kept.append(text)
    return kept
