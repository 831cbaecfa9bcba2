"""A message's text and entities: what the server keeps of them and what it refuses.

Source: tdlib, `MessageEntity.cpp` (`fix_formatted_text` and what it calls) and `MessageContent.cpp` (limits). Offsets
and lengths of entities are UTF-16 code units; the length limits are Unicode code points.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from newswire.sandbox.telegram.errors import bad_request
from newswire.sandbox.telegram.links import LinkError, checked_link

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RAW_BYTES = 32_768
MAX_ENTITIES = 100

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
PRE = ("pre", "code")
QUOTES = ("blockquote", "expandable_blockquote")
HIDDEN_DATA = ("text_link", "text_mention", "custom_emoji")
CONTINUOUS = (*PRE, *HIDDEN_DATA, "date_time")

_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_BLANK = " \n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A part of a text with a meaning, in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""
    user: int = 0
    unix_time: int = 0
    date_time_format: str = ""

    @property
    def end(self) -> int:
        """The first unit after it."""
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        """Write it as a `MessageEntity`."""
        body: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.url:
            body["url"] = self.url
        if self.language:
            body["language"] = self.language
        if self.custom_emoji_id:
            body["custom_emoji_id"] = self.custom_emoji_id
        if self.unix_time:
            body |= {"unix_time": self.unix_time, "date_time_format": self.date_time_format}
        if self.user:
            body["user"] = {"id": self.user, "is_bot": False, "first_name": f"User {self.user}"}
        return body


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as the server keeps it."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def read_entities(given: Any) -> list[Entity]:
    """Read an array of `MessageEntity`; the types a bot cannot set (`url`, `hashtag`, ...) are passed over.

    Raises:
        BotApiError: It is no array of entities, or one has a link that is none.
    """
    if not isinstance(given, list):
        raise bad_request("can't parse entities JSON object")
    found = []
    for one in given:
        if not isinstance(one, dict) or not all(type(one.get(key)) is int for key in ("offset", "length")):
            raise bad_request("can't parse entities JSON object")
        if one.get("type") not in (*SPLITTABLE, *QUOTES, *CONTINUOUS):
            continue
        entity = Entity(
            type=one["type"],
            offset=one["offset"],
            length=one["length"],
            language=str(one.get("language", "")) if one["type"] == "pre" else "",
            custom_emoji_id=str(one.get("custom_emoji_id", "")),
            user=int((one.get("user") or {}).get("id", 0)),
        )
        if entity.type == "text_link":
            entity = _with_link(entity, str(one.get("url", "")))
        elif entity.type == "date_time":
            entity = _with_time(entity, one.get("unix_time"), str(one.get("date_time_format", "")))
        found.append(entity)
    return found


def _with_time(entity: Entity, unix_time: Any, date_time_format: str) -> Entity:
    """Give a `date_time` entity its time (Bot API 9.5); the words of the refusal are not known."""
    if type(unix_time) is not int or unix_time <= 0:
        raise bad_request("invalid Unix time specified")
    return replace(entity, unix_time=unix_time, date_time_format=date_time_format)


def _with_link(entity: Entity, url: str) -> Entity:
    try:
        return replace(entity, url=checked_link(url))
    except LinkError as error:
        raise bad_request(f"entity URL '{url}' is invalid: {error}") from error


def fixed(text: str, entities: Iterable[Entity]) -> Formatted:
    """Give a text and its entities as the server would keep them.

    Control characters become spaces, carriage returns and direction marks U+2028 to U+202E go; entities that overlap
    are split or dropped by the server's rules; blank entities and blanks at both ends go.

    Raises:
        BotApiError: An entity has an impossible offset or length, splits a character, or lies outside the text.
    """
    kept = []
    for entity in entities:
        if not 0 <= entity.offset <= 1_000_000:  # noqa: PLR2004 - the bound is tdlib's
            raise bad_request(f"receive an entity with incorrect offset {entity.offset}")
        if not 0 <= entity.length <= 1_000_000:  # noqa: PLR2004
            raise bad_request(f"receive an entity with incorrect length {entity.length}")
        if entity.length:
            kept.append(entity)
    _check_places(text, kept)
    untangled = untangle(kept)
    cleaned, moved = _clean(text, untangled)
    return _trim(cleaned, _without_blank(cleaned, moved))


def _check_places(text: str, entities: list[Entity]) -> None:
    """Refuse entities that begin or end within a character or outside the text."""
    bytes_at: dict[int, int] = {}
    units = octets = 0
    for letter in text:
        bytes_at[units] = octets
        units += 2 if letter > "\uffff" else 1
        octets += len(letter.encode("utf-8", "surrogatepass"))
    bytes_at[units] = octets
    for entity in sorted(entities, key=lambda one: (one.offset, -one.length)):
        if entity.offset > units:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if entity.offset not in bytes_at:
            place = bytes_at[entity.offset + 1]
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {place}")
        beginning = f"entity beginning at UTF-16 offset {entity.offset}"
        if entity.end > units:
            raise bad_request(f"{beginning} ends after the end of the text at UTF-16 offset {entity.end}")
        if entity.end not in bytes_at:
            place = bytes_at[entity.end + 1]
            raise bad_request(f"{beginning} ends in a middle of a UTF-16 symbol at byte offset {place}")


def untangle(entities: Iterable[Entity]) -> list[Entity]:
    """Give entities that nest properly, by the server's rules.

    Block quotes do not nest and links, code and the like do not overlap: of two the first stays. Code takes no other
    style within it. The other styles are joined where they touch and split where something else begins or ends.
    """
    ordered = sorted(entities, key=_order)
    quotes = _without_overlaps(one for one in ordered if one.type in QUOTES)
    continuous = [
        one
        for one in _without_overlaps(one for one in ordered if one.type in CONTINUOUS)
        if all(one.end <= quote.offset or quote.end <= one.offset or _within(one, quote) for quote in quotes)
    ]
    fences = {place for one in (*quotes, *continuous) for place in (one.offset, one.end)}
    styles = _split(sorted((one for one in ordered if one.type in SPLITTABLE), key=_order), fences)
    code = [one for one in continuous if one.type in PRE]
    styles = [one for one in styles if not any(_within(one, block) for block in code)]
    return sorted([*quotes, *continuous, *styles], key=_order)


def _order(entity: Entity) -> tuple[int, int, int]:
    rank = (*QUOTES, *CONTINUOUS, *SPLITTABLE).index(entity.type)
    return entity.offset, -entity.length, rank


def _within(inner: Entity, outer: Entity) -> bool:
    return outer.offset <= inner.offset and inner.end <= outer.end


def _without_overlaps(ordered: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or kept[-1].end <= entity.offset:
            kept.append(entity)
    return kept


def _split(styles: list[Entity], fences: set[int]) -> list[Entity]:
    open_from: dict[str, tuple[int, int]] = {}
    pieces: list[Entity] = []

    def flush(place: float) -> None:
        for kind in SPLITTABLE:
            if kind not in open_from:
                continue
            begin, end = open_from[kind]
            if begin >= place:
                continue
            stop = end if end <= place else int(place)
            pieces.append(Entity(type=kind, offset=begin, length=stop - begin))
            if end <= place:
                del open_from[kind]
            else:
                open_from[kind] = (stop, end)

    waiting = sorted(fences)
    for style in styles:
        while waiting and waiting[0] <= style.offset:
            flush(waiting.pop(0))
        current = open_from.get(style.type)
        if current is not None and style.offset <= current[1]:
            open_from[style.type] = (current[0], max(current[1], style.end))
        else:
            flush(style.offset)
            open_from[style.type] = (style.offset, style.end)
    for place in waiting:
        flush(place)
    flush(float("inf"))
    return pieces


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Replace and remove the characters the server does not keep, and move the entities along."""
    spaced = _SPACED.sub(" ", text)
    gone = []
    units = 0
    for letter in spaced:
        if _REMOVED.match(letter):
            gone.append(units)
        units += 2 if letter > "\uffff" else 1
    if not gone:
        return spaced, entities

    def moved(place: int) -> int:
        return place - sum(one < place for one in gone)

    changed = [replace(one, offset=moved(one.offset), length=moved(one.end) - moved(one.offset)) for one in entities]
    return _REMOVED.sub("", spaced), changed


def _without_blank(text: str, entities: list[Entity]) -> list[Entity]:
    """Drop entities over nothing but blanks and let none begin with one."""
    units = text.encode("utf-16-le", "surrogatepass")
    kept = []
    for entity in entities:
        offset, end = entity.offset, entity.end
        if entity.type not in HIDDEN_DATA:
            while offset < end and units[2 * offset : 2 * offset + 2].decode("utf-16-le", "replace") in _BLANK:
                offset += 1
        if offset < end:
            kept.append(replace(entity, offset=offset, length=end - offset))
    return sorted(kept, key=_order)


def _trim(text: str, entities: list[Entity]) -> Formatted:
    """Cut blanks at the end, and at the beginning as far as no entity covers them; keep the first 100 entities.

    The server drops further entities without a word (Bot API constant `MESSAGE_ENTITIES`).
    """
    text = text.rstrip(_BLANK)
    size = utf16_length(text)
    kept = [replace(one, length=min(one.end, size) - one.offset) for one in entities if one.offset < size]
    first = min((one.offset for one in kept), default=size)
    lead = min(len(text) - len(text.lstrip(_BLANK)), first)
    kept = [replace(one, offset=one.offset - lead) for one in kept]
    return Formatted(text[lead:], tuple(kept[:MAX_ENTITIES]))
