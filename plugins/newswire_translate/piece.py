"""Pieces: what a service is sent, text in which everything that must stay is a numbered mark. Pure.

A mark is written as in XLIFF 1.2 (sections 2.3.1, "Inline elements"): ``<g id="1">…</g>`` for what has words in it (a
link, bold type), ``<x id="2"/>`` for what has none (code, a picture, a name). The service sees no address, no code and
no markup of ours; whatever it sends back is text, in which each mark stands once and inside the same others as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MARK = re.compile(r"<\s*(/?)\s*([gx])\b(?:\s+id\s*=\s*[\"'“”«»]?\s*(\d+)\s*[\"'“”«»]?)?[^<>]*?(/?)\s*>", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+(?:@[\w.-]+\w)?")
"""What is an address, or somebody's, wherever it stands in a text; apps make links of it."""
_LETTER = re.compile(r"[^\W\d_]")


class Broken(Exception):
    """A translated piece does not hold what it must; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stays as it is."""

    opening: str
    """What stands in its place in the text; of one with words in it what stands before them."""
    closing: str | None = None
    """What stands after its words; None where it has none."""
    plain: tuple[str, str] | None = None
    """The same in HTML, for places in which Markdown does not see its own marks."""
    is_text: bool = False
    """Whether it is words, and no markup: a name."""

    @property
    def holds_words(self) -> bool:
        """Whether there are words in it."""
        return self.closing is not None


Edge = tuple[Literal["open", "close", "whole"], int]
Node = str | Edge


@dataclass(slots=True)
class Piece:
    """A stretch of text with its marks."""

    nodes: list[Node] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    _open: list[int] = field(default_factory=list)

    def text(self, words: str) -> None:
        """Adds text."""
        if words and self.nodes and isinstance(self.nodes[-1], str):
            self.nodes[-1] += words
        elif words:
            self.nodes.append(words)

    def keep(self, source: str, *, is_text: bool = False) -> None:
        """Adds something that stays as it is."""
        self.nodes.append(("whole", self._number(Mark(source, is_text=is_text))))

    def open(self, mark: Mark) -> None:
        """Begins something with words in it."""
        number = self._number(mark)
        self._open.append(number)
        self.nodes.append(("open", number))

    def close(self) -> None:
        """Ends what was begun last."""
        self.nodes.append(("close", self._open.pop()))

    def _number(self, mark: Mark) -> int:
        number = len(self.marks) + 1
        self.marks[number] = mark
        return number

    @property
    def words(self) -> str:
        """Its text without the marks."""
        return "".join(node for node in self.nodes if isinstance(node, str))

    @property
    def wanted(self) -> bool:
        """Whether there is anything to translate."""
        return _LETTER.search(self.words) is not None

    @property
    def wire(self) -> str:
        """As a service is sent it."""
        return "".join(escape(node, quote=False) if isinstance(node, str) else _tag(node) for node in self.nodes)

    def protect(self, find: Callable[[str], Iterable[tuple[int, int, str]]]) -> Piece:
        """The piece with more that stays as it is.

        Args:
            find: gives the stretches of a text that stay, in order, and what stands there afterwards.
        """
        made = Piece(marks=dict(self.marks))
        for node in self.nodes:
            if not isinstance(node, str):
                made.nodes.append(node)
                continue
            last = 0
            for start, end, instead in find(node):
                made.text(node[last:start])
                made.keep(instead, is_text=True)
                last = end
            made.text(node[last:])
        return made

    def read(self, wire: str) -> list[Node]:
        """What a service sent back, checked.

        Raises:
            Broken: a mark is missing, stands twice, or stands where it must not.
        """
        nodes: list[Node] = []
        opened: list[int] = []
        seen: dict[int, int] = {}
        last = 0
        for found in MARK.finditer(wire):
            _add(nodes, unescape(wire[last : found.start()]))
            last = found.end()
            self._read_mark(found, nodes, opened, seen)
        _add(nodes, unescape(wire[last:]))
        if opened:
            raise Broken(f"the mark {opened[-1]} is not closed")
        missing = sorted(set(self.marks) - set(seen))
        if missing:
            raise Broken(f"the mark {missing[0]} is lost")
        if seen != parents(self.nodes):
            raise Broken("a mark has come into or out of another")
        return nodes

    def _read_mark(self, found: re.Match[str], nodes: list[Node], opened: list[int], seen: dict[int, int]) -> None:
        closes, kind, digits = found[1], found[2].lower(), found[3]
        if closes:
            if kind == "x":
                return  # HTML parsers write <x id="2"></x>
            if not opened:
                raise Broken("a mark is closed that was not opened")
            nodes.append(("close", opened.pop()))
            return
        number = int(digits) if digits else 0
        if number not in self.marks:
            raise Broken(f"there is no mark {digits or 'without a number'}")
        if number in seen:
            raise Broken(f"the mark {number} stands there twice")
        if self.marks[number].holds_words != (kind == "g"):
            raise Broken(f"the mark {number} is of another kind")
        seen[number] = opened[-1] if opened else 0
        if kind == "x":
            nodes.append(("whole", number))
            return
        nodes.append(("open", number))
        if found[4]:
            nodes.append(("close", number))
        else:
            opened.append(number)


def parents(nodes: Sequence[Node]) -> dict[int, int]:
    """In which mark each mark stands; 0 for none."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for node in nodes:
        if isinstance(node, str):
            continue
        edge, number = node
        if edge == "close":
            opened.pop()
            continue
        found[number] = opened[-1] if opened else 0
        if edge == "open":
            opened.append(number)
    return found


def _tag(node: Edge) -> str:
    edge, number = node
    return {"open": f'<g id="{number}">', "close": "</g>", "whole": f'<x id="{number}"/>'}[edge]


def _add(nodes: list[Node], text: str) -> None:
    if text:
        nodes.append(text)


def from_text(text: str) -> Piece:
    """A piece of plain text."""
    piece = Piece()
    piece.text(text)
    return piece


def to_text(nodes: Sequence[Node], marks: Mapping[int, Mark]) -> str:
    """Plain text of a translated piece."""
    return " ".join("".join(node if isinstance(node, str) else marks[node[1]].opening for node in nodes).split())
