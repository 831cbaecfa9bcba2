"""What is kept of a feed between two polls, in the plugin's own small store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, ValidationError

from newswire.api import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

FEEDS = "upstream.feeds"
"""`FeedState` by the feed's key."""
ITEMS = "upstream.items"
"""By the feed's key: what is known of its items, see `Known`."""
MARKS = "upstream.marks"
"""By the feed's key and one word more, so that none takes another's place: that the feed is to be polled now, because a
hub or an admin says so; and what the hub brought."""


class FeedState(Record):
    """Where the polling of one feed stands."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str = ""
    """As the config has it, for whoever looks at the state."""
    moved: str | None = None
    """Where it has moved for good."""
    etag: str | None = None
    modified: str | None = None
    body: str | None = None
    """The hash of the last document."""
    title: str = ""
    polled: datetime | None = None
    succeeded: datetime | None = None
    next: datetime | None = None
    """When it is asked again; None for at once."""
    failures: int = 0
    """In a row."""
    error: str | None = None
    """Why the last poll failed."""
    note: str | None = None
    """What was wrong with the last document, which could be read nonetheless."""
    gone: bool = False
    """Whether its server says that it is gone for good: it is not asked any more."""
    begun: bool = False
    """Whether what it listed at first has been taken in."""
    items: int = 0
    """How many the last document had."""
    hub: str | None = None
    topic: str | None = None
    """Its own name for itself, which hubs know it by."""

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read_state(kept: Any, url: str) -> FeedState:
    """A state as it was kept; a new one where there is none, or none that can be read."""
    try:
        return FeedState.model_validate({**kept, "url": url}) if isinstance(kept, dict) else FeedState(url=url)
    except ValidationError:
        return FeedState(url=url)


class Known(Record):
    """What is known of one item: enough to see whether it changed, and whether another only uses its id."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    """Of its article."""
    hash: str
    """Of its content."""
    link: str = ""
    title: str = ""
    """Hashes, too."""
    published: datetime | None = None


def read_items(kept: Any) -> dict[str, Known]:
    """The items of a feed, by the keys of `newswire_upstream.identity`."""
    if not isinstance(kept, dict):
        return {}
    found = {}
    for key, value in kept.items():
        try:
            found[key] = Known.model_validate(value)
        except ValidationError:
            continue
    return found


def items_document(items: Mapping[str, Known]) -> dict[str, Any]:
    """As they are kept."""
    return {key: known.model_dump(mode="json", exclude_defaults=True) for key, known in items.items()}
