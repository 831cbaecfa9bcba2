"""Reading JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not know.

A field of a wrong kind counts as none, and stops neither its item nor the feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from newswire_upstream.document import Document, Item, Markup, NoFeed, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ITEMS = 1000
_VERSION = "https://jsonfeed.org/version/"


def looks_like_json(body: bytes) -> bool:
    """Whether a document begins like JSON."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_json(body: bytes, *, address: str) -> Document:
    """A JSON Feed.

    Raises:
        NoFeed: it is none.
    """
    try:
        feed = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NoFeed(f"its JSON cannot be read: {error}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NoFeed("it is JSON, but no JSON Feed: there are no items")
    version = _text(feed, "version")
    return Document(
        form="json11" if version.endswith("1.1") else "json10" if _VERSION in version else "json",
        title=_text(feed, "title"),
        link=_text(feed, "home_page_url"),
        language=_text(feed, "language"),
        items=tuple(_item(item, feed, address) for item in feed["items"][:MOST_ITEMS] if isinstance(item, dict)),
        hubs=tuple(_hubs(feed)),
        own=_text(feed, "feed_url"),
    )


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value.strip() if isinstance(value, str) else ""


def _several(holder: dict[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _hubs(feed: dict[str, Any]) -> Iterator[str]:
    for hub in _several(feed, "hubs"):
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub" and _text(hub, "url"):
            yield _text(hub, "url")


def _item(item: dict[str, Any], feed: dict[str, Any], address: str) -> Item:
    number = item.get("id")
    # "If an id is presented as a number or other type, a JSON Feed reader must coerce it to a string."
    guid = number.strip() if isinstance(number, str) else str(number) if isinstance(number, int | float) else ""
    html, text = _text(item, "content_html"), _text(item, "content_text")
    content = Markup(html, address) if html else Markup(text, address, html=False) if text else None
    title, summary = _text(item, "title"), _text(item, "summary")
    return Item(
        guid=guid,
        link=_text(item, "url") or _text(item, "external_url"),
        title=Markup(title, address, html=False) if title else None,
        summary=Markup(summary, address, html=False) if summary else None,
        content=content,
        language=_text(item, "language"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        authors=tuple(_authors(item) or _authors(feed)),
        categories=tuple(tag for tag in _several(item, "tags") if isinstance(tag, str) and tag.strip()),
        picture=_picture(item),
    )


def _authors(holder: dict[str, Any]) -> list[str]:
    listed = [author for author in _several(holder, "authors") if isinstance(author, dict)]
    alone = holder.get("author")  # version 1.0
    return [
        name for author in [*listed, *([alone] if isinstance(alone, dict) else [])] if (name := _text(author, "name"))
    ]


def _picture(item: dict[str, Any]) -> Picture | None:
    for name in ("image", "banner_image"):
        if _text(item, name):
            return Picture(_text(item, name))
    for file in _several(item, "attachments"):
        if isinstance(file, dict) and _text(file, "mime_type").startswith("image/") and _text(file, "url"):
            size = file.get("size_in_bytes")
            return Picture(
                _text(file, "url"), _text(file, "mime_type"), size if isinstance(size, int) and 0 <= size < 2**53 else 0
            )
    return None
