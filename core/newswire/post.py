"""Posts and receipts: what a platform is told, and what it answered. Pure data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from datetime import datetime

Json = str | int | float | bool | None | list[Any] | dict[str, Any]
"""What JSON can say."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of a post's text.

    `offset` and `length` count Unicode code points; a plugin converts them to its platform's unit.
    """

    kind: str
    """``bold``, ``italic``, ``link``, ``hashtag``, ``quote``, ``code``, ...; the plugin knows its own."""
    offset: int
    length: int
    value: str | None = None
    """What the kind needs more: a link's address, a code block's language."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture that goes with a post."""

    url: str
    alt: str = ""
    """What it shows, for who cannot see it."""
    type: str = "image/jpeg"
    """Its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a platform will be told."""

    text: str
    """The text, complete: what a follower reads."""
    language: str
    """The BCP 47 tag of the language most of it is written in."""
    entities: tuple[Entity, ...] = ()
    """Marked stretches of the text."""
    media: tuple[Media, ...] = ()
    """Pictures."""
    link: str | None = None
    """The address of the article's page; it also finds a post again on the platform."""
    details: dict[str, Json] = field(default_factory=dict)
    """What only this platform knows: visibility, preview options, buttons."""

    def digest(self) -> str:
        """Equal for posts that a follower would see as equal; an edit that changes nothing is not sent."""
        content = orjson.dumps(self, option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform answered to a post."""

    remote_id: str
    """The platform's id of the post."""
    at: datetime
    """When it was taken."""
    url: str | None = None
    """Where a follower finds it."""
    details: dict[str, Json] = field(default_factory=dict)
    """What a later edit needs to know: the kind of message, the chat it went to."""
