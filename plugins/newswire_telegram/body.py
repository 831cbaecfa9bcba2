"""The body of an article as a draft, as much of it as a message has room for. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from newswire.api import Element, parse_body
from newswire_telegram.blocks import Blocks
from newswire_telegram.directions import directed
from newswire_telegram.message import TEXT_LIMIT
from newswire_telegram.writer import Full, Writer

if TYPE_CHECKING:
    from newswire_telegram.draft import Draft

# A draft is rendered with some text to spare, for the cut to find a good end.
_TO_SPARE = 64
_LONGEST_BLOCK = 2 * TEXT_LIMIT
_ENOUGH = TEXT_LIMIT * 9 // 8
# What stands in Markdown and is not seen: where links lead, tags, marks.
_UNSEEN = re.compile(r"\]\([^)\n]*\)|\]\[[^\]\n]*\]|<[^>\n]*>|[*_`~#>|\[-]| {2,}")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S.*$", re.MULTILINE)
_DEFINITION_OF_TWO_LINES = re.compile(r"^ {0,3}\[[^\]]*\]:[ \t]*$", re.MULTILINE)


@lru_cache(maxsize=64)
def body_draft(text: str, form: str, *, base_url: str, direction: Literal["ltr", "rtl"], skip_title: str = "") -> Draft:
    """As much of a body as a message has room for, and no more of it is read; do not change what you are given.

    The last ones are remembered, since many channels carry the same article.

    Args:
        text: the body.
        form: ``markdown`` or ``html``.
        base_url: what relative links are relative to.
        direction: the writing direction of its language.
        skip_title: a first heading of these words is left out.
    """
    if form == "markdown" and (start := beginning(text)):
        draft, filled = _written(parse_body(start, "markdown", base_url=base_url), skip_title, direction)
        if filled:
            return draft.cut(TEXT_LIMIT)
    root = parse_body(text, "html" if form == "html" else "markdown", base_url=base_url)
    return _written(root, skip_title, direction)[0].cut(TEXT_LIMIT)


def beginning(text: str) -> str | None:
    """The beginning of a Markdown text that is probably enough for a message; None where all of it has to be read.

    It ends with a block, unless that is endless, and has the text's link definitions in front of it, wherever they
    stood (CommonMark 0.31, 4.7: they may stand anywhere, and the first of a name counts). Parsing is most of the time
    that a body takes.
    """
    place = TEXT_LIMIT
    while place < len(text) and len(_UNSEEN.sub("", text[:place])) < _ENOUGH:
        place += TEXT_LIMIT // 4
    end = text.find("\n\n", place, place + _LONGEST_BLOCK)
    if end < 0 and len(text) > place + _LONGEST_BLOCK:
        end = text.rfind(" ", 0, place + _LONGEST_BLOCK)
    if end < place // 2 or _DEFINITION_OF_TWO_LINES.search(text, end):
        return None
    if not _DEFINITION.search(text, end):
        return text[:end]
    defined = "".join(f"{line}\n\n" for line in _DEFINITION.findall(text))
    return defined + text[:end]


def _written(root: Element, skip_title: str, direction: Literal["ltr", "rtl"]) -> tuple[Draft, bool]:
    """A body, and whether there is more of it than a message has room for; what is beyond was not looked at."""
    writer = Writer(TEXT_LIMIT + _TO_SPARE)
    try:
        Blocks(writer, direction).write(without_title(root, skip_title))
    except Full:
        return directed(writer.draft(), direction), True
    return directed(writer.draft(), direction), False


def without_title(root: Element, title: str) -> tuple[Element | str, ...]:
    """What is in a body, without a first heading that only repeats the title."""
    for place, child in enumerate(root.children):
        if isinstance(child, Element):
            same = child.tag in {"h1", "h2"} and " ".join(child.text().split()).casefold() == title.casefold()
            return root.children[place + 1 :] if same else root.children
        if child.strip():
            break
    return root.children
