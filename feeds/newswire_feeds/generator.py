"""feedgen, with cures for what it gets wrong (version 1.0.0). Only its public methods are used.

What is cured elsewhere: `feedgen.entry` is imported before any extension, for those expect lxml.etree to be there;
text that XML cannot carry never comes this far, the model drops it; everything runs in one thread (see the server),
for writing an RSS date switches the locale of the whole process.
"""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any

from feedgen.entry import FeedEntry  # type: ignore[import-untyped]  # feedgen has no types
from feedgen.ext.base import BaseEntryExtension, BaseExtension  # type: ignore[import-untyped]  # feedgen has no types
from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # feedgen has no types
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire_feeds.identity import source_id, uri
from newswire_feeds.plainness import looks_like_html, shown

if TYPE_CHECKING:
    from newswire.api import Story
    from newswire_feeds.feed import Feed

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LINK_ATTRIBUTES = ("rel", "type", "hreflang", "title", "length")


class Entry(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """An entry whose Atom links keep all they were given."""

    def atom_entry(self, extensions: bool = True) -> Any:  # noqa: FBT001, FBT002  # feedgen's signature
        """The Atom element. feedgen writes a link's address and loses the rest (its issues 135 and 143)."""
        element = super().atom_entry(extensions)
        for link, given in zip(element.findall("link"), self.link() or (), strict=True):
            for name in _LINK_ATTRIBUTES:
                if given.get(name):
                    link.set(name, given[name])
        return element


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """Finishes an entry with what feedgen has no method for; it is told the story before."""

    story: Story
    language: str
    """The feed's language."""
    authority: str

    def extend_atom(self, entry: Any) -> Any:
        """Names the text types, marks what is in another language, and writes a whole source."""
        for name in ("title", "summary"):
            for element in entry.findall(name):
                # Text that looks like HTML is warned of, unless it is HTML that shows that text (RFC 4287 3.1.1).
                like_html = looks_like_html(element.text)
                element.set("type", "html" if like_html else "text")
                element.text = escape(element.text, quote=False) if like_html else element.text
        if self.story.language != self.language:
            entry.set(_LANGUAGE, self.story.language)
        if self.story.body is not None and self.story.body_language != self.story.language:
            entry.find("content").set(_LANGUAGE, self.story.body_language)
        self._add_source(entry)
        return entry

    def _add_source(self, entry: Any) -> None:
        """Feedgen's own source has no id and no updated, which RFC 4287 4.2.11 asks for."""
        source = self.story.source
        if source is None:
            return
        element = etree.SubElement(entry, "source")
        etree.SubElement(element, "id").text = source_id(self.authority, source.slug)
        etree.SubElement(element, "title").text = shown(source.name) or source.slug
        etree.SubElement(element, "updated").text = self.story.published.isoformat()
        if source.url:
            etree.SubElement(element, "link", href=uri(source.url), rel="alternate")

    def extend_rss(self, entry: Any) -> Any:
        """Dates the item without feedgen's help, which would switch the process's locale for each."""
        etree.SubElement(entry, "pubDate").text = format_datetime(self.story.published)
        return entry


class FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Adds to a feed what feedgen has no method for; it is told the feed before."""

    feed: Feed

    def extend_rss(self, feed: Any) -> Any:
        """Names the WebSub hubs and the feed's other documents, which feedgen does for Atom only."""
        for relation, target in (*(("hub", hub) for hub in self.feed.hubs), *self.feed.links):
            etree.SubElement(feed[0], f"{{{ATOM}}}link", rel=relation, href=target)
        self._seal(feed[0])
        return feed

    def extend_atom(self, feed: Any) -> Any:
        """Marks an archive document, and says which entries are gone."""
        self._seal(feed)
        for gone in self.feed.tombstones:
            # RFC 6721 section 3: where an entry of this id is newer than "when", it is there after all.
            name = f"{{{TOMBSTONES}}}deleted-entry"
            etree.SubElement(feed, name, ref=gone.ref, when=gone.when.isoformat(), nsmap={"at": TOMBSTONES})
        return feed

    def _seal(self, parent: Any) -> None:
        if self.feed.sealed:  # RFC 5005 section 4
            etree.SubElement(parent, f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY})


def new_generator(feed: Feed) -> Any:
    """Feedgen's generator of a feed without entries."""
    generator = FeedGenerator()
    for name in ("dc", "media"):
        generator.load_extension(name)
    generator.register_extension("newswire", FeedExtension, EntryExtension)
    generator.newswire.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.description)
    generator.author(name=feed.site_name)
    generator.language(feed.address.language)
    # Both default to now; an unchanged feed would change its bytes with every build.
    generator.updated(feed.updated)
    generator.lastBuildDate(feed.updated)
    generator.generator("newswire")
    return generator


def new_entry(story: Story, *, authority: str) -> Any:
    """Feedgen's entry of a story, with the extensions every format uses."""
    entry = Entry()
    for name in ("dc", "media"):
        entry.load_extension(name)
    entry.register_extension("newswire", EntryExtension)
    entry.newswire.story = story
    entry.newswire.language = story.reader_language
    entry.newswire.authority = authority
    return entry
