"""HTML taken apart at its tags: runs of text are translated, tags and whatever is no text stay as they are. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING

from newswire_translate.document import Document
from newswire_translate.piece import Mark, Piece
from newswire_translate.tags import INLINE, KEPT_WHOLE, closing_of, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_translate.piece import Node

# As browsers tell markup from text (HTML Standard, 13.2.5): a tag goes on over "<" and, in quotes, over ">", and what
# the text ends in, begun and not ended, is in no page (13.2.2, "eof-in-tag").
_PART = re.compile(
    r"""
      <!--(?:-?>|.*?(?:--!?>|\Z))
    | <!\[CDATA\[.*?(?:\]\]>|\Z)
    | <[!?][^>]*(?:>|\Z)
    | </(?![a-zA-Z]|\Z)[^>]*(?:>|\Z)
    | </?[a-zA-Z][^\s/>]*+
      (?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?)?)*+
      (?:>|(?P<cut>\Z))
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(slots=True)
class _Run:
    """Text and the inline tags in it."""

    parts: list[str] = field(default_factory=list)
    """Text and tags in turn; tags and whole elements begin with ``<``."""

    def piece(self) -> Piece:
        """Its piece."""
        pairs = _pairs(self.parts)
        piece = Piece()
        for place, part in enumerate(self.parts):
            if not part.startswith("<"):
                piece.text(re.sub(r"[ \t\r\n\f]+", " ", unescape(part)))
            elif place not in pairs:
                piece.keep(part)
            elif pairs[place]:
                piece.open(Mark(part, pairs[place]))
            else:
                piece.close()
        return piece


class HtmlDocument(Document):
    """A body in HTML, or a part of one in Markdown.

    Args:
        text: the body.
    """

    def __init__(self, text: str) -> None:
        self._parts: list[str | Piece] = []
        for part in _runs(text):
            piece = part.piece() if isinstance(part, _Run) else None
            if piece is not None and piece.wanted:
                self._parts.append(piece)
            elif isinstance(part, _Run):
                self._parts.append("".join(part.parts))
            else:
                self._parts.append(part)
        self.pieces = [part for part in self._parts if isinstance(part, Piece)]

    def written(self, translated: Sequence[Sequence[Node]], pieces: Sequence[Piece]) -> str:
        """The body with other words."""
        told = iter(zip(translated, pieces, strict=True))
        out = []
        for part in self._parts:
            if isinstance(part, str):
                out.append(part)
            else:
                nodes, piece = next(told)
                out.append(_around(part, "".join(_written(node, piece) for node in nodes)))
        return "".join(out)


def _written(node: Node, piece: Piece) -> str:
    if isinstance(node, str):
        return escape(re.sub(r"[ \t\r\n\f]+", " ", node), quote=False)
    mark = piece.marks[node[1]]
    if mark.is_text:
        return escape(mark.opening, quote=False)
    return (mark.closing or "") if node[0] == "close" else mark.opening


def _around(piece: Piece, text: str) -> str:
    """A text with the space at its edges that was there before."""
    first, last = piece.nodes[0], piece.nodes[-1]
    before = " " if isinstance(first, str) and first[:1].isspace() else ""
    after = " " if isinstance(last, str) and last[-1:].isspace() else ""
    return f"{before}{text.strip()}{after}"


def _runs(text: str) -> list[str | _Run]:
    """Text with inline tags, and whatever stands between."""
    found: list[str | _Run] = []
    last = 0
    while True:
        tag = _PART.search(text, last)
        _add_text(found, text[last : tag.start() if tag else len(text)].replace("<", "&lt;"))
        if tag is None:
            return found
        last = tag.end()
        name, closes = name_of(tag[0])
        if name in KEPT_WHOLE and closing_of(tag[0]):
            end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, last)
            last = end.end() if end else len(text)
        whole = text[tag.start() : last]
        if tag["cut"] is not None:
            found.append(whole)  # it must stay behind all else
        elif name in INLINE or (name in KEPT_WHOLE and name not in {"pre", "script", "style"} and not closes):
            _run(found).parts.append(whole)
        else:
            found.append(whole)


def _add_text(found: list[str | _Run], text: str) -> None:
    if text.strip() or (text and found and isinstance(found[-1], _Run)):
        _run(found).parts.append(text)
    elif text:
        found.append(text)


def _run(found: list[str | _Run]) -> _Run:
    if found and isinstance(found[-1], _Run):
        return found[-1]
    run = _Run()
    found.append(run)
    return run


def _pairs(parts: Sequence[str]) -> dict[int, str]:
    """Tags that open and close each other, by place: what closes an opening one, nothing for a closing one."""
    found: dict[int, str] = {}
    opened: list[tuple[str, int]] = []
    for place, part in enumerate(parts):
        if not part.startswith("<"):
            continue
        name, closes = name_of(part)
        if name in KEPT_WHOLE:
            continue
        if not closes and closing_of(part):
            opened.append((name, place))
        elif closes and opened and opened[-1][0] == name:
            start = opened.pop()[1]
            found[start], found[place] = part, ""
    return found
