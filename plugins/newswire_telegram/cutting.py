"""Cutting text to Telegram's measure, never within a grapheme. Pure."""

from __future__ import annotations

from newswire.api import graphemes

ELLIPSIS = "…"
_LOOSE_ENDS = " ,;:\u3001\u060c\uff0c"


def fit(text: str, room: int) -> str:
    """Text of at most `room` code points, cut at a grapheme's end, ending in an ellipsis when cut.

    A word boundary is looked for in the last fifth only, so that a script without spaces still fills the room.
    Telegram counts code points, of which one grapheme may have many: where not even one has room, nothing stays.
    """
    if len(text) <= room:
        return text
    if room < 1:
        return ""
    kept: list[str] = []
    end = 0
    # One code point behind the last that may stay is enough to know where its grapheme ends (Unicode UAX #29).
    for grapheme in graphemes(text[:room]):
        end += len(grapheme)
        if end > room - len(ELLIPSIS):
            break
        kept.append(grapheme)
    if not _ends_word(kept, text[sum(map(len, kept)) :]):
        for back in range(len(kept) - 1, len(kept) * 4 // 5, -1):
            if kept[back].isspace():
                kept = kept[:back]
                break
    while kept and (kept[-1].isspace() or kept[-1] in _LOOSE_ENDS):
        kept.pop()
    return "".join(kept) + ELLIPSIS if kept else ""


def _ends_word(kept: list[str], rest: str) -> bool:
    return not kept or rest[:1].isspace()
