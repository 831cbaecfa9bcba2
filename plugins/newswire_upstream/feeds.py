"""The feeds of an intake, as the config lists them. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newswire.api import standardize

if TYPE_CHECKING:
    from newswire.api import Taxonomy
    from newswire_upstream.opml import Listed
    from newswire_upstream.options import UpstreamOptions


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed that is polled."""

    key: str
    """Under which its state is kept; it follows from intake and address."""
    address: str
    """Where it is, as the config says."""
    source: str | None = None
    """What readers are told as the source, where the config says it."""
    language: str | None = None
    """The language of items that name none, where the config says it."""
    topics: tuple[str, ...] = ()
    """Slugs that every item gets."""

    @property
    def host(self) -> str:
        """The server it lies on."""
        return urlsplit(self.address).netloc.lower()


def digest(*parts: str, size: int = 10) -> str:
    """A short name for some text, in hexadecimal digits."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8", errors="replace"), digest_size=size).hexdigest()


def feeds_of(intake: str, options: UpstreamOptions, taxonomy: Taxonomy) -> list[Feed]:
    """The feeds of an intake, each address once."""
    fixed = tuple(slug for name in options.topics if (slug := taxonomy.resolve(name)))
    plain = dict.fromkeys([*([options.url] if options.url else []), *options.urls])
    found = {
        address: Feed(_key(intake, address), address, options.source, options.language, fixed) for address in plain
    }
    for listed in options.opml:
        found.setdefault(listed.address, _listed(intake, listed, options, taxonomy, fixed))
    return list(found.values())


def _key(intake: str, address: str) -> str:
    return f"{intake} {digest(address)}"


def _listed(intake: str, listed: Listed, options: UpstreamOptions, taxonomy: Taxonomy, fixed: tuple[str, ...]) -> Feed:
    named = (slug for name in listed.categories if (slug := taxonomy.resolve(options.topic_names.get(name, name))))
    return Feed(
        _key(intake, listed.address),
        listed.address,
        options.source or listed.title or None,
        _tag(listed.language) or options.language,
        tuple(dict.fromkeys([*fixed, *named])),
    )


def _tag(written: str) -> str | None:
    try:
        return standardize(written) if written else None
    except ValueError:
        return None


def article_id(feed: Feed, identity: str) -> str:
    """The id of the article of an item: it follows from the feed's address and what identifies the item there."""
    host = urlsplit(feed.address).hostname or "feed"
    try:
        host = f"ip-{int(ipaddress.ip_address(host)):x}" if ":" in host else host
    except ValueError:
        host = "feed"
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in ".-_") else "-" for letter in host)
    return f"{safe.strip('.-_')[:150] or 'feed'}/{digest(feed.address, identity)}"
