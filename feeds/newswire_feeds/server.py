"""The web side of feeds: a plain ASGI application, for most of what it does is saying "not modified"."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from newswire.api import NewswireError
from newswire_feeds import negotiation
from newswire_feeds.cache import ByteCache
from newswire_feeds.freshness import Freshness
from newswire_feeds.options import FeedsOptions
from newswire_feeds.reply import Finished, Reply, in_words
from newswire_feeds.request import Request, merged
from newswire_feeds.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence

    from newswire.api import Message, Scope, Services
    from newswire_feeds.joining import Encoding

    Document = tuple[str, bytes, str, bool]
    """Path, query, language where it matters, and whether it is the page for people."""

_MEGABYTE = 1_000_000
_HOT = 16
"""How often a document is sent before a smaller one is made for those who can read it; that takes some 10 ms."""
_WORTH_IT = 2_000
"""Bytes of a document below which nothing is gained by that."""
_LONGEST_ADDRESS = 50_000
"""Characters; what is shorter and still too long gets a better answer from those who read it."""
_LONGEST_CONDITION = 8_000

_NOT_ALLOWED = in_words(405, "Only GET and HEAD are answered here.", allow="GET, HEAD")
_TOO_LONG = in_words(414, f"The address is longer than {_LONGEST_ADDRESS} characters.")
_TAGS_TOO_LONG = in_words(431, f"If-None-Match is longer than {_LONGEST_CONDITION} characters.")
_BROKEN_TAGS = in_words(400, 'If-None-Match cannot be read: it must be *, or a list of tags such as "abc", "def".')
_NOT_ACCEPTABLE = in_words(406, "Accept-Encoding refuses all there is: br, gzip and identity.", vary="Accept-Encoding")
_NO_STORE = in_words(503, "The database does not answer. Please try again in a moment.", retry_after="10")


class FeedsServer:
    """Answers for feeds, OPML and the pages for people.

    Finished documents are kept up to a number of bytes, each with the event number it was true at; while the log
    stands still, an answer takes neither the database nor a thread. Whatever must be made is made in one thread of
    its own, for making blocks.

    Args:
        services: the room.
        ticks: a clock that only rises, in seconds.
    """

    def __init__(self, services: Services, *, ticks: Callable[[], float]) -> None:
        options = services.settings(FeedsOptions)
        memory = options.memory * _MEGABYTE
        self._site = services.site
        self._freshness = Freshness(services.library.latest, ticks=ticks, seconds=options.check_every)
        self._finished: ByteCache[Finished] = ByteCache(memory // 3)
        self._workshop = Workshop(services, options, memory=memory * 2 // 3)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feeds")
        self._making: dict[Request, asyncio.Task[Finished | Reply]] = {}

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answers one request."""
        del receive
        method = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _NOT_ALLOWED.send(send, head=False)
            return
        try:
            reply = await self._reply(scope)
        except NewswireError:
            reply = _NO_STORE
        await reply.send(send, head=method == "HEAD")

    async def _reply(self, scope: Scope) -> Reply:
        # Most requests are polls, answered from what is kept: this is the path to keep short.
        lines = scope["headers"]
        headers: dict[bytes, bytes] = dict(lines)
        if len(headers) != len(lines):
            headers = merged(lines)
        if self._freshness.stale:
            await self._freshness.renew()
        path = scope["path"]
        query = scope["query_string"]
        # Only a front page whose address names no language speaks the reader's; a feed's own page speaks the feed's.
        language = self._language(headers) if path == "/" and not query else ""
        # Browsers say so where somebody goes to an address (Fetch Metadata); feed readers do not.
        page = headers.get(b"sec-fetch-dest") == b"document" and path.startswith("/feeds/")
        document = (path, query, language, page)
        acceptable = negotiation.encodings(headers.get(b"accept-encoding", b""))
        kept = self._kept(document, acceptable)
        if not kept:
            if not acceptable:
                return _NOT_ACCEPTABLE
            made = await self._obtain(document, acceptable, headers)
            if isinstance(made, Reply):
                return made
            kept = (made,)
        reply = _conditional(kept, headers)
        if reply is kept[-1].whole and acceptable[0] == "br":
            self._warm(kept[-1], document, headers)
        return reply

    def _kept(self, document: Document, acceptable: Sequence[Encoding]) -> tuple[Finished, ...]:
        """What there is of a document in an encoding that is acceptable, what to send first.

        It is two at most: Brotli where it was made, and the best of the others.
        """
        found: tuple[Finished, ...] = ()
        for encoding in acceptable:
            kept = self._finished.get((*document, encoding))
            if kept is not None and kept.number >= self._freshness.number:
                found = (*found, kept)
            if encoding != "br":
                break
        return found

    async def _obtain(
        self, document: Document, acceptable: Sequence[Encoding], headers: Mapping[bytes, bytes]
    ) -> Finished | Reply:
        """Makes a document, in the encoding that takes least where there is a choice."""
        path, query, _, _ = document
        if len(path) + len(query) > _LONGEST_ADDRESS:
            return _TOO_LONG
        encoding = next((each for each in acceptable if each != "br"), acceptable[0])
        return await asyncio.shield(self._start(document, encoding, self._language(headers)))

    def _warm(self, sent: Finished, document: Document, headers: Mapping[bytes, bytes]) -> None:
        """Makes a document in Brotli once it was sent often to those who would rather have that."""
        sent.asked += 1
        if sent.asked % _HOT == 0 and sent.size > _WORTH_IT:
            self._start(document, "br", self._language(headers))

    def _language(self, headers: Mapping[bytes, bytes]) -> str:
        accepted = headers.get(b"accept-language", b"")
        return negotiation.language(accepted, self._site.languages, self._site.default_language)

    def _start(self, document: Document, encoding: Encoding, language: str) -> asyncio.Task[Finished | Reply]:
        """Makes a document; whoever asks for the same meanwhile gets the same."""
        path, query, _, page = document
        request = Request(path, query.decode("latin-1"), encoding, language, page)
        if request not in self._making:
            self._making[request] = asyncio.create_task(self._make(request, (*document, encoding)))
        return self._making[request]

    async def _make(self, request: Request, key: Hashable) -> Finished | Reply:
        number, kept = self._freshness.number, self._finished.get(key)
        try:
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(self._thread, self._workshop.make, request, number, kept)
        except NewswireError:
            return _NO_STORE
        finally:
            del self._making[request]
        if isinstance(made, Finished):
            self._finished.put(key, made)
        return made


def _conditional(kept: Sequence[Finished], headers: Mapping[bytes, bytes]) -> Reply:
    """The document, or that the reader has it already (RFC 9110 section 13.2.2)."""
    condition = headers.get(b"if-none-match")
    if condition is not None:
        return _unless_known(kept, condition)
    first, since = kept[0], headers.get(b"if-modified-since")
    known = (
        since is not None
        and first.changed is not None
        and (since == first.last_modified or negotiation.unchanged_since(since, first.changed))
    )
    return first.not_modified if known else first.whole


def _unless_known(kept: Sequence[Finished], tags: bytes) -> Reply:
    if len(tags) > _LONGEST_CONDITION:
        return _TAGS_TOO_LONG
    # Whoever holds the document in another encoding that is acceptable need not fetch it in this one.
    for each in kept:
        known = negotiation.matches(tags, each.tag)
        if known is None:
            return _BROKEN_TAGS
        if known:
            return each.not_modified
    return kept[0].whole
