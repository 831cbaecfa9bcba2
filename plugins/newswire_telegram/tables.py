"""Tables: columns that stand below each other where they have room, else a block for each row. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.api import Element, graphemes
from newswire_telegram.draft import Draft, joined
from newswire_telegram.writer import code_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIDEST = 40
"""Columns that a phone shows of code without breaking the line."""
_MOST_COLUMNS = 50
_MOST_ROWS = 500
_BETWEEN = "  "
_WIDE = "WF"
_EMOJI_STYLE = "\ufe0f"
_FLAG_LETTERS = {chr(letter) for letter in range(0x1F1E6, 0x1F200)}
_RIGHT_TO_LEFT = {"R", "AL"}

Cell = tuple[Element | str, ...]


@dataclass(slots=True)
class Table:
    """A table as a grid."""

    header: tuple[Cell, ...] = ()
    """What the columns are called; empty where the table does not say."""
    rows: list[list[Cell]] = field(default_factory=list)
    align: list[str] = field(default_factory=list)
    """``right``, ``center`` or nothing, by column."""
    captions: list[Element] = field(default_factory=list)


def rows_of(table: Element) -> Iterator[Element]:
    """The rows of a table, those of tables within its cells left out."""
    for child in table.children:
        if isinstance(child, Element):
            if child.tag == "tr":
                yield child
            elif child.tag in {"thead", "tbody", "tfoot"}:
                yield from rows_of(child)


def captions_of(table: Element) -> list[Element]:
    """What a table is called."""
    return [child for child in table.children if isinstance(child, Element) and child.tag == "caption"]


def read_table(node: Element) -> Table:
    """The grid of a table: cells that span columns or rows stand in the first, and leave the others empty."""
    table = Table(captions=captions_of(node))
    spanning: dict[int, tuple[int, Cell]] = {}
    for number, line in enumerate(rows_of(node)):
        if number == _MOST_ROWS:
            break
        cells = [cell for cell in line.children if isinstance(cell, Element) and cell.tag in {"td", "th"}]
        row: list[Cell] = []
        for cell in cells:
            _fill_spanned(row, spanning)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for extra in range(across):
                content = cell.children if extra == 0 else ()
                if down > 1:
                    spanning[len(row)] = (down - 1, content)
                row.append(content)
                if len(table.align) < len(row):
                    table.align.append(cell.attributes.get("align", ""))
        _fill_spanned(row, spanning)
        if number == 0 and cells and all(cell.tag == "th" for cell in cells):
            table.header = tuple(row)
        elif row:
            table.rows.append(row)
    return table


def table_draft(table: Table, *, cell: Callable[[Cell], Draft], aligned: bool) -> Draft:
    """A table as text.

    Args:
        table: the table.
        cell: makes a draft of what is in a cell.
        aligned: whether columns may stand below each other in code. Then links would be lost, and letters that are
            written from right to left have no fixed width, so where there are any, it is blocks whatever this says.
    """
    header = [cell(one) for one in table.header]
    rows = [[cell(one) for one in row] for row in table.rows]
    every = [header, *rows] if header else rows
    if not any(draft.text for row in every for draft in row):
        return Draft()
    if aligned and not any(_needs_a_block(draft) for row in every for draft in row):
        lines = _columns([[draft.text for draft in row] for row in every], table.align, ruled=bool(header))
        if lines:
            return Draft().add(code_text("\n".join(lines)), "pre")
    if not rows:
        return joined(header, " · ")
    return joined((_block(row, header) for row in rows), "\n\n" if len(every[0]) > 1 else "\n")


def width(text: str) -> int:
    """Columns of a fixed-width font that a text takes (UAX #11): two for a wide letter or an emoji, none for a mark."""
    return sum(_width(grapheme) for grapheme in graphemes(text)) if not text.isascii() else len(text)


def _width(grapheme: str) -> int:
    if (
        _EMOJI_STYLE in grapheme
        or grapheme[0] in _FLAG_LETTERS
        or any(unicodedata.east_asian_width(letter) in _WIDE for letter in grapheme)
    ):
        return 2
    return 0 if all(unicodedata.category(letter) in {"Mn", "Me", "Cf", "Cc"} for letter in grapheme) else 1


def _needs_a_block(draft: Draft) -> bool:
    return (
        "\n" in draft.text
        or any(entity.kind in {"link", "pre"} for entity in draft.entities)
        or any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in draft.text)
    )


def _columns(rows: list[list[str]], align: list[str], *, ruled: bool) -> list[str]:
    """The lines of a table in columns; none where that is too wide."""
    count = max(map(len, rows))
    if count > _MOST_COLUMNS:
        return []
    widths = [max(width(row[column]) if column < len(row) else 0 for row in rows) for column in range(count)]
    if sum(widths) + len(_BETWEEN) * (count - 1) > WIDEST:
        return []
    lines = [
        _BETWEEN.join(
            _padded(row[column] if column < len(row) else "", widths[column], align[column : column + 1])
            for column in range(count)
        ).rstrip()
        for row in rows
    ]
    if ruled:
        lines.insert(1, _BETWEEN.join("─" * each for each in widths))
    return lines


def _padded(text: str, room: int, align: list[str]) -> str:
    free = room - width(text)
    left = free if align == ["right"] else free // 2 if align == ["center"] else 0
    return " " * left + text + " " * (free - left)


def _block(row: list[Draft], header: list[Draft]) -> Draft:
    """A row by itself: its first cell, bold, and below it the others with the names of their columns."""
    lines = [row[0].marked("bold")] if row[0].text else []
    for column, draft in enumerate(row[1:], start=1):
        if draft.text:
            name = header[column] if column < len(header) else Draft()
            line = Draft()
            if name.text:
                line.join(name).add(": ")
            lines.append(line.join(draft))
    return joined(lines, "\n")


def _span(cell: Element, name: str) -> int:
    written = cell.attributes.get(name, "1")
    return max(1, min(int(written), _MOST_COLUMNS)) if written.isdecimal() and len(written) < len("100000") else 1


def _fill_spanned(row: list[Cell], spanning: dict[int, tuple[int, Cell]]) -> None:
    """Puts in what cells of rows above reach down with."""
    while len(row) in spanning:
        left, content = spanning.pop(len(row))
        if left > 1:
            spanning[len(row)] = (left - 1, content)
        row.append(content)
