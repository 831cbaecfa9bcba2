"""Which documents the monthly archives of a feed have, and what each is made of. Blocking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.api import Entry
from newswire_feeds.history import archive_links, full_parts, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from newswire.api import Departure, Library
    from newswire_feeds.address import FeedAddress
    from newswire_feeds.composition import Selection


def archives(
    feed: FeedAddress, months: Sequence[date], selection: Selection, *, library: Library, size: int
) -> Iterator[tuple[FeedAddress, list[Any]]]:
    """The archive documents of a feed, in one format, each with all it holds and leads to.

    Args:
        feed: its current document.
        months: the months it has something of.
        selection: what to ask the library for.
        library: what is published.
        size: how many entries a document holds.
    """

    def slots(month: date) -> Sequence[Entry | Departure]:
        return library.month(feed.language, month, topics=selection.topics, sources=selection.sources)

    for month in months:
        appeared = slots(month)
        if not appeared:
            continue
        for number in (*range(1, full_parts(len(appeared), size) + 1), 0):
            address = feed.of_month(month, number)
            links, sealed = archive_links(address, months, size, lambda month: len(slots(month)))
            held = [_held(slot) for slot in part_of(address, appeared, size)]
            yield address, [held, [(relation, target.key, target.path) for relation, target in links], sealed]


def _held(slot: Entry | Departure) -> list[Any]:
    number = slot.stamp if isinstance(slot, Entry) else -1
    return [slot.article_id, slot.seq, number]
