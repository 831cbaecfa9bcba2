"""What matters of a request. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire_feeds import negotiation

if TYPE_CHECKING:
    from newswire.api import Scope
    from newswire_feeds.joining import Encoding

_LANGUAGE = re.compile(r"(?:^|&)lang=([A-Za-z0-9_-]{1,35})(?=&|$)")


@dataclass(frozen=True, slots=True)
class Request:
    """A request for something to read."""

    path: str
    """Decoded."""
    query: str
    encoding: Encoding
    accept_language: str
    if_none_match: str | None
    if_modified_since: str | None

    @property
    def language(self) -> str | None:
        """The language asked for in the address (``?lang=de``)."""
        found = _LANGUAGE.search(self.query)
        return found[1] if found else None


def read_request(scope: Scope) -> Request:
    """Reads an ASGI scope; header names are lower-case there, and lists may come in several lines."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers[name] = headers[name] + b", " + value if name in headers else value

    def header(name: bytes) -> str | None:
        value = headers.get(name)
        return None if value is None else value.decode("latin-1")

    return Request(
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        encoding=negotiation.encoding(header(b"accept-encoding") or ""),
        accept_language=header(b"accept-language") or "",
        if_none_match=header(b"if-none-match"),
        if_modified_since=header(b"if-modified-since"),
    )
