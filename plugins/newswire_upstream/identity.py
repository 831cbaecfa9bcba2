"""Which item is which: ids are missing, given twice, and used again for something else. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newswire.api import canonical_link
from newswire_upstream.feeds import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire_upstream.document import Item
    from newswire_upstream.state import Known


def link_mark(item: Item) -> str:
    """A hash of the item's link, whatever its spelling; empty where there is none."""
    link = item.link or (item.guid if item.guid.startswith(("http://", "https://")) else "")
    return digest(canonical_link(link) or link, size=6) if link else ""


def title_mark(item: Item) -> str:
    """A hash of the item's title; empty where there is none."""
    return digest(item.title.text, size=6) if item.title else ""


def identify(items: Sequence[Item], known: Mapping[str, Known]) -> list[str]:
    """What identifies each item within its feed, now and the next time.

    The id does, where there is one; with the link, where the id is another item's as well: in the same document, or
    earlier, of an item with another link and another title. Without an id the link does, else title and date.
    """
    given = Counter(item.guid for item in items if item.guid)
    return [_identity(item, known, twice=given[item.guid] > 1) for item in items]


def _identity(item: Item, known: Mapping[str, Known], *, twice: bool) -> str:
    link = link_mark(item)
    if not item.guid:
        return f"link {link}" if link else f"title {title_mark(item)} {digest(item.published, size=6)}"
    alone, both = f"id {digest(item.guid)}", f"id {digest(item.guid)} {link}"
    before = known.get(alone)
    if both in known:
        return both
    if before is not None and before.link == link:
        return alone
    if twice or (before is not None and before.title != title_mark(item)):
        return both
    return alone
