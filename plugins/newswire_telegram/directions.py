"""Lines that are shown in the direction of their language. Pure.

Telegram's apps take the direction of a line from its first letter that has one (UAX #9, rules P2 and P3), whatever the
language. So an Arabic sentence that begins with "OpenSSL" would be laid out from left to right. A mark in front of it,
which is not seen, gives its direction back. The server keeps these two marks; it takes out embeddings and overrides.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Literal

from newswire_telegram.draft import Draft

_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_FOUND = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def directed(draft: Draft, direction: Literal["ltr", "rtl"]) -> Draft:
    """The draft with a mark before every line that would be shown the wrong way.

    A line without a single letter of the language's own direction is a quotation or a name, and right as it is; so is
    code.
    """
    if draft.text.isascii():
        return draft
    code = [(one.offset, one.offset + one.length) for one in draft.entities if one.kind == "pre"]
    places: list[int] = []
    place = 0
    for line in draft.text.split("\n"):
        if _misled(line, direction) and not any(begin <= place < end for begin, end in code):
            places.append(place)
        place += len(line) + 1
    if not places:
        return draft
    pieces, last = [], 0
    for place in places:
        pieces += [draft.text[last:place], _MARKS[direction]]
        last = place
    pieces.append(draft.text[last:])
    entities = []
    for one in draft.entities:
        # A quote begins with its line and takes the mark in; other entities begin behind it.
        within = one.kind in {"quote", "expandable_quote"}
        before = sum(place < one.offset or (place == one.offset and not within) for place in places)
        inside = sum(place < one.offset + one.length for place in places) - before
        entities.append(replace(one, offset=one.offset + before, length=one.length + inside))
    return Draft("".join(pieces), entities)


def fenced(words: str, direction: Literal["ltr", "rtl"]) -> str:
    """Words that others follow in the same line, with a mark behind them where their last letter goes the other way.

    Without it a number behind a Latin name would be laid out as part of the name in an Arabic line (UAX #9, rule W7).
    """
    last = next((found for letter in reversed(words) if (found := _FOUND.get(unicodedata.bidirectional(letter)))), None)
    return words if last in {direction, None} else words + _MARKS[direction]


def _misled(line: str, direction: Literal["ltr", "rtl"]) -> bool:
    """Whether a line has letters of both directions, and the first is not of the one it should be shown in."""
    if line.isascii():
        return False
    found = (_FOUND.get(unicodedata.bidirectional(letter)) for letter in line)
    first = next((one for one in found if one), direction)
    return first != direction and any(one == direction for one in found)
