"""Appearances: how a post looks to those who follow a channel. Pure data; the preview is made of it.

A plugin says what is there to be seen, and newswire makes a page of it: nothing in an appearance has to be escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire.languages import Direction
    from newswire.post import Entity, Media, Post


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button below a post that leads to an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """The card that a platform makes of a link."""

    url: str
    large: bool = False
    """Whether its picture is as wide as the post."""
    above: bool = False
    """Whether it stands above the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One message as followers see it."""

    text: str
    """What is to be read, as the platform shows it: it may shorten an address, for instance."""
    language: str
    """The BCP 47 tag that the platform is told."""
    entities: tuple[Entity, ...] = ()
    """Marked stretches of the text: ``bold``, ``italic``, ``underline``, ``strikethrough``, ``spoiler``, ``code``,
    ``pre``, ``quote``, ``expandable_quote``, ``hashtag``, and ``link``, whose value is the address. Others are shown as
    they are."""
    html: str | None = None
    """Where the platform shows more than marked text: all of it as HTML, instead of text and entities. What could do
    harm is taken out of it."""
    direction: Direction | None = None
    """The writing direction; None: the platform finds it out, line by line."""
    media: tuple[Media, ...] = ()
    """Pictures."""
    media_below: bool = False
    """Whether they stand below the text."""
    card: LinkCard | None = None
    buttons: tuple[tuple[LinkButton, ...], ...] = ()
    """Rows of buttons."""
    warning: str = ""
    """What followers have to click away before they see the rest."""
    notes: tuple[str, ...] = ()
    """What else there is to know, in a word or two each: ``silent``, ``unlisted``, ``reply``."""
    length: int | None = None
    """How long it is, as the platform counts."""
    longest: int | None = None
    """How long it may be."""


def appearance_of(post: Post) -> Appearance:
    """What there is to be seen of a post whatever the platform."""
    return Appearance(
        text=post.text,
        language=post.language,
        entities=post.entities,
        media=post.media,
        card=LinkCard(url=post.link) if post.link is not None and not post.media else None,
    )
