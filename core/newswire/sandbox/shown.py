"""Posts ready to be shown: what `posts.html` makes a page of, in the style of `posts.css`.

Whoever fills them sees to it that all HTML in them is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newswire.sandbox.markup import is_safe

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The preview of a link: where it leads, in words."""

    url: str
    host: str
    path: str
    large: bool = False
    above: bool = False
    """Whether it stands above the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture: shown, or only named."""

    url: str
    alt: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a post said before it was edited."""

    html: Markup
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message or a status, ready to be shown."""

    anchor: str
    html: Markup
    when: str = ""
    deleted: bool = False
    edited: str = ""
    language: str = ""
    direction: str = "auto"
    visibility: str = ""
    warning: str = ""
    marks: tuple[str, ...] = ()
    card: Card | None = None
    pictures: tuple[Picture, ...] = ()
    pictures_first: bool = False
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of words with an address, which is empty where there is none."""
    history: tuple[Earlier, ...] = ()


def card_of(url: str, *, large: bool = False, above: bool = False) -> Card | None:
    """Make the card of a link, without fetching it."""
    if not is_safe(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return Card(url=url, host=parts.netloc, path=parts.path, large=large, above=above)
