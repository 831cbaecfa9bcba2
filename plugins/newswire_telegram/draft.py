"""A text and its entities, in the making. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newswire.api import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable


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

    def join(self, other: Draft) -> None:
        """Puts another draft at the end."""
        self.entities += [replace(entity, offset=entity.offset + len(self.text)) for entity in other.entities]
        self.text += other.text


def joined(drafts: Iterable[Draft], between: str) -> Draft:
    """All drafts that are not empty, in order."""
    whole = Draft()
    for draft in drafts:
        if draft.text:
            whole.join(Draft(between if whole.text else ""))
            whole.join(draft)
    return whole
