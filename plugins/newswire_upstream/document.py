"""A feed as it was read, whatever form it had. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class NoFeed(ValueError):
    """This is no feed; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a feed names beside its text."""

    url: str
    type: str = ""
    length: int = 0
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML, or plain text."""

    text: str
    base: str
    """What relative addresses in it are relative to."""
    html: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item, as the feed has it; nothing is cleaned yet."""

    guid: str = ""
    link: str = ""
    title: Markup | None = None
    summary: Markup | None = None
    content: Markup | None = None
    language: str = ""
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    picture: Picture | None = None
    source: str = ""
    """The feed it was taken from by this one (``source`` of RSS and Atom)."""
    comments: str = ""
    """Where it is talked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed says about how often it wants to be asked."""

    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed."""

    form: str
    """``rss20``, ``atom10``, ``json11``, ...: what feedparser calls it."""
    title: str = ""
    link: str = ""
    language: str = ""
    items: tuple[Item, ...] = ()
    deleted: tuple[str, ...] = ()
    """The ids of entries that it says are deleted (RFC 6721)."""
    hubs: tuple[str, ...] = ()
    own: str = ""
    """Its own address, as it names it (``rel="self"``)."""
    hints: Hints = field(default_factory=Hints)
    note: str = ""
    """What is wrong with it, where it could be read nonetheless."""
