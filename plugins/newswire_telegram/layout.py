"""How parts share the room of a message: each gets its turn, none is left half said that must be whole. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire_telegram.draft import Draft
from newswire_telegram.entities import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a post."""

    make: Callable[[int], Draft]
    """Makes it in at most so many code points; what it gives may be empty."""
    turn: int
    """When it takes its room: the lower, the earlier."""
    may_lose: bool = False
    """Whether entities of it may go where the post has too many."""


def arranged(parts: Sequence[Part], limit: int) -> Draft:
    """Parts, one below the other, with an empty line between them.

    Args:
        parts: in the order of the post.
        limit: code points of the whole.
    """
    made: dict[int, Draft] = {}
    room = limit
    for place, part in sorted(enumerate(parts), key=lambda one: one[1].turn):
        between = len(PARAGRAPH) if any(draft.text for draft in made.values()) else 0
        made[place] = part.make(room - between) if room > between else Draft()
        if made[place].text:
            room -= len(made[place]) + between
    whole = Draft()
    loose: list[tuple[int, int]] = []
    for place, part in enumerate(parts):
        if made[place].text:
            whole.add(PARAGRAPH if whole.text else "")
            if part.may_lose:
                loose.append((len(whole), len(whole) + len(made[place])))
            whole.join(made[place])
    settle(whole, loose=loose)
    return whole
