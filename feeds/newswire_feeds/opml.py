"""OPML 2.0 (http://opml.org/spec2.opml): all feeds in one file, grouped by language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire.api import autonym
from newswire_feeds.address import FeedAddress
from newswire_feeds.composition import EVERYTHING
from newswire_feeds.identity import uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.api import Services
    from newswire_feeds.catalogue import Catalogue

_Listed = tuple[str, FeedAddress, int | None]
"""What a feed is of, the feed, and how many articles it has."""
MEDIA_TYPE = "text/x-opml; charset=utf-8"


def write(services: Services, catalogue: Catalogue, title_pattern: str, choice: FeedAddress | None = None) -> bytes:
    """The file: per language everything, then the filters of the config, the topics and the sources with articles.

    What is listed says how many articles it has, where that is counted; the title does not, for it names a feed in
    readers that take the file.

    Atom is listed, once a feed: it carries most, and a reader that takes the file would else get all three.

    Args:
        services: the room.
        catalogue: what there is.
        title_pattern: how feeds are called.
        choice: a feed of which each topic and source is listed by itself; of a feed of everything, its language.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = services.site.name
    body = etree.SubElement(root, "body")
    for language, count in catalogue.languages().items():
        if not count or (choice and choice.language != language):
            continue
        group = etree.SubElement(body, "outline", text=autonym(language))
        picky = choice is not None and choice.composition != EVERYTHING
        feeds = _chosen(catalogue, choice) if choice and picky else _all(catalogue, language, count)
        for feed in feeds:
            _add(group, services, feed, title_pattern)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _all(catalogue: Catalogue, language: str, count: int) -> Iterator[_Listed]:
    yield autonym(language), FeedAddress(language, "atom"), count
    for name, address in catalogue.filtered(language):
        yield name, address, None
    for topic in catalogue.topics(language):
        yield topic.label, FeedAddress(language, "atom", "topics", topic.slug), topic.count
    for source in catalogue.sources(language):
        yield source.name, FeedAddress(language, "atom", "sources", source.slug), source.count


def _chosen(catalogue: Catalogue, choice: FeedAddress) -> Iterator[_Listed]:
    """The feed, and what it is composed of one by one where that is not the same."""
    composition = choice.composition
    addresses = [choice]
    addresses += [FeedAddress(choice.language, "atom", "topics", slug) for slug in composition.topics]
    addresses += [FeedAddress(choice.language, "atom", "sources", slug) for slug in composition.sources]
    for address in dict.fromkeys(addresses):
        name = catalogue.part(address)
        if name is not None:
            yield name, address, None


def _add(group: Any, services: Services, feed: _Listed, title_pattern: str) -> None:
    part, address, number = feed
    # The type is "rss" for feeds of every format (OPML 2.0, "Subscription lists").
    etree.SubElement(
        group,
        "outline",
        type="rss",
        text=part if number is None else f"{part} ({number})",
        title=title_pattern.format(site=services.site.name, part=part),
        xmlUrl=services.public_url + address.path,
        htmlUrl=uri(services.site.url),
        language=address.language,
    )
