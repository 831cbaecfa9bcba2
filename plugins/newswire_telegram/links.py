"""Which addresses Telegram takes as links. Pure."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit


def linkable(address: str) -> bool:
    """Whether a text may carry the address as a link.

    Telegram refuses the whole message for one link it does not like: TDLib, LinkManager.cpp and HttpUrl.cpp, want http
    or https and a host with a dot in it (so not ``localhost``) or an IPv6 address.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme.lower() not in {"http", "https"} or any(letter.isspace() for letter in address):
        return False
    return ":" in host or ("." in host and all(host.rstrip(".").split(".")))


def mail_address(address: str) -> str | None:
    """The mail address that a ``mailto:`` link leads to: Telegram takes no such link, but finds the address itself."""
    scheme, _, rest = address.partition(":")
    return unquote(rest.partition("?")[0]) or None if scheme.lower() == "mailto" else None
