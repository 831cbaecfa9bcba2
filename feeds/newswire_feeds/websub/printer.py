"""What is delivered: the very documents that are served, without the entries a subscriber already has."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire_feeds.address import canonical, read
from newswire_feeds.cache import ByteCache
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.composition import select
from newswire_feeds.joining import join
from newswire_feeds.press import Press
from newswire_feeds.reply import content_type, links

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_feeds.options import FeedsOptions

_PIECES = 24_000_000
_PRINTS = 24_000_000
"""Bytes that are kept."""


@dataclass(frozen=True, slots=True)
class Print:
    """Content to deliver."""

    body: bytes
    content_type: str
    links: str
    """The header ``Link``: hub and self, as WebSub section 7 asks."""
    number: int
    """It holds everything up to this event."""
    worthwhile: bool
    """Whether there is anything in it for somebody who has the rest."""

    @property
    def size(self) -> int:
        """Bytes, as far as the cache counts them."""
        return len(self.body) + 500


class Printer:
    """Makes what is delivered, in a thread of its own.

    Args:
        services: the room.
        options: what the feeds plugin offers.
    """

    def __init__(self, services: Services, options: FeedsOptions) -> None:
        self._services = services
        self._options = options
        self._catalogue = Catalogue(services)
        self._press = Press(services, options, self._catalogue, memory=_PIECES)
        self._prints: ByteCache[Print] = ByteCache(_PRINTS)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub")

    async def print(self, path: str, delivered: int) -> Print | None:
        """The content of a feed for those who have its entries up to an event; None where there is no such feed now."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._print, path, delivered)

    def _print(self, path: str, delivered: int) -> Print | None:
        number = self._services.library.latest()
        key = (path, delivered)
        found = self._prints.get(key)
        if found is not None and found.number >= number:
            return found  # many subscribers have got the same
        self._catalogue.renew(number)
        address = read(path)
        meant = canonical(address, self._services.site.languages, self._services.taxonomy) if address else None
        part = self._catalogue.part(meant) if meant else None
        selection = select(meant.composition, self._services.filters) if meant else None
        if meant is None or part is None or selection is None:
            return None
        # WebSub section 7: the full contents; of Atom and RSS "already-delivered" entries may be removed.
        after = 0 if meant.format == "json" else delivered
        document = self._press.document(meant, part, selection, after=after)
        if document is None:
            return None
        made = Print(
            join(document.pieces, "identity"),
            content_type(document),
            links(document),
            number,
            # A JSON feed tells by what is missing that it is gone; Atom has tombstones; RSS has no word for it.
            worthwhile=meant.format == "json" or document.news > delivered,
        )
        self._prints.put(key, made)
        return made

    def close(self) -> None:
        """Lets the thread go."""
        self._thread.shutdown(wait=False, cancel_futures=True)
