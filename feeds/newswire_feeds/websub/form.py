"""Reading what a subscriber sends. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args
from urllib.parse import parse_qsl, unquote

from newswire_feeds import address as addresses
from newswire_feeds.websub.subscription import Mode

if TYPE_CHECKING:
    from newswire_feeds.address import FeedAddress

LONGEST_BODY = 16_384
"""Bytes; two addresses and a secret are much shorter."""
_MOST_FIELDS = 50
# WebSub section 5.1: the secret "MUST be less than 200 bytes in length".
_LONGEST_SECRET = 199
_MOST_DIGITS = 12


class Wrong(Exception):
    """What is wrong with a request, in words for whoever wrote the subscriber."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscriber's request as it reads."""

    mode: Mode
    topic: str
    callback: str = field(repr=False)
    secret: str | None = field(repr=False)
    lease: int | None


def read_form(content_type: str, body: bytes) -> Asked:
    """The request in a body (WebSub section 5.1); parameters it does not know are ignored, as the section asks.

    Raises:
        Wrong: it is none.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Wrong("the body must be application/x-www-form-urlencoded", 415)
    try:
        pairs = parse_qsl(body.decode("utf-8"), errors="strict", keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Wrong("the body must be a form in UTF-8 with few fields") from None
    given = dict(pairs)
    if given.get("hub.mode") == "publish":
        raise Wrong("this hub knows by itself what is published here")
    mode = next((mode for mode in get_args(Mode) if mode == given.get("hub.mode")), None)
    if mode is None:
        raise Wrong("hub.mode must be 'subscribe' or 'unsubscribe'")
    for name in ("hub.topic", "hub.callback"):
        if not given.get(name):
            raise Wrong(f"{name} is missing")
    secret = given.get("hub.secret") or None
    if secret is not None and len(secret.encode()) > _LONGEST_SECRET:
        raise Wrong(f"hub.secret may have {_LONGEST_SECRET} bytes at most")
    lease = given.get("hub.lease_seconds") if mode == "subscribe" else None
    if lease and not (lease.isascii() and lease.isdigit() and int(lease[:_MOST_DIGITS])):
        raise Wrong("hub.lease_seconds must be a positive whole number")
    return Asked(mode, given["hub.topic"], given["hub.callback"], secret, int(lease[:_MOST_DIGITS]) if lease else None)


def read_topic(topic: str, public_url: str) -> FeedAddress:
    """The feed that a topic's address is of; nothing is said of whether its names are known.

    Raises:
        Wrong: it is none that news are told of.
    """
    prefix, path = topic[: len(public_url)], topic[len(public_url) :]
    if prefix != public_url or not path.startswith("/"):
        raise Wrong(f"hub.topic must be the 'self' address of a feed here; those begin with {public_url}/feeds/")
    found = addresses.read(unquote(path)) if path.isascii() and "?" not in path and "#" not in path else None
    if found is None or found.archive or found.plain_path != unquote(path):
        raise Wrong("hub.topic must be the 'self' address of the feed of a language, a topic or a source")
    return found
