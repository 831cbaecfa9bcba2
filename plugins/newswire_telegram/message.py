"""A post in the form of the Bot API: what its details say, and entities counted in UTF-16. Pure.

A post's text is what followers read, whatever kind of message carries it. What only Telegram knows is in its details:

``kind``
    What the post wants to be, `Kind`. A ``photo`` has its picture in `Post.media` and its text is a caption; where the
    picture is refused, the same text goes out by itself. A ``rich`` post has ``rich``; where the server does not know
    rich messages, its text goes out.
``preview``
    The card of a link, as the Bot API's ``LinkPreviewOptions``; it is there for every kind.
``buttons``
    Rows of `Button`, left out where there are none. An edit has to send them again.
``caption``
    The same post in the room of a caption, as `ShortForm`; only there where the text is longer than that. It is for
    the edit of a message that went out as a picture.
``caption_above``
    True where the caption stands above the picture; else left out.
``rich``
    The ``InputRichMessage`` of a ``rich`` post (Bot API 10.1).
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from newswire.api import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire.api import Post

# Bot API, sendMessage: "1-4096 characters after entities parsing"; sendPhoto: "0-1024 characters". Characters are
# code points (TDLib, utf8_length).
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

Kind = Literal["text", "photo", "rich"]
"""What kind of message a post wants to be."""

# Bot API, MessageEntity.type. Hashtags are not in it: Telegram finds them itself and takes them from nobody.
_TYPES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strikethrough",
    "spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "link": "text_link",
    "quote": "blockquote",
    "expandable_quote": "expandable_blockquote",
}
_VALUES: dict[str, Literal["url", "language"]] = {"link": "url", "pre": "language"}

# https://core.telegram.org/api/bots/ids: a channel or supergroup of the number n has the id -1000000000000 - n.
_SUPERGROUPS = -1_000_000_000_000


class WireEntity(TypedDict, total=False):
    """A ``MessageEntity`` of the Bot API; offset and length are UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str
    language: str


class Button(TypedDict):
    """An ``InlineKeyboardButton`` that leads to an address."""

    text: str
    url: str


class ShortForm(TypedDict):
    """A text with its entities as a post's details can hold them."""

    text: str
    entities: list[dict[str, Any]]


class RichMessage(TypedDict):
    """An ``InputRichMessage``."""

    html: str
    is_rtl: bool


def short_form(text: str, entities: Iterable[Entity]) -> ShortForm:
    """A text with its entities, for a post's details."""
    return {"text": text, "entities": [asdict(entity) for entity in entities]}


def caption_of(post: Post) -> tuple[str, tuple[Entity, ...]]:
    """What a post says where it has the room of a caption only: at most 1024 code points."""
    short = post.details.get("caption")
    if not isinstance(short, dict):
        return post.text, post.entities
    told = cast("ShortForm", short)
    return told["text"], tuple(Entity(**entity) for entity in told["entities"])


def wire_entities(text: str, entities: Iterable[Entity]) -> list[WireEntity]:
    """The entities Telegram is to be told of, in its own unit (Bot API, MessageEntity: "in UTF-16 code units")."""
    astral = [0, *accumulate(letter > "\uffff" for letter in text)] if not text.isascii() else None
    told: list[WireEntity] = []
    for entity in entities:
        kind = _TYPES.get(entity.kind)
        if kind is None:
            continue
        begin, end = entity.offset, entity.offset + entity.length
        if astral is not None:
            begin, end = begin + astral[begin], end + astral[end]
        one = WireEntity(type=kind, offset=begin, length=end - begin)
        name = _VALUES.get(entity.kind)
        if name is not None and entity.value is not None:
            one[name] = entity.value
        told.append(one)
    return told


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text has: two for every code point beyond U+FFFF."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def public_address(chat: int, name: str | None, number: int) -> str | None:
    """Where a message is found on the web, or None in private chats and basic groups.

    Everybody finds it in a chat with a name, and its members in another channel or supergroup.
    """
    if chat > 0:
        return None
    if name:
        return f"https://t.me/{name}/{number}"
    within = _SUPERGROUPS - chat
    return f"https://t.me/c/{within}/{number}" if within > 0 else None
