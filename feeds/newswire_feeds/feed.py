"""What stands at the top of a feed, and what a writer of a format can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Story
    from newswire_feeds.address import FeedAddress
    from newswire_feeds.content import Content


Relation = Literal["current", "next", "prev-archive", "next-archive"]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An entry that was taken out of a feed (RFC 6721)."""

    ref: str
    """The entry's id."""
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The head of one document; all of it is data, nothing is read from a clock."""

    address: FeedAddress
    id: str
    title: str
    description: str
    self_url: str
    """The document's own address."""
    site_name: str
    site_url: str
    hubs: tuple[str, ...]
    updated: datetime
    """When an entry of it last came, changed or went."""
    links: tuple[tuple[Relation, str], ...] = ()
    """Where the rest of the feed is (RFC 5005): the relation, and the address of a document."""
    sealed: bool = False
    """Whether it is an archive document (RFC 5005 section 4): its set of entries stays as it is."""
    tombstones: tuple[Tombstone, ...] = ()

    def link(self, relation: Relation) -> str | None:
        """Where a relation leads, or None."""
        return dict(self.links).get(relation)


class Writer(Protocol):
    """Writes one format in pieces: head, entry, entry, ..., tail. The joined pieces are the document."""

    separator: bytes
    """What stands between two entries."""
    tail: bytes
    """What closes the document."""

    def head(self, feed: Feed) -> bytes:
        """Everything before the first entry."""
        ...

    def entry(self, story: Story, content: Content, *, number: int = 0) -> bytes:
        """One entry, the same for every feed of the language that holds it.

        Args:
            story: the article.
            content: its content.
            number: of the event by which it last came to the top of its lists; it tells apart what has one time.
        """
        ...
