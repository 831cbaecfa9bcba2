"""Replies: what is sent for a request, prepared once and sent often."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from newswire_feeds.address import MEDIA_TYPES
from newswire_feeds.joining import compress, entity_tag, join, marked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from newswire.api import Message
    from newswire_feeds.joining import Encoding
    from newswire_feeds.press import Document

    Send = Callable[[Message], Awaitable[None]]

# Proxies commonly take 4 kB of response headers (nginx: proxy_buffer_size); the rest needs room as well.
_LONGEST_LINKS = 3000
# RFC 9110 section 15.4.5: what a 304 repeats; other headers it should not have, for the reader has them.
_KEPT = frozenset({"etag", "cache-control", "vary"})
_TEXT = "text/plain; charset=utf-8"
_NOTHING: Final[Message] = {"type": "http.response.body", "body": b""}


class Reply:
    """A whole answer, as the messages that send it.

    Args:
        status: of HTTP.
        headers: by lower-case name; the length is added.
        body: empty where the status allows none.
    """

    __slots__ = ("_body", "_start", "size")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        told = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        # RFC 9110 section 8.6: a 304 need not tell a length, and a wrong one would be an error.
        if status != 304:  # noqa: PLR2004  # the number is the name
            told.append((b"content-length", b"%d" % len(body)))
        self._start: Message = {"type": "http.response.start", "status": status, "headers": told}
        self._body: Message = {"type": "http.response.body", "body": body} if body else _NOTHING
        self.size = len(body)
        """Bytes of the body."""

    async def send(self, send: Send, *, head: bool) -> None:
        """Sends it; for HEAD without the body, with the length it would have."""
        await send(self._start)
        await send(_NOTHING if head else self._body)


def in_words(status: int, words: str, **headers: str) -> Reply:
    """A short answer in plain words; `headers` are named with underscores."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": _TEXT, "cache-control": "no-store", **told}, f"{words}\n".encode())


@dataclass(slots=True)
class Finished:
    """A finished document in one encoding, and the event number it is known to be true at."""

    number: int
    tag: bytes
    changed: datetime | None
    """When the document last changed; None where that is not known of it."""
    last_modified: bytes
    """The same as a header has it; empty where it is not known."""
    whole: Reply
    not_modified: Reply
    asked: int = field(default=0)
    """How often it was sent to somebody who would have taken a smaller one."""

    def at(self, number: int) -> Finished:
        """The same, known to be true at a later event."""
        return replace(self, number=number)

    @property
    def size(self) -> int:
        """Bytes, as far as the cache counts them."""
        return self.whole.size + 3000


def finish_feed(document: Document, encoding: Encoding, *, number: int, headers: Mapping[str, str]) -> Finished:
    """A feed's replies."""
    return _finish(
        join(document.pieces, encoding),
        encoding,
        tag=entity_tag(document.pieces, encoding),
        changed=document.changed,
        number=number,
        headers={
            "content-type": content_type(document),
            "link": links(document),
            # A feed is public; readers that are web pages may fetch it.
            "access-control-allow-origin": "*",
            **headers,
        },
    )


def finish_text(content: bytes, encoding: Encoding, *, number: int, headers: Mapping[str, str]) -> Finished:
    """The replies of a document that is one piece."""
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    body = compress(content, encoding)
    return _finish(body, encoding, tag=marked(digest, encoding), changed=None, number=number, headers=headers)


def _finish(
    body: bytes, encoding: Encoding, *, tag: str, changed: datetime | None, number: int, headers: Mapping[str, str]
) -> Finished:
    whole = {**headers, "etag": tag, "x-content-type-options": "nosniff"}
    last_modified = format_datetime(changed.astimezone(UTC), usegmt=True) if changed else ""
    if last_modified:
        whole["last-modified"] = last_modified
    if encoding != "identity":
        whole["content-encoding"] = encoding
    kept = {name: value for name, value in whole.items() if name in _KEPT}
    return Finished(number, tag.encode(), changed, last_modified.encode(), Reply(200, whole, body), Reply(304, kept))


def content_type(document: Document) -> str:
    """The header ``Content-Type`` of a feed."""
    form = document.feed.address.format
    # JSON is UTF-8 by definition (RFC 8259) and its media types have no charset.
    return MEDIA_TYPES[form] if form == "json" else f"{MEDIA_TYPES[form]}; charset=utf-8"


def links(document: Document) -> str:
    """The header ``Link`` (RFC 8288): self and hubs as WebSub section 4 asks, and the feed in other languages.

    In the documents themselves other languages have no place: of several alternates, readers take the wrong one.
    """
    kept = [f'<{document.feed.self_url}>; rel="self"']
    kept += [f'<{hub}>; rel="hub"' for hub in document.feed.hubs]
    media_type = MEDIA_TYPES[document.feed.address.format]
    others = (
        f'<{other.path}>; rel="alternate"; hreflang="{other.language}"; type="{media_type}"'
        for other in document.relatives
    )
    return ", ".join([*kept, *_within(others, _LONGEST_LINKS - sum(map(len, kept)))])


def _within(texts: Iterable[str], length: int) -> list[str]:
    kept = []
    for each in texts:
        length -= len(each) + 2
        if length < 0:
            break
        kept.append(each)
    return kept
