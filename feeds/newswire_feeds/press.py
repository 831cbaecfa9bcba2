"""The press: makes documents of what the library has. Blocking, and used by one thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newswire.api import any_topic
from newswire_feeds.cache import ByteCache
from newswire_feeds.content import Content, compose
from newswire_feeds.feed import Feed
from newswire_feeds.identity import feed_id, first_day
from newswire_feeds.joining import Piece, piece
from newswire_feeds.json_writer import JsonWriter
from newswire_feeds.xml_writer import AtomWriter, RssWriter

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from newswire.api import Entry, Services, Story
    from newswire_feeds.address import FeedAddress, Format
    from newswire_feeds.catalogue import Catalogue
    from newswire_feeds.feed import Writer
    from newswire_feeds.options import FeedsOptions

_LONGEST = 4_500_000
"""Bytes of entries in a document: the W3C feed validator reads no more than 5 MB, and readers have limits too."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document in pieces."""

    feed: Feed
    pieces: tuple[Piece, ...]
    relatives: tuple[FeedAddress, ...]
    """The same feed in other languages."""


@dataclass(frozen=True, slots=True)
class _KeptContent:
    content: Content

    @property
    def size(self) -> int:
        # Python takes up to four bytes a character where the text holds one beyond the Basic Multilingual Plane.
        return 2 * (len(self.content.html) + len(self.content.teaser))


class Press:
    """Renders every entry once, and joins documents of the pieces.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        catalogue: what there is.
        memory: bytes of pieces to keep.
    """

    def __init__(self, services: Services, options: FeedsOptions, catalogue: Catalogue, *, memory: int) -> None:
        authority = services.site.tag_authority
        self._services = services
        self._options = options
        self._catalogue = catalogue
        self._writers: dict[Format, Writer] = {
            "rss": RssWriter(authority),
            "atom": AtomWriter(authority),
            "json": JsonWriter(authority),
        }
        self._marks = {form: (piece(writer.separator), piece(writer.tail)) for form, writer in self._writers.items()}
        self._pieces: ByteCache[Piece] = ByteCache(memory * 3 // 4)
        self._contents: ByteCache[_KeptContent] = ByteCache(memory // 4)

    def document(self, address: FeedAddress, part: str) -> Document:
        """The document of a canonical address.

        Args:
            address: of a feed there is.
            part: what it is of, in its readers' words.
        """
        entries = self._entries(address)
        feed = self._feed(address, part, entries)
        separator, tail = self._marks[address.format]
        pieces = [piece(self._writers[address.format].head(feed))]
        length = 0
        for number, each in enumerate(self._entry_pieces(entries, address)):
            length += len(each.plain)
            if number and length > _LONGEST:
                break
            if number and separator.plain:
                pieces.append(separator)
            pieces.append(each)
        return Document(feed, (*pieces, tail), tuple(self._catalogue.relatives(address)))

    def _entries(self, address: FeedAddress) -> Sequence[Entry]:
        """The newest so many, or all of the last so many hours where those are more.

        The hours count back from the newest entry and not from now, so that a feed in which nothing happens keeps
        its bytes.
        """
        limit = self._options.entries
        topics = any_topic((address.name,)) if address.kind == "topics" else None
        sources = (address.name,) if address.kind == "sources" else ()
        library = self._services.library
        entries = library.entries(address.language, topics=topics, sources=sources, limit=limit)
        if len(entries) < limit:
            return entries
        since = entries[0].at - timedelta(hours=self._options.hours)
        if entries[-1].at < since:
            return entries
        recent = library.entries(address.language, topics=topics, sources=sources, limit=limit, since=since)
        return recent[: max(limit, self._options.most)]

    def _feed(self, address: FeedAddress, part: str, entries: Sequence[Entry]) -> Feed:
        site = self._services.site
        title = self._options.title.format(site=site.name, part=part)
        # A feed without entries last changed when its site began; there must be a date, and it must not be now.
        beginning = datetime.fromisoformat(f"{first_day(site.tag_authority)}T00:00:00+00:00")
        return Feed(
            address=address,
            id=feed_id(site.tag_authority, address.key),
            title=title,
            description=site.description or title,
            self_url=self._services.public_url + address.path,
            site_name=site.name,
            site_url=site.url,
            hubs=self._options.hubs,
            updated=max((entry.at for entry in entries), default=beginning),
        )

    def _entry_pieces(self, entries: Sequence[Entry], address: FeedAddress) -> list[Piece]:
        keys: dict[str, Hashable] = {
            entry.article_id: (entry.article_id, entry.stamp, address.language) for entry in entries
        }
        found = {name: self._pieces.get((key, address.format)) for name, key in keys.items()}
        missing = [name for name, kept in found.items() if kept is None]
        stories = self._services.library.stories(missing, address.language) if missing else {}
        for name, story in stories.items():
            # The article may have changed between the two looks at the library. Then this text is newer than its key
            # says, and nobody asks by that key again: the log has grown, and the next list names the newer event.
            found[name] = self._render(story, address.format, keys[name])
        return [kept for name in keys if (kept := found[name]) is not None]

    def _render(self, story: Story, form: Format, key: Hashable) -> Piece:
        kept = self._contents.get(key)
        content = kept.content if kept else compose(story)
        rendered = piece(self._writers[form].entry(story, content))
        if kept is None:
            self._contents.put(key, _KeptContent(content))
        self._pieces.put((key, form), rendered)
        return rendered
