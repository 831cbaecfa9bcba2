"""Text at the boundary: what XML cannot carry, white space, graphemes."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

import regex

# XML 1.0 (fifth edition), production [2] Char: everything else may stand in no document, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")
_GRAPHEME = regex.compile(r"\X")
ELLIPSIS = "…"


def clean(text: str) -> str:
    """Text without what XML cannot carry, with newline line ends, in Unicode form NFC.

    Control characters, lone surrogates, U+FFFE and U+FFFF are dropped; a zero-width joiner or a
    direction mark is not touched, for some scripts need it.
    """
    return unicodedata.normalize("NFC", carried(text.replace("\r\n", "\n").replace("\r", "\n")))


def carried(text: str) -> str:
    """Text without what XML cannot carry, and otherwise as it was."""
    return _NOT_XML.sub("", text)


def one_line(text: str) -> str:
    """Clean text with every run of white space folded to one space."""
    return _SPACES.sub(" ", clean(text)).strip()


def graphemes(text: str) -> list[str]:
    """The characters as a reader counts them (Unicode UAX #29 extended grapheme clusters)."""
    return [match[0] for match in _GRAPHEME.finditer(text)]


def shorten(text: str, limit: int) -> str:
    """Text of at most `limit` graphemes, cut between words where it can be, ending in an ellipsis when cut.

    A word boundary is looked for in the last fifth only, so that a script without spaces still fills the room.
    """
    parts = [match[0] for match in islice(_GRAPHEME.finditer(text), max(limit, 0) + 1)]
    if len(parts) <= limit:
        return text
    if limit < 1:
        return ""
    kept = parts[: limit - 1]
    for back in range(len(kept), len(kept) * 4 // 5, -1):
        if parts[back].isspace():
            kept = parts[:back]
            break
    return "".join(kept).rstrip(" ,;:\u3001\u060c\uff0c") + ELLIPSIS
