"""The rule model of `parse_mode=HTML`.

Source: tdlib, `MessageEntity.cpp` (`parse_html`, `decode_html_entity`). It works on UTF-8 bytes, so that the byte
offsets in the refusals are the server's. Anything but the listed tags is refused, and only four named entities exist.
"""

import re
from dataclasses import dataclass, field, replace

from newswire.sandbox.telegram.errors import cannot_parse
from newswire.sandbox.telegram.links import LinkError, checked_link
from newswire.sandbox.telegram.text import PRE, Entity, utf16_length

STYLE_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = frozenset({*STYLE_OF_TAG, "a", "pre", "code", "blockquote", "tg-emoji", "tg-time"})

_ENTITY = re.compile(rb"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-zA-Z]+))(;?)")
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_SPACE = b" \t\r\n\0\x0b"
_NAME_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")
_END_OF_CODE = 0x10FFFF


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    begin: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Reads one text; `result` and `entities` grow as it goes."""

    def __init__(self, source: str) -> None:
        self.source = source.encode("utf-8", "surrogatepass")
        self.at = 0
        self.result: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def byte(self) -> int:
        return self.source[self.at] if self.at < len(self.source) else 0

    def is_space(self) -> bool:
        return self.byte() in _SPACE

    def ended(self) -> bool:
        return self.at >= len(self.source)

    def skip_spaces(self) -> None:
        while not self.ended() and self.is_space():
            self.at += 1

    def skip_until(self, stops: bytes) -> bytes:
        begin = self.at
        while not self.ended() and not self.is_space() and self.byte() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def emit(self, text: str) -> None:
        self.result.append(text)
        self.units += utf16_length(text)

    def read(self) -> tuple[str, list[Entity]]:
        while not self.ended():
            stop = re.compile(rb"[<&]").search(self.source, self.at)
            end = stop.start() if stop else len(self.source)
            if end > self.at:
                self.emit(self.source[self.at : end].decode("utf-8", "surrogatepass"))
                self.at = end
            elif self.byte() == ord("&"):
                self.emit(self.character())
            elif self.source[self.at + 1 : self.at + 2] == b"/":
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.result), self.entities

    def character(self) -> str:
        """Read `&...;`; what is no entity stays as it stands."""
        match = _ENTITY.match(self.source, self.at)
        self.at += 1
        if match is None:
            return "&"
        decimal, hexadecimal, name = match.group(1, 2, 3)
        if name is not None:
            letter = _NAMED.get(name, "")
        else:
            code = int(decimal) if decimal is not None else int(hexadecimal, 16)
            letter = chr(code) if 0 < code < _END_OF_CODE else ""
        if not letter:
            return "&"
        self.at = match.end()
        return letter

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self.skip_until(b">").decode("utf-8", "replace").lower()
        if self.ended():
            raise cannot_parse(f"Unclosed start tag at byte offset {begin}")
        if tag not in TAGS:
            raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {begin}')
        opened = _Open(tag, self.units, len(self.result))
        while self.byte() != ord(">") or self.ended():
            self.skip_spaces()
            if self.byte() == ord(">"):
                break
            name, value = self.attribute(tag, begin)
            opened.attributes[name] = value
        self.at += 1
        if tag == "span" and opened.attributes.get("class") != "tg-spoiler":
            raise cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(opened)

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self.skip_until(b"=>" if tag == "blockquote" else b"=").decode("utf-8", "replace")
        if not name:
            raise cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.skip_spaces()
        if self.byte() != ord("="):
            if tag == "blockquote" and name == "expandable" and not self.ended():
                return name, name
            place = f'the tag "{tag}" at byte offset {begin}'
            raise cannot_parse(f"Expected equal sign in declaration of an attribute of {place}")
        self.at += 1
        self.skip_spaces()
        value = self.value()
        if self.ended():
            raise cannot_parse(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def value(self) -> str:
        quote = self.byte()
        if quote not in b"'\"" or quote == 0:
            begin = self.at
            match = _NAME_TOKEN.match(self.source, self.at)
            self.at = match.end() if match else self.at
            if not self.ended() and not self.is_space() and self.byte() != ord(">"):
                raise cannot_parse(f"Unexpected end of name token at byte offset {begin}")
            return self.source[begin : self.at].decode("ascii").lower()
        self.at += 1
        parts = []
        while not self.ended() and self.byte() != quote:
            if self.byte() == ord("&"):
                parts.append(self.character().encode("utf-8", "surrogatepass"))
            else:
                parts.append(self.source[self.at : self.at + 1])
                self.at += 1
        self.at += 1
        return b"".join(parts).decode("utf-8", "replace")

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise cannot_parse(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        found = self.skip_until(b">").decode("utf-8", "replace").lower()
        self.skip_spaces()
        if self.ended() or self.byte() != ord(">"):
            raise cannot_parse(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open[-1]
        if found and found != opened.tag:
            raise cannot_parse(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{found}>"'
            )
        self.open.pop()
        if self.units > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        """Turn a finished element into an entity; a link that is none goes without a word, and its text stays."""
        if opened.tag in PRE:
            self.close_code(opened)
            return
        kind, url, emoji, time = STYLE_OF_TAG.get(opened.tag, ""), "", "", "0"
        if opened.tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in opened.attributes else "blockquote"
        elif opened.tag == "a":
            kind = "text_link"
            try:
                url = checked_link(opened.attributes.get("href") or "".join(self.result[opened.begin :]))
            except LinkError:
                return
        elif opened.tag == "tg-emoji":
            kind, emoji = "custom_emoji", opened.attributes.get("emoji-id", "")
            if not emoji.isdecimal() or int(emoji) == 0:
                raise cannot_parse("Invalid custom emoji identifier specified")
        elif opened.tag == "tg-time":
            kind, time = "date_time", opened.attributes.get("unix", "")
            if not time.isdecimal() or int(time) == 0:
                raise cannot_parse("Invalid Unix time specified")
        entity = Entity(
            type=kind,
            offset=opened.offset,
            length=self.units - opened.offset,
            url=url,
            custom_emoji_id=emoji,
            unix_time=int(time),
            date_time_format=opened.attributes.get("format", "") if kind == "date_time" else "",
        )
        self.entities.append(entity)

    def close_code(self, opened: _Open) -> None:
        """Join `<pre><code class="language-x">` into one entity with a language."""
        css = opened.attributes.get("class", "")
        language = css.removeprefix("language-") if opened.tag == "code" and css.startswith("language-") else ""
        entity = Entity(type=opened.tag, offset=opened.offset, length=self.units - opened.offset, language=language)
        last = self.entities[-1] if self.entities else None
        if last is not None and (last.offset, last.length) == (entity.offset, entity.length):
            joined = {last.type, entity.type} == set(PRE)
            if joined and (language or last.language):
                self.entities[-1] = replace(entity, type="pre", language=language or last.language)
                return
        self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Read a text with HTML markup; give the plain text and its entities.

    Raises:
        BotApiError: The markup is not the server's, with the server's reason and byte offset.
    """
    text, entities = _Reader(source).read()
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise cannot_parse(
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code "
            "units"
        )
    return text, [replace(one, language="") if one.type == "code" else one for one in entities]
