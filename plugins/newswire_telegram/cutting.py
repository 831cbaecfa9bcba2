"""Cutting text to Telegram's measure, never within a grapheme. Pure."""

from __future__ import annotations

import regex

ELLIPSIS = "…"
_LOOSE_ENDS = " \t\n\u2003\u00a0,;:\u2022\u25e6\u25aa\u3001\u060c\uff0c\u200e\u200f"
_SENTENCE_ENDS = "\u3002\uff01\uff1f"
_GRAPHEME = regex.compile(r"\X")
# Between two of these a grapheme always ends (UAX #29, GB999: neither extends, none is prepended to what follows).
_SURE_END = regex.compile(
    r"(?r)[\x20-\x7e\p{Han}\p{Hiragana}\p{Katakana}]"
    r"(?=[\x20-\x7e\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|(?=\p{L})[\p{Latin}\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}\p{Devanagari}])"
)
_MOST_BACK = 160
# Of a line no more than so much is rather left out: one word of a paragraph, a bullet with nothing to tell.
_SHORT_LINE = 24


def fit(text: str, room: int) -> str:
    """Text of at most `room` code points, cut at a grapheme's end, ending in an ellipsis when cut."""
    if len(text) <= room:
        return text
    end = cut(text, room)
    return text[:end] + ELLIPSIS if end else ""


def cut(text: str, room: int) -> int:
    """Where a text that is too long is to end so that it and an ellipsis have room; 0 where nothing can stay.

    The end is that of a word or a sentence where there is one within the last fifth, and not far back, so that a
    script without spaces still fills the room. Telegram counts code points, of which one grapheme may have many: where
    not even one has room, nothing stays. A larger room never gives an earlier end.
    """
    ends = _grapheme_ends(text, room)
    if not ends:
        return 0
    end = ends[-1]
    if not text[end : end + 1].isspace():
        earliest = max(end * 4 // 5, end - _MOST_BACK)
        for place in reversed(ends):
            if place <= earliest:
                break
            if text[place - 1] in _SENTENCE_ENDS or text[place : place + 1].isspace():
                end = place
                break
    line = text.rfind("\n", 0, end)
    if line > 0 and end - line <= _SHORT_LINE:
        end = line
    while end and text[end - 1] in _LOOSE_ENDS:
        end -= 1
    return end


def around(text: str, place: int) -> tuple[int, int]:
    """Where the grapheme begins and ends that a place lies within; twice the place where it is between two."""
    if place in {0, len(text)} or text[place - 1 : place + 1].isascii():
        return place, place
    begin = max(_sure_end(text, place), text.rfind("\n", 0, place) + 1)
    for found in _GRAPHEME.finditer(text, begin):
        if found.end() >= place:
            return (place, place) if found.end() == place else found.span()
    return place, place


def _sure_end(text: str, before: int) -> int:
    found = _SURE_END.search(text, 0, max(before, 0))
    return found.end() if found else 0


def _grapheme_ends(text: str, room: int) -> list[int]:
    """The ends of graphemes that leave room for an ellipsis, in order; of a long text only those near the end."""
    last = room - len(ELLIPSIS)
    place = _sure_end(text, last - 2 * _MOST_BACK)
    # One code point behind the last that may stay is enough to know where its grapheme ends (UAX #29).
    return [found.end() for found in _GRAPHEME.finditer(text, place, max(room, 0)) if found.end() <= last]
