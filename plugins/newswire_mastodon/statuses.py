"""Reading what a server says of posts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from newswire.api import Receipt
from newswire_mastodon.addresses import same_page

if TYPE_CHECKING:
    from collections.abc import Iterable


# Mastodon's ids are numbers, those of its relatives (Pleroma, GoToSocial) letters and numbers.
_STATUS = re.compile(r"^(?:https?://\S+/)?([0-9A-Za-z]{1,64})$")


def receipt_of(status: Any, *, now: datetime) -> Receipt | None:
    """The receipt of a post, or None where the answer is none of a post.

    Args:
        status: what the library gave.
        now: the time, for servers that do not say when.
    """
    if not isinstance(status, Mapping) or status.get("id") in {None, ""}:
        return None
    url = status.get("url") or status.get("uri")
    return Receipt(
        remote_id=str(status["id"]),
        at=moment(status.get("edited_at")) or moment(status.get("created_at")) or now,
        url=str(url) if url else None,
        details={"media_ids": _media_ids(status), "language": language_of(status)},
    )


def receipt_for(written: str, server: str, at: datetime) -> Receipt:
    """The receipt of a post that somebody has found, by its id, or by its address on the account's own server.

    Raises:
        ValueError: it is neither; servers give a post of another server an id of their own.
    """
    found = _STATUS.match(written)
    if found is None:
        raise ValueError("must be a post's id, or its address such as https://mastodon.example/@news/1135")
    url = written if "/" in written else None
    if url is not None and not url.startswith(f"{server.rstrip('/')}/"):
        raise ValueError(f"is on another server: open the post on {server}, and take the address from there")
    return Receipt(remote_id=found[1], at=at, url=url, details={"media_ids": [], "language": None})


def _media_ids(status: Mapping[str, Any]) -> list[Any]:
    """The ids of its pictures; an edit must name them again, or the server drops them."""
    pictures = status.get("media_attachments")
    known = pictures if isinstance(pictures, list) else []
    return [str(one["id"]) for one in known if isinstance(one, Mapping) and one.get("id")]


def language_of(status: Mapping[str, Any]) -> str | None:
    """The language a server shows a post in."""
    language = status.get("language")
    return str(language) if language else None


def moment(value: Any) -> datetime | None:
    """A time as the library gives it, in UTC."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def with_link(statuses: Iterable[Any], address: str) -> Mapping[str, Any] | None:
    """The first of the posts whose first link is an address, or None.

    Later links are those of a digest, which lists articles that have posts of their own elsewhere. A server that does
    not know the domain makes no link of it; then the address stands in the text.
    """
    for status in statuses:
        if isinstance(status, Mapping) and (first := first_address(status)) and same_page(first, address):
            return status
    return None


def first_address(status: Mapping[str, Any]) -> str | None:
    """The first address in a post: one that it links to, or that stands in its text."""
    reader = _Reader()
    reader.feed(str(status.get("content") or ""))
    reader.close()
    if reader.link is not None:
        return reader.link
    words = "".join(reader.text).split()
    return next((word for word in words if word.startswith(("http://", "https://"))), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.link: str | None = None
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "br", "div", "li"}:
            self.text.append("\n")
        given = dict(attrs)
        if tag == "a" and self.link is None and not {"hashtag", "mention"} & set((given.get("class") or "").split()):
            self.link = given.get("href") or None

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "div", "li"}:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
