"""Writing a draft block by block: white space, breaks between blocks, what is open. Pure."""

from __future__ import annotations

import re
from textwrap import dedent

from newswire.api import Entity
from newswire_telegram.draft import Draft, kept_text

LINE = 1
"""The next block begins on a new line."""
PARAGRAPH = 2
"""The next block begins after an empty line."""
# HTML Standard, 4.16: ASCII white space; a no-break space is none.
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
TAB = 4


class Full(Exception):
    """There is more text than is wanted; what is beyond need not be written."""


class Writer:
    """Grows a text with its entities.

    Args:
        enough: how many code points are wanted; one more, and `Full` is raised.
    """

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._pieces: list[str] = []
        self._length = 0
        self._ink = 0
        self._gap = 0
        self._most_gap = PARAGRAPH
        self._space = False
        self._lead = ""
        self._open: list[_Mark] = []
        self._entities: list[Entity] = []
        self.indent = ""
        """What every line begins with."""

    def draft(self) -> Draft:
        """What was written."""
        for mark in reversed(self._open):
            self._keep(mark)
        self._open.clear()
        return Draft("".join(self._pieces), self._entities)

    @property
    def length(self) -> int:
        """How many code points were written."""
        return self._length

    @property
    def empty(self) -> bool:
        """Whether nothing was written yet."""
        return self._length == 0

    def inside(self, *kinds: str) -> bool:
        """Whether what is written now is marked as one of these."""
        return any(mark.kind in kinds for mark in self._open)

    def gap(self, lines: int) -> None:
        """Ends the line; what comes next stands so many lines below."""
        self._gap = max(self._gap, min(lines, self._most_gap))
        self._space = False

    def tight(self) -> None:
        """Lets what comes next begin on a new line, whatever distance it would keep by itself."""
        self.gap(LINE)
        self._most_gap = LINE

    def lead(self, sign: str) -> None:
        """What the next line begins with instead of the indent: a bullet."""
        self._lead = sign

    def words(self, text: str) -> None:
        """Text in which every run of white space is one space."""
        folded = _BLANKS.sub(" ", kept_text(text))
        if folded.startswith(" "):
            folded = folded[1:]
            self._space = self._space or not (self._gap or self.empty)
        if folded:
            self._begin()
            self._space = folded.endswith(" ")
            self._put(folded[:-1] if self._space else folded)

    def verbatim(self, text: str) -> None:
        """Text as it stands, lines and spaces and all."""
        self._begin()
        self._put(code_text(text))

    def line_break(self) -> None:
        """A line's end within a block."""
        self.gap(max(self._gap, LINE))

    def next_line(self) -> None:
        """A line's end in text whose lines count; of empty lines one stays."""
        self.gap(min(self._gap + 1, PARAGRAPH))

    def join(self, draft: Draft) -> None:
        """A draft that is finished."""
        if draft.text:
            self._begin()
            self._entities += [
                Entity(one.kind, one.offset + self._length, one.length, one.value) for one in draft.entities
            ]
            self._put(draft.text)

    def begin(self, kind: str, value: str | None = None) -> None:
        """From here on, what is written is marked, unless the kind is empty; a mark begins with its first letter."""
        self._open.append(_Mark(kind, value))

    def end(self) -> None:
        """Ends the mark that was begun last."""
        self._keep(self._open.pop())

    def _begin(self) -> None:
        if self._gap and not self.empty:
            self._put("\n" * self._gap)
        if self._gap or self.empty:
            self._put(self._lead or self.indent)
            self._lead = ""
        elif self._space:
            self._put(" ")
        self._gap, self._space, self._most_gap = 0, False, PARAGRAPH
        for mark in self._open:
            if mark.begin is None:
                mark.begin = self._length

    def _put(self, text: str) -> None:
        if not text:
            return
        self._pieces.append(text)
        self._length += len(text)
        if not text.isspace():
            self._ink = self._length
        if self._length > self._enough:
            raise Full

    def _keep(self, mark: _Mark) -> None:
        if mark.kind and mark.begin is not None and self._ink > mark.begin:
            self._entities.append(Entity(mark.kind, mark.begin, self._ink - mark.begin, mark.value))


class _Mark:
    __slots__ = ("begin", "kind", "value")

    def __init__(self, kind: str, value: str | None) -> None:
        self.kind = kind
        self.value = value
        self.begin: int | None = None


def code_text(text: str) -> str:
    """Text as code can hold it: no tabs, and no space at its beginning, which the server would leave outside."""
    shown = dedent(kept_text(text).expandtabs(TAB))
    ink = shown.lstrip(" ")
    return "\u00a0" * (len(shown) - len(ink)) + ink
