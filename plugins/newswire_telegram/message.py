"""A post in the form of the Bot API: entities counted in UTF-16. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire.api import Entity

# Bot API, MessageEntity.type. Hashtags are not in it: Telegram finds them itself and takes them from nobody.
_TYPES = {"bold": "bold", "italic": "italic", "link": "text_link"}

# https://core.telegram.org/api/bots/ids: a channel or supergroup of the number n has the id -1000000000000 - n.
_SUPERGROUPS = -1_000_000_000_000


class WireEntity(TypedDict, total=False):
    """A ``MessageEntity`` of the Bot API; offset and length are UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str


def wire_entities(text: str, entities: Iterable[Entity]) -> list[WireEntity]:
    """The entities Telegram is to be told of, in its own unit (Bot API, MessageEntity: "in UTF-16 code units")."""
    told: list[WireEntity] = []
    for entity in entities:
        kind = _TYPES.get(entity.kind)
        if kind is None:
            continue
        begin, end = entity.offset, entity.offset + entity.length
        one = WireEntity(type=kind, offset=utf16_length(text[:begin]), length=utf16_length(text[begin:end]))
        if entity.value is not None:
            one["url"] = entity.value
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
