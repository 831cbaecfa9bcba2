"""Markdown taken apart at its tokens: blocks of text are translated, every other line stays as it is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.api import parse_markdown
from newswire_translate.document import Document
from newswire_translate.html import HtmlDocument
from newswire_translate.inline import read_inline, write_inline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from newswire_translate.piece import Node, Piece

_PREFIX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:#{1,6}[ \t]+)?[ \t>]*")


@dataclass(slots=True)
class _Place:
    """Some lines of a body and the pieces that are in them."""

    begin: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    first: str = ""
    """Of text, what its first line says."""
    second: str | None = None
    cells: list[Piece] | None = None
    """Of a row of a table its cells."""
    html: HtmlDocument | None = None


class MarkdownDocument(Document):
    """A body in Markdown.

    Args:
        text: the body.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._places = [place for place in _places(parse_markdown(text), self._lines) if place.pieces]
        self.pieces = [piece for place in self._places for piece in place.pieces]

    def written(self, translated: Sequence[Sequence[Node]], pieces: Sequence[Piece]) -> str:
        """The body with other words."""
        lines = list(self._lines)
        done = len(pieces)
        for place in reversed(self._places):
            first = done - len(place.pieces)
            lines[place.begin : place.end] = self._replaced(place, translated[first:done], pieces[first:done])
            done = first
        return "\n".join(lines)

    def _replaced(self, place: _Place, translated: Sequence[Sequence[Node]], pieces: Sequence[Piece]) -> list[str]:
        if place.html is not None:
            return place.html.written(translated, pieces).split("\n")
        line = self._lines[place.begin]
        if place.cells is not None:
            return [_row(line, place.cells, list(zip(translated, pieces, strict=True)))]
        prefix, suffix = _around(line, place.first)
        continuation = ""
        if place.second is not None:
            continuation, _ = _around(self._lines[place.begin + 1], place.second)
        text = write_inline(translated[0], pieces[0], continuation=continuation)
        return f"{prefix}{text}{suffix}".split("\n")


def _places(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[_Place]:
    row: _Place | None = None
    for token in tokens:
        begin, end = token.map or (0, 0)
        if token.type == "tr_open":
            row = _Place(begin, end, cells=[])
        elif token.type == "tr_close" and row is not None:
            yield row
            row = None
        elif token.type == "html_block":
            html = HtmlDocument("\n".join(lines[begin:end]))
            yield _Place(begin, end, pieces=list(html.pieces), html=html)
        elif token.type == "inline" and row is not None:
            _add_cell(row, read_inline(token.children or ()))
        elif token.type == "inline":
            yield _text(token, begin, end)


def _add_cell(row: _Place, piece: Piece) -> None:
    row.cells = [*(row.cells or ()), piece]
    if piece.wanted:
        row.pieces.append(piece)


def _text(token: Token, begin: int, end: int) -> _Place:
    piece = read_inline(token.children or ())
    first, *more = token.content.split("\n")
    return _Place(begin, end, pieces=[piece] if piece.wanted else [], first=first, second=more[0] if more else None)


def _around(line: str, content: str) -> tuple[str, str]:
    """What stands before and behind the text of a line: signs of quotes, lists and headings."""
    place = line.rfind(content.strip()) if content.strip() else -1
    if place >= 0:
        return line[:place], line[place + len(content.strip()) :].rstrip()
    found = _PREFIX.match(line)
    return found[0] if found else "", ""


def _row(line: str, cells: Sequence[Piece], translated: list[tuple[Sequence[Node], Piece]]) -> str:
    """A row of a table, with what stands before it: signs of quotes and lists."""
    written = []
    for cell in cells:
        if cell.wanted:
            nodes, piece = translated.pop(0)
            written.append(write_inline(nodes, piece, cell=True))
        else:
            written.append(write_inline(cell.nodes, cell, cell=True))
    found = re.match(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t>]*", line)
    return f"{found[0] if found else ''}| {' | '.join(written)} |"
