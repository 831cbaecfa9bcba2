"""Entities as the server keeps them: properly nested, none blank, at most 100. Pure.

Source: TDLib, MessageEntity.cpp (`fix_formatted_text` and what it calls). What is sent in this form is what is shown;
what the server would cut, join or drop by rules of its own is decided here, where links count more than italics.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from newswire.api import Entity
from newswire_telegram.cutting import around

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newswire_telegram.draft import Draft

MOST = 100
"""Entities of a message; the server leaves further ones out without a word (Bot API, MESSAGE_ENTITIES)."""

QUOTES = ("quote", "expandable_quote")
BLOCKS = ("pre", "code")
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_BLANKS = " \n"
# In the server's order of equal places.
_ORDER = (*QUOTES, *BLOCKS, "link", *STYLES, "hashtag")
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}
# What goes first when there are too many stands last; the server counts the hashtags it finds like the others.
_WORTH = {
    kind: worth
    for worth, kind in enumerate(
        ("link", "pre", *QUOTES, "hashtag", "code", "spoiler", "strikethrough", "bold", "underline", "italic")
    )
}


def settle(draft: Draft, *, loose: Sequence[tuple[int, int]] | None = None, most: int = MOST) -> None:
    """Brings the entities of a draft into the form in which the server keeps them.

    Args:
        draft: the draft.
        loose: the stretches, from here to there, whose entities go first where there are too many; None: all of it.
        most: how many entities may stay.
    """
    settled = _untangled(draft.text, draft.entities)
    if len(settled) > most:
        stretches = [(0, len(draft.text))] if loose is None else loose

        def worth(one: Entity) -> tuple[bool, int, int]:
            return any(begin <= one.offset < end for begin, end in stretches), _WORTH[one.kind], one.offset

        settled = _untangled(draft.text, sorted(settled, key=worth)[:most])
    draft.entities = settled


def _untangled(text: str, entities: Iterable[Entity]) -> list[Entity]:
    whole = (_in_whole_graphemes(text, one) for one in entities)
    ordered = sorted(filter(None, (_without_blanks(text, one) for one in whole)), key=_place)
    quotes = _apart(one for one in ordered if one.kind in QUOTES)
    links = _apart(one for one in ordered if one.kind == "link")
    code = _apart(one for one in ordered if one.kind in BLOCKS)
    # Links and code never overlap, and a link is worth more than the look of the words in it.
    code = [one for one in code if _clear_of(one, links)]
    firm = [one for one in (*links, *code) if all(_beside(one, quote) or _within(one, quote) for quote in quotes)]
    code = [one for one in firm if one.kind in BLOCKS]
    tags = [one for one in ordered if one.kind == "hashtag"]
    fences = sorted({place for one in (*quotes, *firm) for place in (one.offset, _end(one))})
    styles = _split([one for one in ordered if one.kind in STYLES], fences)
    styles = [one for one in styles if _clear_of(one, code)]
    return sorted(filter(None, (_without_blanks(text, one) for one in (*quotes, *firm, *styles, *tags))), key=_place)


def _place(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _RANK[entity.kind]


def _end(entity: Entity) -> int:
    return entity.offset + entity.length


def _beside(one: Entity, other: Entity) -> bool:
    return _end(one) <= other.offset or _end(other) <= one.offset


def _within(inner: Entity, outer: Entity) -> bool:
    return outer.offset <= inner.offset and _end(inner) <= _end(outer)


def _apart(ordered: Iterable[Entity]) -> list[Entity]:
    """Of entities that overlap the first."""
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or _end(kept[-1]) <= entity.offset:
            kept.append(entity)
    return kept


def _clear_of(entity: Entity, others: list[Entity]) -> bool:
    """Whether it overlaps none of the others, which are in order and apart."""
    begins = [other.offset for other in others]
    place = bisect_right(begins, entity.offset)
    before = place > 0 and _end(others[place - 1]) > entity.offset
    return not before and bisect_left(begins, _end(entity), lo=place) == place


def _split(styles: list[Entity], fences: list[int]) -> list[Entity]:
    """Styles joined where the same touch, and split where something else begins or ends, as the server does."""
    open_from: dict[str, tuple[int, int]] = {}
    pieces: list[Entity] = []

    def close(place: int) -> None:
        for kind in STYLES:
            begin, end = open_from.get(kind, (place, place))
            if begin < place:
                pieces.append(Entity(kind, begin, min(end, place) - begin))
                if end <= place:
                    del open_from[kind]
                else:
                    open_from[kind] = (place, end)

    waiting = iter([*fences, float("inf")])
    fence = next(waiting)
    for style in styles:
        while fence <= style.offset:
            close(int(fence))
            fence = next(waiting)
        begin, end = open_from.get(style.kind, (0, -1))
        if style.offset > end:
            close(style.offset)
            begin, end = style.offset, style.offset
        open_from[style.kind] = (begin, max(end, _end(style)))
    while fence != float("inf"):
        close(int(fence))
        fence = next(waiting)
    close(max((end for _, end in open_from.values()), default=0))
    return pieces


def _in_whole_graphemes(text: str, entity: Entity) -> Entity:
    """The entity with the letters that its ends lie within: a mark may have melted into what stands before it."""
    begin, end = around(text, entity.offset)[0], around(text, min(_end(entity), len(text)))[1]
    return (
        entity if (begin, end) == (entity.offset, _end(entity)) else replace(entity, offset=begin, length=end - begin)
    )


def _without_blanks(text: str, entity: Entity) -> Entity | None:
    """The entity without blanks at its ends, or None where nothing else is left of it."""
    begin, end = entity.offset, min(_end(entity), len(text))
    # In code a no-break space is a letter like any other.
    blanks = _BLANKS if entity.kind in BLOCKS else None
    begin = end - len(text[begin:end].lstrip(blanks))
    end = begin + len(text[begin:end].rstrip(blanks))
    if begin >= end:
        return None
    return Entity(entity.kind, begin, end - begin, entity.value)
