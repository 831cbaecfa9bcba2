"""The web side of feeds: a plain ASGI application, for most of what it does is saying "not modified"."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from newswire_feeds import negotiation
from newswire_feeds.address import known_language
from newswire_feeds.cache import ByteCache
from newswire_feeds.freshness import Freshness
from newswire_feeds.options import FeedsOptions
from newswire_feeds.reply import Finished, Reply, encode
from newswire_feeds.request import Request, read_request
from newswire_feeds.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import Message, Scope, Services
    from newswire_feeds.joining import Encoding

_MEGABYTE = 1_000_000
_NOT_ALLOWED = Reply(
    405,
    encode({"allow": "GET, HEAD", "content-type": "text/plain; charset=utf-8"}),
    b"Only GET and HEAD are answered here.\n",
)


class FeedsServer:
    """Answers for feeds, OPML and the front page.

    Finished documents are kept up to a number of bytes, each with the event number it was true at; while the log
    stands still, an answer takes neither the database nor a thread. Whatever must be made is made in one thread of
    its own: making blocks, and feedgen must not run twice at a time, for it switches the locale of the process.

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

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answers one request."""
        del receive
        method = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _NOT_ALLOWED.send(send, head=False)
            return
        reply = await self._reply(read_request(scope))
        await reply.send(send, head=method == "HEAD")

    async def _reply(self, request: Request) -> Reply:
        number = await self._freshness.number()
        # Only the front page differs by more than address and encoding, and only feeds have a query.
        language = self._language(request) if request.path == "/" else ""
        query = request.query if request.path.startswith("/feeds/") else ""
        key = (request.path, query, language, request.encoding)
        found = self._finished.get(key)
        if found is None or found.number < number:
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(self._thread, self._make, request, key, number)
            if isinstance(made, Reply):
                return made
            found = made
        known = negotiation.unchanged(
            found.tag,
            found.changed,
            if_none_match=request.if_none_match,
            if_modified_since=request.if_modified_since,
        )
        return found.not_modified if known else found.whole

    def _language(self, request: Request) -> str:
        """The language of the front page: the one the address asks for, else the one the browser does."""
        asked = known_language(request.language, self._site.languages) if request.language else None
        return asked or negotiation.language(request.accept_language, self._site.languages, self._site.default_language)

    def _make(self, request: Request, key: tuple[str, str, str, Encoding], number: int) -> Finished | Reply:
        found = self._finished.get(key)
        if found is not None and found.number >= number:
            return found  # somebody else had asked for the same just before
        _, _, language, _ = key
        made = self._workshop.make(request, language, number)
        if isinstance(made, Finished):
            self._finished.put(key, made)
        return made
