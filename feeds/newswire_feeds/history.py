"""How the documents of a feed lead to each other (RFC 5005). Pure.

Section 4 knows a subscription document, here the current one, and archive documents, whose set of entries should not
change. A month is closed once the feed has entries of a later one: that is data, so the same state gives the same
links. In a closed month nothing is added any more; what is corrected later shows up in the current document as well.

A month of more entries than one document should hold is cut into parts, from its beginning: the parts that are full
have numbers, the last has none. What is withdrawn keeps its place, so no entry ever moves from one part to another.

What follows an archive document is known from the start, and its address stays: the document of the month that still
lasts, which becomes an archive when it is over. So an archive document always has a neighbour, as readers (and the W3C
feed validator: ArchiveIncomplete) expect.

Between the oldest entry of the current document and the newest closed month there may be a gap. The document of the
month that still lasts closes it; since it grows, it is no archive, but a page (section 3, "next").
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from newswire_feeds.address import FeedAddress
    from newswire_feeds.feed import Relation

    Links = tuple[tuple[Relation, FeedAddress], ...]

SlotT = TypeVar("SlotT")


def current_links(address: FeedAddress, months: Sequence[date], since: datetime | None) -> Links:
    """Where the current document leads.

    Args:
        address: its own.
        months: the months that the feed has something of, in order.
        since: when the oldest of its entries last changed; None where it holds the whole feed.
    """
    if not months:
        return ()
    *closed, lasting = months
    links: Links = ()
    if since is not None and since >= datetime(lasting.year, lasting.month, 1, tzinfo=UTC):
        links += (("next", address.of_month(lasting)),)
    if closed:
        links += (("prev-archive", address.of_month(closed[-1])),)
    return links


def archive_links(
    address: FeedAddress, months: Sequence[date], size: int, count: Callable[[date], int]
) -> tuple[Links, bool]:
    """Where the document of a month leads, and whether it is an archive document.

    Args:
        address: its own.
        months: the months that the feed has something of, in order.
        size: how many entries a document holds.
        count: tells how many entries a month has, the withdrawn ones included.
    """
    if address.archive is None:
        raise ValueError(f"{address.path} is no archive")
    month, part = address.archive.month, address.archive.part
    closed = bool(months) and month < months[-1]
    full = full_parts(count(month), size)
    links: Links = (("current", address.current),)
    earlier = [other for other in months if other < month]
    before = (part or full + 1) - 1
    if before:
        links += (("prev-archive", address.of_month(month, before)),)
    elif earlier:
        links += (("prev-archive", address.of_month(earlier[-1])),)
    if part:
        links += (("next-archive", address.of_month(month, part + 1 if part < full else 0)),)
    elif closed:
        later = next(other for other in months if other > month)
        links += (("next-archive", address.of_month(later, min(full_parts(count(later), size), 1))),)
    return links, closed or part > 0


def full_parts(count: int, size: int) -> int:
    """How many parts of a month are full, the last of all left out."""
    return max(count - 1, 0) // size


def part_of(address: FeedAddress, slots: Sequence[SlotT], size: int) -> Sequence[SlotT]:
    """What one document of a month holds, of all that appeared in it; nothing where there is no such part."""
    part = address.archive.part if address.archive else 0
    full = full_parts(len(slots), size)
    if part > full:
        return ()
    return slots[(part - 1) * size : part * size] if part else slots[full * size :]
