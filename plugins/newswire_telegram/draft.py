"""A text and its entities, in the making. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import regex

from newswire.api import Entity
from newswire_telegram.cutting import ELLIPSIS, cut

if TYPE_CHECKING:
    from collections.abc import Iterable

# TDLib, MessageEntity.cpp, clean_input_string: what the server takes out of every text: carriage returns, line and
# paragraph separators, direction embeddings and overrides, and three marks that spoil the lines above and below.
_NOT_KEPT = dict.fromkeys([0x0D, *range(0x2028, 0x202F), 0x0333, 0x033F, 0x030A])
_MARKS = regex.compile(r"^(?:\p{GCB=Extend}|\p{GCB=SpacingMark}|\p{GCB=ZWJ}|\s)+")
# What is cut off in one of these is missed within it.
_BOXES = ("pre", "code", "quote", "expandable_quote")


@dataclass(slots=True)
class Draft:
    """Text with entities in code points; it grows at its end."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.text)

    def add(self, text: str, kind: str | None = None, value: str | None = None) -> Draft:
        """Puts text at the end, marked where a kind is given, and gives the draft back."""
        if kind and text:
            self.entities.append(Entity(kind, len(self.text), len(text), value))
        self.text += text
        return self

    def join(self, other: Draft) -> Draft:
        """Puts another draft at the end, and gives this one back."""
        self.entities += [replace(entity, offset=entity.offset + len(self.text)) for entity in other.entities]
        self.text += other.text
        return self

    def marked(self, kind: str, value: str | None = None) -> Draft:
        """A copy that is marked as a whole."""
        if not self.text:
            return Draft()
        return Draft(self.text, [Entity(kind, 0, len(self.text), value), *self.entities])

    def cut(self, room: int) -> Draft:
        """As much of it as has room, in code points; entities end where the text does."""
        if len(self.text) <= room:
            return self
        end = cut(self.text, room)
        if not end:
            return Draft()
        kept = []
        for entity in self.entities:
            stop = entity.offset + entity.length
            if stop > end:
                stop = end + len(ELLIPSIS) if entity.kind in _BOXES else end
            if entity.offset < end:
                kept.append(replace(entity, length=stop - entity.offset))
        return Draft(self.text[:end] + ELLIPSIS, kept)


def joined(drafts: Iterable[Draft], between: str) -> Draft:
    """All drafts that are not empty, in order."""
    whole = Draft()
    for draft in drafts:
        if draft.text:
            whole.add(between if whole.text else "").join(draft)
    return whole


def kept_text(text: str) -> str:
    """A text without what the server would take out of it."""
    return text.translate(_NOT_KEPT)


def kept_line(text: str) -> str:
    """A line without what the server would take out, and without marks at its beginning.

    They would melt into whatever stands before (UAX #29), where no link and no bold word can begin any more.
    """
    return _MARKS.sub("", kept_text(text))
