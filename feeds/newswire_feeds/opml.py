"""OPML 2.0 (http://opml.org/spec2.opml): all feeds in one file, grouped by language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire.api import autonym
from newswire_feeds.address import FeedAddress
from newswire_feeds.identity import uri

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_feeds.catalogue import Catalogue

MEDIA_TYPE = "text/x-opml; charset=utf-8"


def write(services: Services, catalogue: Catalogue, title_pattern: str) -> bytes:
    """The file: per language everything, then the filters of the config, the topics and the sources with articles.

    Atom is listed, once a feed: it carries most, and a reader that takes the file would else get all three.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = services.site.name
    body = etree.SubElement(root, "body")
    for language, count in catalogue.languages().items():
        if not count:
            continue
        group = etree.SubElement(body, "outline", text=autonym(language))
        _add(group, services, FeedAddress(language, "atom"), autonym(language), title_pattern)
        for name, address in catalogue.filtered(language):
            _add(group, services, address, name, title_pattern)
        for topic in catalogue.topics(language):
            address = FeedAddress(language, "atom", "topics", topic.slug)
            _add(group, services, address, topic.label, title_pattern)
        for source in catalogue.sources(language):
            address = FeedAddress(language, "atom", "sources", source.slug)
            _add(group, services, address, source.name, title_pattern)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _add(group: Any, services: Services, address: FeedAddress, part: str, title_pattern: str) -> None:
    # The type is "rss" for feeds of every format (OPML 2.0, "Subscription lists").
    etree.SubElement(
        group,
        "outline",
        type="rss",
        text=part,
        title=title_pattern.format(site=services.site.name, part=part),
        xmlUrl=services.public_url + address.path,
        htmlUrl=uri(services.site.url),
        language=address.language,
    )
