r"""Reads a Markdown text as pieces: words, code, HTML comments and template tags. Pure.

Code is what is surely code: fenced blocks that are closed (CommonMark 0.31, section 4.5), code spans within one
paragraph (6.1), indented blocks (4.4), and the raw HTML elements ``pre`` and ``code``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from newswire.api import parse_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["words", "code", "comment", "tag", "variable", "attribute"]

_CODE = (
    r"^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]*)*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})",
    r"(?<![\\`])(?P<ticks>`+)(?!`)",
    r"<(?P<element>pre|code)\b[^<>]*>",
)
_COMMENT = r"(?P<comment><!--)"
_TAGS = {
    "liquid": (
        r"\{%-?(?P<liquid>(?:(?!\{%|%\}).)*?)-?%\}",
        r"\{\{(?![<%])-?(?P<variable>(?:(?!\{\{|\}\}|\n[ \t]*\n).)*?)-?\}\}",
        r"\{\#(?P<remark>[\s-](?:(?!\{\#|\#\}).)*)\#\}",
    ),
    "hugo": (r"\{\{<(?P<hugo>(?:(?!\{\{|>\}\}).)*)>\}\}", r"\{\{%(?P<percent>(?:(?!\{\{|%\}\}).)*)%\}\}"),
    "kramdown": (r"(?P<attribute>\{:(?:[:/]|[ \t]*[#.\w])[^{}\n]*\}|\{\#[^\s{}#%][^{}\n]*\}(?=[ \t]*$))",),
}
_OPENINGS = {"liquid": ("{%", "{{", "{#", "{<"), "hugo": ("{{<", "{{%"), "kramdown": ("{:", "{#")}
_INDENTED_TAG = re.compile(r"^(?: {4}|[ ]{0,3}\t).*(?:<!--|\{[{%:#])", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")
_EMPTY_COMMENT_REST = re.compile(r"-?>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one kind."""

    kind: Kind
    text: str
    """As written."""
    inner: str = ""
    """What stands between the braces of a tag or variable."""


def may_hold_tags(text: str, syntax: tuple[str, ...]) -> bool:
    """Whether a text could hold comments or template tags at all; quick."""
    return "<!--" in text or any(opening in text for name in syntax for opening in _OPENINGS[name])


@lru_cache(maxsize=16)
def _tokens(syntax: tuple[str, ...], protect_code: bool) -> re.Pattern[str]:  # noqa: FBT001  # a cache key
    # Hugo first: of ``{{% x %}}`` liquid would see only the inner ``{% x %}``.
    tags = [expression for name in sorted(syntax) for expression in _TAGS[name]]
    return re.compile("|".join([*(_CODE if protect_code else ()), _COMMENT, *tags]), re.MULTILINE | re.DOTALL)


def scan(text: str, syntax: tuple[str, ...], *, protect_code: bool = True) -> Iterator[Piece]:
    """The pieces of a text, in order; together they are the text.

    Args:
        text: Markdown.
        syntax: the template languages whose tags are looked for.
        protect_code: whether code is a piece of its own; otherwise tags in it count as any other.
    """
    tokens = _tokens(syntax, protect_code)
    blocks = _indented_blocks(text) if protect_code and _INDENTED_TAG.search(text) else []
    last_comment_ends = text.rfind("-->")
    position = words = 0
    while found := tokens.search(text, position):
        start, end = found.span()
        while blocks and blocks[0][1] <= start:
            blocks.pop(0)
        kind: Kind
        if blocks and blocks[0][0] <= start:
            kind, start, end = "code", max(blocks[0][0], words), blocks.pop(0)[1]
        else:
            kind, start, end = _extent(text, found, last_comment_ends)
        if end <= start:
            position = found.end()
            continue
        if start > words:
            yield Piece("words", text[words:start])
        inner = found[found.lastgroup] if kind in {"tag", "variable"} and found.lastgroup else ""
        yield Piece(kind, text[start:end], inner.strip())
        position = words = end
    if words < len(text):
        yield Piece("words", text[words:])


def _extent(text: str, found: re.Match[str], last_comment_ends: int) -> tuple[Kind, int, int]:
    """Kind and place of what a token begins; an empty place where it begins nothing."""
    group, (start, end) = found.lastgroup, found.span()
    if group == "comment":
        return "comment", start, _end_of_comment(text, start, end, last_comment_ends)
    if group in _ENDS:
        return "code", start, _ENDS[group](text, found[group], end)
    return ("variable" if group == "variable" else "attribute" if group == "attribute" else "tag"), start, end


def _end_of_comment(text: str, start: int, after: int, last: int) -> int:
    empty = _EMPTY_COMMENT_REST.match(text, after)
    if empty:
        return empty.end()
    if last >= after:
        return text.index("-->", after) + 3
    # CommonMark, 4.6: one that begins a line and is never closed hides all that follows; another is just words.
    hides_all = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    return len(text) if hides_all else after


def _end_of_fence(text: str, fence: str, after: int) -> int:
    close = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.MULTILINE)
    line_end = text.find("\n", after)
    found = close.search(text, line_end + 1) if line_end >= 0 else None
    return found.end() if found else 0


def _end_of_span(text: str, ticks: str, after: int) -> int:
    blank = _BLANK.search(text, after)
    found = re.compile(rf"(?<!`){ticks}(?!`)").search(text, after, blank.start() if blank else len(text))
    return found.end() if found else 0


def _end_of_element(text: str, element: str, after: int) -> int:
    found = re.compile(rf"</{element}\s*>", re.IGNORECASE).search(text, after)
    return found.end() if found else 0


_ENDS = {"fence": _end_of_fence, "ticks": _end_of_span, "element": _end_of_element}
"""Where what a token begins ends; 0 where it does not."""


def _indented_blocks(text: str) -> list[tuple[int, int]]:
    """Where indented code blocks are; only asked for when an indented line holds something like a tag."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    last = len(starts) - 1
    maps = [token.map for token in parse_markdown(text) if token.type == "code_block" and token.map]
    return [(starts[min(first, last)], starts[min(end, last)]) for first, end in maps]
