"""What a request's headers ask for: encoding, language, whether the reader has the document already. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from newswire.api import closest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from newswire_feeds.joining import Encoding

# RFC 9110 section 8.8.3: a tag is any visible characters but the double quote, between double quotes.
_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')
_LONGEST_LIST = 50


def encoding(accept: str) -> Encoding:
    """The encoding to answer in (RFC 9110 section 12.5.3), gzip where it is wanted as much as none.

    Where a request refuses everything, plain is sent, as the RFC recommends.

    Args:
        accept: the header ``Accept-Encoding``; empty where there is none.
    """
    weights = dict(_weighted(accept))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    plain = weights.get("identity", 0.0)
    return "gzip" if gzip > 0 and gzip >= plain else "identity"


def language(accept: str, available: Collection[str], default: str) -> str:
    """The language to speak to a reader.

    Args:
        accept: the header ``Accept-Language``; empty where there is none.
        available: the languages there are.
        default: the one for readers of none of these.
    """
    wanted = sorted(_weighted(accept), key=lambda item: -item[1])
    for tag, weight in wanted:
        if weight > 0 and tag != "*":
            try:
                found = closest(tag, available)
            except ValueError:  # what is no tag asks for nothing
                continue
            if found:
                return found
    return default


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(",", _LONGEST_LIST)[:_LONGEST_LIST]:
        name, _, parameters = part.partition(";")
        weight = 1.0
        found = re.search(r"(?:^|;)\s*q\s*=\s*([0-9.]+)", parameters, re.IGNORECASE)
        if found:
            try:
                weight = float(found[1])
            except ValueError:
                weight = 0.0
        if name.strip():
            yield name.strip().lower(), weight


def unchanged(tag: str, changed: datetime | None, *, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the reader has this already (RFC 9110 section 13.1).

    Args:
        tag: the document's entity tag.
        changed: when it last changed, if that is known.
        if_none_match: the header, which makes the other one void where it is there.
        if_modified_since: the header; a date that cannot be read counts as none.
    """
    if if_none_match is not None:
        # The comparison is the weak one (section 13.1.2): the mark W/, which a proxy may add, does not count.
        return if_none_match.strip() == "*" or tag in _ENTITY_TAG.findall(if_none_match)
    if if_modified_since is None or changed is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    # The header's dates have whole seconds.
    return changed.replace(microsecond=0) <= (since if since.tzinfo else since.replace(tzinfo=UTC))
