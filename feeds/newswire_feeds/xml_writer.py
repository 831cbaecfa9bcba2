"""RSS 2.0 and Atom 1.0: an entry is rendered once by feedgen, and joined under a head feedgen made of no entries."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire_feeds.generator import new_entry, new_generator
from newswire_feeds.identity import entry_id, topic_scheme, uri
from newswire_feeds.plainness import (
    looks_like_html,
    media_type,
    persons,
    shown,
    told_apart,
    without_bad_characters,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire_feeds.content import Content
    from newswire_feeds.feed import Feed

_ONE_LOCALE = threading.Lock()
"""feedgen switches the locale of the whole process while it writes a date, and back to what it found."""
_TITLE = re.compile(rb"(?<=<title>)[^<]*(?=</title>)")


def rss_document(generator: Any) -> bytes:
    """The whole RSS document of feedgen's generator, readable and clean."""
    return _readable(generator.rss_str())


def atom_document(generator: Any) -> bytes:
    """The whole Atom document of feedgen's generator, clean."""
    return without_bad_characters(generator.atom_str())


def _readable(document: bytes) -> bytes:
    """RSS whose titles have ``<`` and ``&`` as hexadecimal references, without characters that are no text.

    Readers disagree whether a title is text or HTML; the RSS Advisory Board's Best Practices Profile
    ("Character Data") asks for this form, which most of them show rightly.
    """
    clean = without_bad_characters(document)
    return _TITLE.sub(lambda title: title[0].replace(b"&lt;", b"&#x3C;").replace(b"&amp;", b"&#x26;"), clean)


def _link_title(title: str) -> str | None:
    """The title of a link, None where it would be taken for HTML: there is no way to say that it is not."""
    return None if looks_like_html(title) else shown(title) or None


_NEVER = datetime(1900, 1, 1, tzinfo=UTC)
_HEADS = 500
"""How many heads are kept but for their date; with it a head is made anew in no time."""


class _XmlWriter:
    separator = b""
    tail: bytes

    def __init__(self, authority: str) -> None:
        self.authority = authority
        self._undated = lru_cache(_HEADS)(self.head_at)

    def head_at(self, feed: Feed) -> bytes:
        """Everything before the first entry, of a feed as it is."""
        raise NotImplementedError

    def dated(self, feed: Feed, element: bytes, written: Callable[[datetime], str]) -> bytes:
        """The head of a feed, of which all but the date is seldom new."""
        undated, now = element % written(_NEVER).encode(), element % written(feed.updated).encode()
        return self._undated(replace(feed, updated=_NEVER)).replace(undated, now, 1)

    def feed_entry(self, story: Story, content: Content, *, number: int = 0) -> Any:
        """Feedgen's entry of a story, with all that both formats say."""
        entry = new_entry(story, authority=self.authority)
        entry.id(entry_id(self.authority, story.article_id, story.reader_language))
        entry.title(shown(story.title) or story.article_id)
        entry.updated(told_apart(story.updated, number))
        # One alternate only: of several, RSS and half of the readers take the last, the other half the first.
        entry.link(href=uri(story.url), rel="alternate", type="text/html", hreflang=story.language)
        if story.image:
            entry.link(
                href=uri(story.image.url),
                rel="enclosure",
                type=media_type(story.image),
                title=_link_title(story.image.alt),
                length=str(story.image.length),
            )
            # feedgen's default group wraps a single thumbnail in media:group, which is an error.
            entry.media.thumbnail(url=uri(story.image.url), group=None)
        for topic in story.topics:
            entry.category(term=topic.slug, scheme=topic_scheme(self.authority), label=shown(topic.label) or topic.slug)
        # Never CDATA (feedgen writes that word as the type into Atom) and never xhtml (it fails on a plain <br>).
        entry.content(content.html, type="html")
        return entry


class RssWriter(_XmlWriter):
    """Writes RSS 2.0.

    Args:
        authority: the site's tag authority.
    """

    tail = b"</channel></rss>"

    def generator(self, feed: Feed) -> Any:
        """Feedgen's generator of the feed."""
        generator = new_generator(feed)
        generator.link(href=feed.self_url, rel="self", type="application/rss+xml")
        # Last of all, for feedgen takes the last link of any kind for the channel's own.
        generator.link(href=uri(feed.site_url), rel="alternate", type="text/html")
        return generator

    def feed_entry(self, story: Story, content: Content, *, number: int = 0) -> Any:
        """Feedgen's entry of a story."""
        entry = super().feed_entry(story, content, number=number)
        # A description is HTML to every reader. There must be one: without it feedgen gives the body its place.
        # And it is given as summary, for feedgen's description() overwrites the content.
        entry.summary(escape(content.teaser, quote=False))
        if story.source and story.source.url:
            entry.source(url=uri(story.source.url), title=shown(story.source.name) or story.source.slug)
        # RSS wants an e-mail address in author, so feedgen would drop those who give none.
        entry.dc.dc_creator(persons(story.authors))
        return entry

    def head(self, feed: Feed) -> bytes:
        """Everything before the first item."""
        return self.dated(feed, b"<lastBuildDate>%s</lastBuildDate>", format_datetime)

    def head_at(self, feed: Feed) -> bytes:
        """The same for a feed that never was."""
        with _ONE_LOCALE:
            document = rss_document(self.generator(feed))
        return document.removesuffix(self.tail)

    def entry(self, story: Story, content: Content, *, number: int = 0) -> bytes:
        """One item."""
        # The namespaces are declared at the feed's root; below a root of the same kind none is declared again.
        root = etree.Element("rss", nsmap=_RSS_NAMESPACES)
        root.append(self.feed_entry(story, content, number=number).rss_entry())
        inner: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return _readable(inner[inner.index(b"<item>") : -len(b"</rss>")])


class AtomWriter(_XmlWriter):
    """Writes Atom 1.0 (RFC 4287).

    Args:
        authority: the site's tag authority.
    """

    tail = b"</feed>"

    def generator(self, feed: Feed) -> Any:
        """Feedgen's generator of the feed."""
        generator = new_generator(feed)
        generator.link(href=feed.self_url, rel="self", type="application/atom+xml")
        for hub in feed.hubs:
            generator.link(href=hub, rel="hub")
        for relation, target in feed.links:
            generator.link(href=target, rel=relation)
        generator.link(href=uri(feed.site_url), rel="alternate", type="text/html")
        return generator

    def feed_entry(self, story: Story, content: Content, *, number: int = 0) -> Any:
        """Feedgen's entry of a story."""
        entry = super().feed_entry(story, content, number=number)
        entry.published(story.published)
        if shown(story.summary):
            entry.summary(shown(story.summary), type="text")
        if story.source and story.source.url:
            entry.link(href=uri(story.source.url), rel="via")
        for link in story.related:
            title = _link_title(link.title)
            entry.link(href=uri(link.url), rel="related", type="text/html", hreflang=link.language, title=title)
        for name in persons(story.authors):
            entry.author(name=name)
        for name in persons(story.translators):
            entry.contributor(name=name)
        return entry

    def head(self, feed: Feed) -> bytes:
        """Everything before the first entry."""
        return self.dated(feed, b"<updated>%s</updated>", datetime.isoformat)

    def head_at(self, feed: Feed) -> bytes:
        """The same for a feed that never was."""
        return atom_document(self.generator(feed)).removesuffix(self.tail)

    def entry(self, story: Story, content: Content, *, number: int = 0) -> bytes:
        """One entry."""
        root = etree.Element("feed", nsmap=_MEDIA_NAMESPACES)
        root.append(self.feed_entry(story, content, number=number).atom_entry())
        inner: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return without_bad_characters(inner[inner.index(b"<entry") : -len(b"</feed>")])


_MEDIA_NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "media": "http://search.yahoo.com/mrss/"}
_RSS_NAMESPACES = {
    **_MEDIA_NAMESPACES,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
