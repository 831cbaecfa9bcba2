"""RSS 2.0 and Atom 1.0: an entry is rendered once by feedgen, and joined under a head feedgen made of no entries."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire_feeds.generator import new_entry, new_generator
from newswire_feeds.identity import entry_id, topic_scheme, uri

if TYPE_CHECKING:
    from newswire.api import Story
    from newswire_feeds.content import Content
    from newswire_feeds.feed import Feed

_TITLE = re.compile(rb"(?<=<title>)[^<]*(?=</title>)")


def readable_titles(document: bytes) -> bytes:
    """RSS titles with ``<`` and ``&`` as hexadecimal references.

    Readers disagree whether a title is text or HTML; the RSS Advisory Board's Best Practices Profile
    ("Character Data") asks for this form, which most of them show rightly.
    """
    return _TITLE.sub(lambda title: title[0].replace(b"&lt;", b"&#x3C;").replace(b"&amp;", b"&#x26;"), document)


class _XmlWriter:
    separator = b""
    tail: bytes

    def __init__(self, authority: str) -> None:
        self.authority = authority

    def feed_entry(self, story: Story, content: Content) -> Any:
        """Feedgen's entry of a story, with all that both formats say."""
        entry = new_entry(story, authority=self.authority)
        entry.id(entry_id(self.authority, story.article_id, story.reader_language))
        entry.title(story.title)
        entry.updated(story.updated)
        # One alternate only: of several, RSS and half of the readers take the last, the other half the first.
        entry.link(href=uri(story.url), rel="alternate", type="text/html", hreflang=story.language)
        if story.image:
            entry.link(
                href=uri(story.image.url),
                rel="enclosure",
                type=story.image.type,
                title=story.image.alt,
                length=str(story.image.length),
            )
            # feedgen's default group wraps a single thumbnail in media:group, which is an error.
            entry.media.thumbnail(url=uri(story.image.url), group=None)
        for topic in story.topics:
            entry.category(term=topic.slug, scheme=topic_scheme(self.authority), label=topic.label)
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

    def feed_entry(self, story: Story, content: Content) -> Any:
        """Feedgen's entry of a story."""
        entry = super().feed_entry(story, content)
        # A description is HTML to every reader. There must be one: without it feedgen gives the body its place.
        # And it is given as summary, for feedgen's description() overwrites the content.
        entry.summary(escape(content.teaser, quote=False))
        if story.source and story.source.url:
            entry.source(url=uri(story.source.url), title=story.source.name)
        # RSS wants an e-mail address in author, so feedgen would drop those who give none.
        entry.dc.dc_creator(list(story.authors))
        return entry

    def head(self, feed: Feed) -> bytes:
        """Everything before the first item."""
        document: bytes = self.generator(feed).rss_str()
        return readable_titles(document).removesuffix(self.tail)

    def entry(self, story: Story, content: Content) -> bytes:
        """One item."""
        # The namespaces are declared at the feed's root; below a root of the same kind none is declared again.
        root = etree.Element("rss", nsmap=_RSS_NAMESPACES)
        root.append(self.feed_entry(story, content).rss_entry())
        inner: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return readable_titles(inner[inner.index(b"<item>") : -len(b"</rss>")])


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

    def feed_entry(self, story: Story, content: Content) -> Any:
        """Feedgen's entry of a story."""
        entry = super().feed_entry(story, content)
        entry.published(story.published)
        if story.summary:
            entry.summary(story.summary, type="text")
        if story.source and story.source.url:
            entry.link(href=uri(story.source.url), rel="via")
        for link in story.related:
            entry.link(href=uri(link.url), rel="related", type="text/html", hreflang=link.language, title=link.title)
        for name in story.authors:
            entry.author(name=name)
        for name in story.translators:
            entry.contributor(name=name)
        return entry

    def head(self, feed: Feed) -> bytes:
        """Everything before the first entry."""
        document: bytes = self.generator(feed).atom_str()
        return document.removesuffix(self.tail)

    def entry(self, story: Story, content: Content) -> bytes:
        """One entry."""
        root = etree.Element("feed", nsmap=_MEDIA_NAMESPACES)
        root.append(self.feed_entry(story, content).atom_entry())
        inner: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return inner[inner.index(b"<entry") : -len(b"</feed>")]


_MEDIA_NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "media": "http://search.yahoo.com/mrss/"}
_RSS_NAMESPACES = {
    **_MEDIA_NAMESPACES,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
