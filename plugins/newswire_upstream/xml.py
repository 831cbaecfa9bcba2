"""Reading RSS, Atom and their relatives by feedparser, which forgives what feeds get wrong.

It neither cleans nor resolves here: that is done behind it, once, by the gate all HTML takes.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire_upstream.document import Document, Hints, Item, Markup, NoFeed, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ITEMS = 1000
"""Items of one document that are read; no feed of news has more."""
_DIGITS = 15
"""Of the size of a file; an article takes less than 2**53 bytes."""
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_PERSON = re.compile(r"\s*[^()\s]*@[^()\s]*\s*\(([^()]+)\)\s*")


def read_xml(body: bytes, *, address: str, content_type: str = "") -> Document:
    """A feed in XML.

    Args:
        body: the document.
        address: where it came from, for relative addresses.
        content_type: what the server says it is.

    Raises:
        NoFeed: it is none.
    """
    headers = {"content-type": content_type or "application/xml", "content-location": address}
    # XML 1.0 section 2.8: nothing may stand before the declaration; many feeds begin with an empty line.
    # As a file: of bytes, feedparser first asks whether they name a file or an address, and would read that.
    document = io.BytesIO(body.lstrip())
    try:
        read = feedparser.parse(document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # noqa: BLE001  # it is written to forgive, and yet stumbles over some documents
        raise NoFeed(f"it cannot be read ({type(error).__name__})") from None
    feed, entries, version = read.get("feed") or {}, read.get("entries") or [], read.get("version")
    if not version and not entries:
        raise NoFeed(_instead(body))
    trouble = read.get("bozo_exception") if read.get("bozo") else None
    return Document(
        form=version or "unknown",
        title=_text(feed.get("title")),
        link=_text(feed.get("link")),
        language=_text(feed.get("language")),
        items=tuple(_item(entry, address) for entry in entries[:MOST_ITEMS]),
        deleted=_deleted(body),
        hubs=tuple(_links(feed, "hub")),
        own=next(_links(feed, "self"), ""),
        hints=Hints(ttl=_ttl(feed)),
        note=f"{type(trouble).__name__}: {trouble}"[:200] if trouble is not None else "",
    )


def _instead(body: bytes) -> str:
    if re.search(rb"<(?:!doctype\s+)?html", body[:4000], re.IGNORECASE):
        return "it is a web page, no feed; look there for the feed's address"
    return "it is no RSS, no Atom and no JSON Feed" if body.strip() else "it is empty"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _links(holder: Any, relation: str) -> Iterator[str]:
    for link in holder.get("links") or ():
        if link.get("rel") == relation and link.get("href"):
            yield link["href"]


def _ttl(feed: Any) -> timedelta | None:
    """How long the feed stays the same: ``ttl`` in minutes (RSS 2.0), or ``sy:updatePeriod`` (RSS 1.0 module)."""
    minutes = _text(feed.get("ttl")).strip()
    if minutes.isascii() and minutes.isdigit():
        return timedelta(minutes=min(int(minutes), 525_600))
    period = _PERIODS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    if period is None:
        return None
    times = _text(feed.get("sy_updatefrequency")).strip()
    number = min(int(times), 10**6) if times.isascii() and times.isdigit() else 1
    return timedelta(seconds=period / max(number, 1))


def _item(entry: Any, address: str) -> Item:
    content = _content(entry, address)
    source = entry.get("source") or {}
    return Item(
        guid=_text(entry.get("id")).strip(),
        link=_text(entry.get("link")).strip() or next(_links(entry, "enclosure"), ""),
        title=_markup(entry, "title", address),
        summary=_markup(entry, "summary", address),
        content=content,
        language=_language(entry),
        published=_text(entry.get("published")) or _text(entry.get("created")),
        updated=_text(dict.get(entry, "updated")),  # its own look-up gives another date where there is none
        authors=tuple(_authors(entry)),
        categories=tuple(_categories(entry)),
        picture=next(_pictures(entry), None),
        source=_text(source.get("title") or source.get("value")).strip(),
        comments=_text(entry.get("comments")).strip(),
    )


def _markup(entry: Any, name: str, address: str) -> Markup | None:
    text = _text(entry.get(name))
    detail = entry.get(f"{name}_detail") or {}
    if not text.strip():
        return None
    return Markup(text, _text(detail.get("base")) or address, html=detail.get("type") != "text/plain")


def _content(entry: Any, address: str) -> Markup | None:
    """The longest of what it offers as content in words; some give a short one as well."""
    found = [
        Markup(_text(part.get("value")), _text(part.get("base")) or address, html=part.get("type") != "text/plain")
        for part in entry.get("content") or ()
        if _text(part.get("type")).startswith(("text/", "application/xhtml")) or not part.get("type")
    ]
    best = max(found, key=lambda markup: len(markup.text), default=None)
    return best if best and best.text.strip() else None


def _language(entry: Any) -> str:
    """What the item says of its language: ``dc:language``, or the nearest ``xml:lang``."""
    details = [entry.get("title_detail"), *(entry.get("content") or ()), entry.get("summary_detail")]
    said = (_text(entry.get("language")), *(_text((detail or {}).get("language")) for detail in details))
    return next(filter(None, said), "")


def _authors(entry: Any) -> Iterator[str]:
    for author in entry.get("authors") or ():
        name = _text(author.get("name")).strip()
        if (name and not author.get("email")) or (name and "(" not in name):
            yield name
    # RSS 2.0: "lawyer@boyer.net (Lawyer Boyer)", which feedparser takes apart in the wrong place.
    person = _PERSON.fullmatch(_text(entry.get("author")))
    if person:
        yield person[1].strip()


def _categories(entry: Any) -> Iterator[str]:
    for tag in entry.get("tags") or ():
        for name in (tag.get("term"), tag.get("label")):
            if _text(name).strip():
                yield _text(name).strip()


def _pictures(entry: Any) -> Iterator[Picture]:
    for media in entry.get("media_content") or ():
        kind = _text(media.get("type"))
        if kind.startswith("image/") or (not kind and media.get("medium") == "image"):
            yield from _picture(media.get("url"), kind, media.get("filesize"))
    for link in entry.get("links") or ():
        if link.get("rel") == "enclosure" and _text(link.get("type")).startswith("image/"):
            yield from _picture(link.get("href"), link["type"], link.get("length"))
    for thumbnail in entry.get("media_thumbnail") or ():
        yield from _picture(thumbnail.get("url"), "", None)


def _picture(url: Any, kind: str, length: Any) -> Iterator[Picture]:
    address, size = _text(url).strip(), _text(length).strip()
    if address:
        whole = size.isascii() and size.isdigit() and len(size) <= _DIGITS
        yield Picture(address, kind, int(size) if whole else 0)


def _deleted(body: bytes) -> tuple[str, ...]:
    """The ``ref`` of every ``at:deleted-entry`` (RFC 6721), which feedparser does not read."""
    if b"deleted-entry" not in body:
        return ()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ()
    if root is None:
        return ()
    return tuple(each.get("ref") for each in root.iter(_DELETED) if each.get("ref"))[:MOST_ITEMS]
