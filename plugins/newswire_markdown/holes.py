"""Closes the holes that tags and comments leave in Markdown, so that nothing half stays: links, lists, lines. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TAG = "\x01"
"""Stands where a tag was: what it said is unknown, so an address it was part of is worth nothing."""
COMMENT = "\x02"
"""Stands where a comment or an attribute was: nothing is missing."""
_KEPT = "\x03"
_SHORTEST_LABEL = 3

_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*?\x01(?:[^()\n]|\([^()\n]*\))*\)"
_TEXT = r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
_IMAGE = re.compile(r"!\[[^\[\]]*\]" + _TARGET)
_LINK = re.compile(r"(?<!!)" + _TEXT + _TARGET)
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]]+)\]:[ \t]*(?:\n[ \t]*)?[^\n]*\x01[^\n]*$", re.MULTILINE)
_ELEMENT = re.compile(r"</?[A-Za-z][^<>]*\x01[^<>]*>")
_EMPTY_EMPHASIS = re.compile(r"(\*\*|__|\*|_)[\x01\x02]+\1")
_LONELY_MARKER = re.compile(
    r"^(?:[ \t]*(?:[-*+>]|\d{1,9}[.)]|#{1,6})(?=[ \t\x01\x02]))+[ \t]*[\x01\x02][\x01\x02 \t]*$", re.MULTILINE
)
_LINE_START = re.compile(r"^([ \t]*)[\x01\x02][\x01\x02 \t]*(?=[^\s\x01\x02])", re.MULTILINE)
_WHOLE_LINE = re.compile(r"^[ \t]*[\x01\x02][\x01\x02 \t]*$", re.MULTILINE)
_LINE_END = re.compile(r"(?<=[^\n \t])[ \t]*[\x01\x02][\x01\x02 \t]*$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"(?<!\n)\n+(?:\x01\n+)+")
_WITHIN = re.compile(r"(?<![ \t])[ \t]+[\x01\x02]+(?=[ \t])|[\x01\x02]")
_PLACE = re.compile(_KEPT + r"(\d+)" + _KEPT)


def keep(number: int) -> str:
    """Stands for a stretch that is not to be touched."""
    return f"{_KEPT}{number}{_KEPT}"


def close(text: str, kept: list[str]) -> str:
    """The text with every hole closed and what was kept put back.

    A link whose address had a tag in it becomes its text, a picture goes, an emphasis of nothing goes, and a line
    that held nothing but tags becomes an empty one.
    """
    text = _IMAGE.sub(TAG, text)
    for _ in range(2):  # a link may stand in the text of another one's brackets
        text = _LINK.sub(r"\1", text)
    text = _without_definitions(text)
    text = _ELEMENT.sub(COMMENT, text)
    text = _EMPTY_EMPHASIS.sub(COMMENT, text)
    text = _LONELY_MARKER.sub(TAG, text)
    text = _LINE_START.sub(r"\1", text)
    text = _WHOLE_LINE.sub(TAG, text)
    text = _LINE_END.sub("", text)
    text = _EMPTY_LINES.sub("\n\n", text)
    text = _WITHIN.sub("", text)
    return put_back(text, kept)


def put_back(text: str, kept: list[str]) -> str:
    """The text with what was kept in its places again."""
    return _PLACE.sub(lambda found: kept[int(found[1])], text)


def _without_definitions(text: str) -> str:
    """Link definitions whose address had a tag in it go, and what they defined becomes its text."""
    lost = {normal(found[1]) for found in _DEFINITION.finditer(text)}
    if not lost:
        return text
    text = _DEFINITION.sub(TAG, text)
    return undefine(text, lambda label: normal(label) in lost, shortcuts=True)


_FULL = re.compile(r"(?<![\\!])" + _TEXT + r"(\[\](?!\[\])|\[(?!\^)[^\[\]]+\](?!\())")
_SHORTCUT = re.compile(r"(?<![\\!\]])" + _TEXT + r"(?![\[(:])()")
_AFTER_WORD = re.compile(r"(?<=[A-Za-z0-9_\]])")


def undefine(text: str, is_undefined: Callable[[str], bool], *, shortcuts: bool) -> str:
    """References of the form ``[text][label]`` and ``[text][]`` to labels that are not defined become their text.

    Args:
        text: Markdown, its code kept apart.
        is_undefined: tells it of a label.
        shortcuts: whether ``[label]`` counts too.
    """

    def words(found: re.Match[str]) -> str:
        name = found[2][1:-1].strip() or found[1]
        # What follows a word at once may be an index: ``matrix[0][1]``, ``a[i][j]``.
        is_index = len(name) < _SHORTEST_LABEL and _AFTER_WORD.match(text, found.start()) is not None
        return found[0] if is_index or not is_undefined(name) else found[1]

    text = _FULL.sub(words, text)
    return _SHORTCUT.sub(words, text) if shortcuts else text


def normal(label: str) -> str:
    """A label as references are matched by it (CommonMark 0.31, section 4.7)."""
    return " ".join(label.casefold().split())
