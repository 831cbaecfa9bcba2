"""What stands at the top of a feed, and what a writer of a format can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from newswire.api import Story
    from newswire_feeds.address import FeedAddress
    from newswire_feeds.content import Content


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
    """When the newest of its entries last changed."""


class Writer(Protocol):
    """Writes one format in pieces: head, entry, entry, ..., tail. The joined pieces are the document."""

    separator: bytes
    """What stands between two entries."""
    tail: bytes
    """What closes the document."""

    def head(self, feed: Feed) -> bytes:
        """Everything before the first entry."""
        ...

    def entry(self, story: Story, content: Content) -> bytes:
        """One entry. It depends on nothing but the story, so every feed that holds it shares the bytes."""
        ...
