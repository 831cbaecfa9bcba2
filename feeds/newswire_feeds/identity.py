"""Identities: ``tag:`` URIs (RFC 4151) that no change of host, scheme or slug can touch."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

# RFC 4151 section 2.1: the specific part of a tag is made of pchar, "/" and "?"; all else must be percent-encoded.
_TAG_SAFE = "-._~!$&'()*+,;=:@/"
# RFC 3986 section 2.2: the reserved characters but for those of an IPv6 host, and "%", for what is encoded stays so.
_URI_SAFE = "-._~:/?#@!$&'()*+,;=%"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def entry_id(authority: str, article_id: str, language: str) -> str:
    """The id of an article's entry in the feeds of one language.

    It holds the language, for readers keep entries by id across all their feeds: with one id in two languages, one
    of the languages would vanish.
    """
    return f"tag:{authority}:article/{quote(article_id, safe=_TAG_SAFE)}/{language}"


def feed_id(authority: str, key: str) -> str:
    """The id of a feed, whatever its format.

    Args:
        authority: the site's tag authority.
        key: names the feed, percent-encoded.
    """
    return f"tag:{authority}:feed/{key}"


def source_id(authority: str, slug: str) -> str:
    """The id of a source as such, for a source's own feed and its id are seldom known."""
    return f"tag:{authority}:source/{quote(slug, safe=_TAG_SAFE)}"


def topic_scheme(authority: str) -> str:
    """Names the site's taxonomy: the scheme of an Atom category, the domain of an RSS one."""
    return f"tag:{authority}:topics"


def first_day(authority: str) -> str:
    """The date in a tag authority, in full (RFC 4151: a missing month or day is the first)."""
    year, month, day = (*authority.rsplit(",", 1)[1].split("-"), "01", "01")[:3]
    return f"{year}-{month}-{day}"


def uri(address: str) -> str:
    """An address in ASCII (RFC 3986): RSS knows URIs only, not IRIs, and validators look at every character."""
    parts = urlsplit(_STRAY_PERCENT.sub("%25", address))
    host = parts.netloc
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        host = quote(host, safe=_URI_SAFE)
    path = parts.path or ("/" if parts.netloc else "")
    return urlunsplit((parts.scheme, host, *(quote(part, safe=_URI_SAFE) for part in (path, *parts[3:]))))
