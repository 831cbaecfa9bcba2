"""Which hub tells of a feed's news (WebSub section 4). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from newswire.api import Answer
    from newswire_upstream.document import Document

_LINK = re.compile(r"<([^<>]*)>((?:[^,\"]|\"[^\"]*\")*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Discovered:
    """A hub, and what it calls the feed; None where there is none."""

    hub: str | None
    topic: str | None


def discover(answer: Answer, document: Document) -> Discovered:
    """What the answer says of a hub: the header ``Link`` (RFC 8288) counts before the document."""
    headed = _links(answer.headers.get("link", ""))
    hub = next(iter([*headed.get("hub", []), *document.hubs]), None)
    own = next(iter([*headed.get("self", []), *([document.own] if document.own else [])]), None)
    if hub is None or own is None:
        return Discovered(None, None)
    try:
        found = Discovered(urljoin(answer.address, hub), urljoin(answer.address, own))
    except ValueError:
        return Discovered(None, None)
    web = all((address or "").startswith(("http://", "https://")) for address in (found.hub, found.topic))
    return found if web else Discovered(None, None)


def _links(header: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, parameters in _LINK.findall(header):
        for quoted, bare in _RELATION.findall(parameters):
            for relation in (quoted or bare).lower().split():
                found.setdefault(relation, []).append(address.strip())
    return found
