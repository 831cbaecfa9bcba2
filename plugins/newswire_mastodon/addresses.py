"""Web addresses as they stand in a post: in ASCII, so that every server takes them whole."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

import idna

# What may stand unquoted; round brackets are left out, for servers drop one that has no partner.
_PATH = "/%:@!$&'*+,;="
_QUERY = _PATH + "?"

# The last characters Mastodon takes as part of an address (twitter-text, validUrlPathEndingChars and
# validUrlQueryEndingChars): a full stop at the end would be left out of the link.
_PATH_END = re.compile(r"[A-Za-z0-9=_#/+-]$")
_QUERY_END = re.compile(r"[A-Za-z0-9=_#/&-]$")


def ascii_address(address: str) -> str:
    """The address with its path percent-encoded (RFC 3986) and its host in Punycode (IDNA 2008, UTS 46).

    Nothing in it can ping or tag: Mastodon looks for ``@name`` and ``#tag`` in the plain text of a post, addresses
    included, and leaves out only those that follow a slash (``Account::MENTION_RE``) or a letter. User names and
    passwords are dropped; an address for readers has none. Encoding twice changes nothing.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # a host in unpaired brackets
        return quote(address, safe=_QUERY)
    path, query, fragment = _quoted(parts.path, _PATH), _quoted(parts.query, _QUERY), _quoted(parts.fragment, _QUERY)
    page = f"{path}?{query}" if query else path
    end = _QUERY_END if query else _PATH_END
    if fragment:
        page = f"{_solid(page, re.compile('[A-Za-z0-9_/]$'))}#{fragment}"
    return f"{parts.scheme}://{_ascii_host(parts.netloc)}{_solid(page, end)}"


def _quoted(text: str, safe: str) -> str:
    whole = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return re.sub(r"(?<!/)@", "%40", quote(whole, safe=safe))


def _solid(text: str, end: re.Pattern[str]) -> str:
    """The text, its last character quoted where it is no good end."""
    if not text or end.search(text):
        return text
    return text[:-1] + ("%20" if text[-1] == "+" else f"%{ord(text[-1]):02X}")


def _ascii_host(netloc: str) -> str:
    host, colon, port = _split_port(netloc.rpartition("@")[2])
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        plain = quote(host)  # no such host can exist; RFC 3986 3.2.2 writes it so
    return f"{plain}{colon}{port}" if port else plain


def _split_port(netloc: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"(.*?)(:)(\d*)", netloc)
    return (found[1], found[2], found[3]) if found else (netloc, "", "")


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are one page, however a server has quoted them."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    server, slashes, page = ascii_address(address).partition("://")[2].partition("/")
    return server.lower() + unquote(slashes + page).rstrip("/")
