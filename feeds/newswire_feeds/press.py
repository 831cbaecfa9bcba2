"""The press: makes documents of what the library has. Blocking, and used by one thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from newswire.api import Entry, locale
from newswire_feeds.digest import Digests
from newswire_feeds.feed import Feed, Tombstone
from newswire_feeds.history import archive_links, current_links, part_of
from newswire_feeds.identity import entry_id, feed_id, first_day
from newswire_feeds.joining import Piece, piece
from newswire_feeds.rendering import Rendering
from newswire_feeds.websub.hubs import addresses as hub_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newswire.api import Departure, Services
    from newswire_feeds.address import FeedAddress
    from newswire_feeds.catalogue import Catalogue
    from newswire_feeds.composition import Selection
    from newswire_feeds.history import Links
    from newswire_feeds.options import FeedsOptions

_LONGEST = 4_500_000
"""Bytes of entries in a current document: the W3C feed validator reads 5 MB at most, and readers have limits too."""
_TOMBSTONES = 100
"""How many tombstones a current document bears at most."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document in pieces."""

    feed: Feed
    pieces: tuple[Piece, ...]
    changed: datetime
    """When it last changed in any way: no reader who has it as of then needs it again."""
    relatives: tuple[FeedAddress, ...]
    """The same feed in other languages."""
    news: int
    """The number of the last event that an entry or a tombstone in it is of; 0 where there is none."""


class Press:
    """Joins documents of entries that are rendered once.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        catalogue: what there is.
        memory: bytes of pieces to keep.
    """

    def __init__(self, services: Services, options: FeedsOptions, catalogue: Catalogue, *, memory: int) -> None:
        self._services = services
        self._library = services.library
        self._authority = services.site.tag_authority
        self._options = options
        self._catalogue = catalogue
        self._rendering = Rendering(services.library, self._authority, memory=memory)
        self._digests = Digests(services, self._rendering)

    def document(self, address: FeedAddress, part: str, selection: Selection, *, after: int = 0) -> Document | None:
        """The document of a canonical address.

        Args:
            address: of a feed there is.
            part: what it is of, in its readers' words.
            selection: what to ask the library for.
            after: leave out the entries of a current document up to the event of this number.

        Returns:
            None where the feed has no such archive.
        """
        with self._library.snapshot():
            return self._made(address, part, selection, after)

    def _made(self, address: FeedAddress, part: str, selection: Selection, after: int) -> Document | None:
        change = self._library.changed(address.language, topics=selection.topics, sources=selection.sources)
        # A feed without entries last changed when its site began; there must be a date, and it must not be now.
        changed = change.at if change else datetime.fromisoformat(f"{first_day(self._authority)}T00:00:00+00:00")
        if address.composed.digest:
            return self._digest(address, part, selection, changed, change.seq if change else 0)
        if address.archive is None:
            return self._current(address, part, selection, changed, after)
        return self._archive(address, part, selection, changed)

    def listed(self, address: FeedAddress, selection: Selection) -> Sequence[Entry] | None:
        """What a document would hold, the newest first; None where the feed has no such archive."""
        if address.archive is None:
            return self._entries(address, selection)
        month = address.archive.month
        if month not in self._catalogue.months(address, selection):
            return None
        appeared = self._library.month(address.language, month, topics=selection.topics, sources=selection.sources)
        slots = part_of(address, appeared, self._options.archive)
        return [slot for slot in reversed(slots) if isinstance(slot, Entry)] if slots else None

    def _current(
        self, address: FeedAddress, part: str, selection: Selection, changed: datetime, after: int
    ) -> Document:
        listed = self._entries(address, selection)
        entries, pieces = self._fitting(listed, address)
        # What was left out for its size is as far away as what the list was cut before.
        complete = len(entries) == len(listed) < self._options.entries
        since = None if complete else min((entry.at for entry in entries), default=changed)
        links = current_links(address, self._catalogue.months(address, selection), since)
        departures: Sequence[Departure] = ()
        if address.format == "atom":
            departures = self._library.departures(
                address.language, topics=selection.topics, sources=selection.sources, limit=_TOMBSTONES
            )
        feed = self._feed(address, part, updated=changed, links=links, departures=departures)
        relatives = self._catalogue.relatives(address, selection)
        pieces = [each for entry, each in zip(entries, pieces, strict=True) if entry.seq > after]
        news = max((*(entry.seq for entry in entries), *(gone.seq for gone in departures)), default=0)
        return self._document(feed, pieces, changed, relatives, news)

    def _digest(self, address: FeedAddress, part: str, selection: Selection, changed: datetime, news: int) -> Document:
        """A digest feed: it changes with its list, and when a period is over."""
        updated = max(changed, self._digests.closed(address) or changed)
        feed = self._feed(address, part, updated=updated, links=(), departures=())
        relatives = self._catalogue.relatives(address, selection)
        return self._document(feed, self._digests.pieces(address, selection), updated, relatives, news)

    def _archive(self, address: FeedAddress, part: str, selection: Selection, changed: datetime) -> Document | None:
        size, months = self._options.archive, self._catalogue.months(address, selection)

        def appeared(month: date) -> Sequence[Entry | Departure]:
            return self._library.month(address.language, month, topics=selection.topics, sources=selection.sources)

        there = address.archive is not None and address.archive.month in months
        slots = part_of(address, appeared(address.archive.month), size) if address.archive and there else []
        if not slots:
            return None
        links, sealed = archive_links(address, months, size, lambda month: len(appeared(month)))
        entries = [slot for slot in reversed(slots) if isinstance(slot, Entry)]
        departures = [slot for slot in reversed(slots) if not isinstance(slot, Entry)]
        feed = self._feed(
            address, part, updated=max(slot.at for slot in slots), links=links, sealed=sealed,
            departures=departures if address.format == "atom" else (),
        )  # fmt: skip
        found = self._rendering.pieces(entries, address)
        pieces = [found[entry.article_id] for entry in entries if entry.article_id in found]
        return self._document(feed, pieces, changed, (), max(slot.seq for slot in slots))

    def _document(
        self, feed: Feed, entries: Sequence[Piece], changed: datetime, relatives: Iterable[FeedAddress], news: int
    ) -> Document:
        separator, tail = self._rendering.marks(feed.address.format)
        pieces = [piece(self._rendering.writer(feed.address.format).head(feed))]
        for number, each in enumerate(entries):
            if number and separator.plain:
                pieces.append(separator)
            pieces.append(each)
        return Document(feed, (*pieces, tail), changed, tuple(relatives), news)

    def _entries(self, address: FeedAddress, selection: Selection) -> Sequence[Entry]:
        """The newest so many, or all of the last so many hours where those are more.

        The hours count back from the newest entry and not from now, so that a feed in which nothing happens keeps
        its bytes.
        """
        limit = self._options.entries
        topics, sources = selection.topics, selection.sources
        entries = self._library.entries(address.language, topics=topics, sources=sources, limit=limit)
        if len(entries) < limit:
            return entries
        since = entries[0].at - timedelta(hours=self._options.hours)
        if entries[-1].at < since:
            return entries
        recent = self._library.entries(address.language, topics=topics, sources=sources, limit=limit, since=since)
        return recent[: max(limit, self._options.most)]

    def _fitting(self, entries: Sequence[Entry], address: FeedAddress) -> tuple[list[Entry], list[Piece]]:
        """The entries that fit into one document, and their pieces."""
        found = self._rendering.pieces(entries, address)
        kept: list[Entry] = []
        pieces: list[Piece] = []
        length = 0
        for entry in entries:
            rendered = found.get(entry.article_id)
            if rendered is None:  # withdrawn a moment ago
                continue
            length += len(rendered.plain)
            if kept and length > _LONGEST:
                break
            kept.append(entry)
            pieces.append(rendered)
        return kept, pieces

    def _feed(
        self,
        address: FeedAddress,
        part: str,
        *,
        updated: datetime,
        links: Links,
        departures: Iterable[Departure],
        sealed: bool = False,
    ) -> Feed:
        site, public_url = self._services.site, self._services.public_url
        title = self._options.title.format(site=site.name, part=part)
        if address.archive:
            title += f" · {format_skeleton('yMMMM', address.archive.month, locale=locale(address.language))}"
        return Feed(
            address=address,
            id=feed_id(self._authority, address.key),
            title=title,
            description=site.description or title,
            self_url=public_url + address.path,
            site_name=site.name,
            site_url=site.url,
            hubs=hub_addresses(self._options, public_url),
            updated=updated.astimezone(UTC),
            links=tuple((relation, public_url + target.path) for relation, target in links),
            sealed=sealed,
            tombstones=tuple(
                Tombstone(entry_id(self._authority, gone.article_id, address.language), gone.at) for gone in departures
            ),
        )
