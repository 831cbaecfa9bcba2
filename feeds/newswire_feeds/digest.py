"""Digest feeds (``?digest=daily``): an entry for each day that is over, which lists what appeared on it.

A day, hour or week is over once anything in the language has changed after its end: that is data and no clock, so that
a feed in which nothing happens keeps its bytes. Days are those of the site's time zone. What is corrected or withdrawn
later changes the entry in place; what appears later but is dated back joins it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newswire.api import Cadence, Entry, digest_story, digest_title
from newswire_feeds.composition import CADENCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newswire.api import Services
    from newswire_feeds.address import FeedAddress
    from newswire_feeds.composition import Selection
    from newswire_feeds.joining import Piece
    from newswire_feeds.rendering import Rendering

_LENGTHS = {"hourly": 48, "daily": 30, "weekly": 12}
"""How far back the entries of a feed go."""


@dataclass(frozen=True, slots=True)
class _Period:
    begin: datetime
    end: datetime


class Digests:
    """Makes the entries of digest feeds.

    Args:
        services: the room.
        rendering: remembers what was rendered.
    """

    def __init__(self, services: Services, rendering: Rendering) -> None:
        self._library = services.library
        self._zone = ZoneInfo(services.site.timezone)
        self._site_url = services.site.url
        self._rendering = rendering

    def pieces(self, address: FeedAddress, selection: Selection) -> list[Piece]:
        """The entries of a feed, the newest first."""
        found = (self._piece(address, selection, period) for period in self._periods(address))
        return [piece for piece in found if piece is not None]

    def closed(self, address: FeedAddress) -> datetime | None:
        """When the newest period ended that is over; None while nothing was ever published in the language."""
        newest = self._library.changed(address.language)
        return _cadence(address).last(newest.at, self._zone) if newest else None

    def _periods(self, address: FeedAddress) -> Iterator[_Period]:
        cadence, end = _cadence(address), self.closed(address)
        for _ in range(_LENGTHS[cadence.every] if end else 0):
            if end is not None:
                begin = cadence.last(end - timedelta(seconds=1), self._zone)
                yield _Period(begin, end)
                end = begin

    def _piece(self, address: FeedAddress, selection: Selection, period: _Period) -> Piece | None:
        slots = self._library.appeared(
            address.language, period.begin, period.end, topics=selection.topics, sources=selection.sources
        )
        entries = [slot for slot in slots if isinstance(slot, Entry)]
        key = (address.key, period.end, tuple((entry.article_id, entry.stamp) for entry in entries))
        kept = self._rendering.kept(key, address.format)
        if kept is not None or not entries:
            return kept
        stories = self._library.stories([entry.article_id for entry in entries], address.language)
        members = [stories[entry.article_id] for entry in entries if entry.article_id in stories]
        cadence, stamp = _cadence(address), f"{period.end.astimezone(UTC):%Y%m%dT%H%MZ}"
        story = digest_story(
            members,
            # The key names language and parts: readers keep entries by id across all their feeds.
            article_id=f"digest/{address.key}/{stamp}",
            title=digest_title(cadence, period.end, self._zone, address.language),
            url=f"{self._site_url.partition('#')[0]}#digest-{cadence.every}-{stamp}",
            language=address.language,
            published=period.end,
        )
        return self._rendering.render(story, address.format, key) if members else None


def _cadence(address: FeedAddress) -> Cadence:
    return CADENCES[address.composed.digest]
