"""Entries in pieces: each is rendered once for all feeds that hold it, and remembered. Used by one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire_feeds.cache import ByteCache
from newswire_feeds.content import Content, compose
from newswire_feeds.joining import Piece, piece
from newswire_feeds.json_writer import JsonWriter
from newswire_feeds.xml_writer import AtomWriter, RssWriter

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from newswire.api import Entry, Library, Story
    from newswire_feeds.address import FeedAddress, Format
    from newswire_feeds.feed import Writer


@dataclass(frozen=True, slots=True)
class _KeptContent:
    content: Content

    @property
    def size(self) -> int:
        # Python takes up to four bytes a character where the text holds one beyond the Basic Multilingual Plane.
        return 2 * (len(self.content.html) + len(self.content.teaser))


class Rendering:
    """Renders entries.

    Args:
        library: what is published.
        authority: the site's tag authority.
        memory: bytes of pieces to keep.
    """

    def __init__(self, library: Library, authority: str, *, memory: int) -> None:
        self._library = library
        self._writers: dict[Format, Writer] = {
            "rss": RssWriter(authority),
            "atom": AtomWriter(authority),
            "json": JsonWriter(authority),
        }
        self._marks = {form: (piece(writer.separator), piece(writer.tail)) for form, writer in self._writers.items()}
        self._pieces: ByteCache[Piece] = ByteCache(memory * 3 // 4)
        self._contents: ByteCache[_KeptContent] = ByteCache(memory // 4)

    def writer(self, form: Format) -> Writer:
        """The writer of a format."""
        return self._writers[form]

    def marks(self, form: Format) -> tuple[Piece, Piece]:
        """What stands between the entries of a format, and what closes a document."""
        return self._marks[form]

    def pieces(self, entries: Sequence[Entry], address: FeedAddress) -> Mapping[str, Piece]:
        """The pieces of entries, by article; those of articles that were withdrawn meanwhile are missing."""
        keys: dict[str, Hashable] = {
            entry.article_id: (entry.article_id, entry.stamp, address.language) for entry in entries
        }
        form = address.format
        found = {name: kept for name, key in keys.items() if (kept := self._pieces.get((key, form))) is not None}
        missing = [name for name in keys if name not in found]
        stories = self._library.stories(missing, address.language) if missing else {}
        numbers = {entry.article_id: entry.seq for entry in entries}
        for name, story in stories.items():
            # The article may have changed between the two looks at the library. Then this text is newer than its key
            # says, and nobody asks by that key again: the log has grown, and the next list has a newer stamp.
            found[name] = self.render(story, form, keys[name], number=numbers[name])
        return found

    def kept(self, key: Hashable, form: Format) -> Piece | None:
        """What was rendered under a key, if it is remembered."""
        return self._pieces.get((key, form))

    def render(self, story: Story, form: Format, key: Hashable, *, number: int = 0) -> Piece:
        """Renders an entry, and remembers it under a key."""
        kept = self._contents.get(key)
        content = kept.content if kept else compose(story)
        rendered = piece(self._writers[form].entry(story, content, number=number))
        if kept is None:
            self._contents.put(key, _KeptContent(content))
        self._pieces.put((key, form), rendered)
        return rendered
