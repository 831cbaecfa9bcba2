"""The hub's address: takes requests down for the follower, which may run in another process, and answers at once."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newswire.api import Forbidden, Guard
from newswire_feeds.address import canonical
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.options import FeedsOptions
from newswire_feeds.reply import Reply, in_words
from newswire_feeds.websub.form import LONGEST_BODY, Asked, Wrong, read_form, read_topic
from newswire_feeds.websub.hubs import BUILTIN
from newswire_feeds.websub.subscription import Intent, lease

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import Message, Scope, Services
    from newswire_feeds.address import FeedAddress

INTENTS = "feeds.websub.intents"
"""Where requests lie until they are verified."""
MOST_WAITING = 1000
"""Requests that may wait in all; and for one host, which could else keep everybody else out:"""
MOST_WAITING_FOR_HOST = 50
LEAST_LEASE = 60
"""Seconds."""
_DAY = 86_400
_TRY_AGAIN = 60
_ABOUT = (
    "This is a WebSub hub for the feeds here, https://www.w3.org/TR/websub/\n"
    "Subscribe by POST with hub.mode, hub.topic and hub.callback."
)


class HubDesk:
    """Answers at the hub's address; 404 where the config wants no hub of our own.

    Args:
        services: the room.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        options = services.settings(FeedsOptions)
        self._open = BUILTIN in options.hub
        self._longest_lease = options.hub_lease * _DAY
        self._guard = Guard(options.hub_ports, options.hub_networks)
        self._catalogue = Catalogue(services)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub-desk")

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answers one request."""
        method = scope["method"]
        reply = await self._reply(scope, receive) if method == "POST" else self._about(method)
        await reply.send(send, head=method == "HEAD")

    def _about(self, method: str) -> Reply:
        if not self._open:
            return in_words(404, "There is no hub here.")
        if method in {"GET", "HEAD"}:
            return in_words(200, _ABOUT)
        return in_words(405, _ABOUT, allow="GET, HEAD, POST")

    async def _reply(self, scope: Scope, receive: Callable[[], Awaitable[Message]]) -> Reply:
        if not self._open:
            return self._about("POST")
        headers = dict(scope["headers"])
        try:
            asked = read_form(headers.get(b"content-type", b"").decode("latin-1"), await _body(receive))
            await asyncio.get_running_loop().run_in_executor(self._thread, self._take_down, asked)
        except Wrong as wrong:
            # RFC 9110 sections 15.5.30 and 15.6.4: these may say when it is worth trying again.
            again = {"retry_after": str(_TRY_AGAIN)} if wrong.status in {429, 503} else {}
            return in_words(wrong.status, str(wrong), **again)
        # Section 5.1: 202, whatever will come of the verification.
        return in_words(202, "Accepted; the callback will be asked whether it wants this.")

    def _take_down(self, asked: Asked) -> None:
        """Looks at a request and keeps it.

        Raises:
            Wrong: it is not taken.
        """
        address = self._feed(asked.topic)
        try:
            self._guard.read(asked.callback)
        except Forbidden as reason:
            raise Wrong(f"hub.callback: {reason}") from None
        state = self._services.state(INTENTS)
        waiting = [Intent.read(document) for document in state.all().values()]
        host = urlsplit(asked.callback).hostname
        if len(waiting) >= MOST_WAITING:
            raise Wrong("too many requests are waiting; try again in a minute", 503)
        if sum(urlsplit(intent.callback).hostname == host for intent in waiting) >= MOST_WAITING_FOR_HOST:
            raise Wrong("too many requests for this host are waiting; try again in a minute", 429)
        now = self._services.clock()
        intent = Intent(
            mode=asked.mode,
            topic=asked.topic,
            feed=address.key,
            path=address.plain_path,
            callback=asked.callback,
            secret=asked.secret,
            lease=lease(asked.lease, least=LEAST_LEASE, most=self._longest_lease),
            at=now,
        )
        # In order of time, and never the same for two.
        state.set(f"{int(now.timestamp() * 1_000_000):017} {secrets.token_hex(8)}", intent.document())

    def _feed(self, topic: str) -> FeedAddress:
        """The feed of a topic, if there is one.

        Raises:
            Wrong: there is none of this address.
        """
        address = read_topic(topic, self._services.public_url)
        meant = canonical(address, self._services.site.languages, self._services.taxonomy)
        self._catalogue.renew(self._services.library.latest())
        if meant is None or self._catalogue.part(meant) is None:
            raise Wrong("there is no feed at hub.topic", 404)
        if meant != address:
            raise Wrong(f"the 'self' address of this feed is {self._services.public_url}{meant.path}")
        return address


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Wrong("the request ended early")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LONGEST_BODY:
            raise Wrong(f"the body may have {LONGEST_BODY} bytes at most", 413)
    return body
