"""Elements written as blocks of text: headings, lists, quotes, code, tables, links, pictures. Pure.

Telegram knows marked stretches of one text and nothing else: no headings, no lists, no tables, and quotes in one level
only. So a heading is a bold line, a list has bullets and indents of its own, an inner quote becomes part of the outer
one, and a picture is a link to it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Literal

from newswire.api import Element
from newswire_telegram.links import linkable, mail_address
from newswire_telegram.lists import bullet, numbers, task
from newswire_telegram.tables import read_table, table_draft
from newswire_telegram.writer import LINE, PARAGRAPH, Full, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newswire_telegram.draft import Draft

_STYLES = {
    **dict.fromkeys(("strong", "b"), "bold"),
    **dict.fromkeys(("em", "i", "cite", "dfn"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "del"), "strikethrough"),
    **dict.fromkeys(("code", "kbd", "samp", "var"), "code"),
}
_PARAGRAPHS: dict[str, tuple[int, str | None]] = {
    **dict.fromkeys(("p", "div", "figure", "dl"), (PARAGRAPH, None)),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), (PARAGRAPH, "bold")),
    **dict.fromkeys(("dt", "summary", "caption"), (LINE, "bold")),
    "figcaption": (LINE, "italic"),
}
_INDENT = "\u2003"
_PICTURE = "🖼"
_RULE = "———"
# Deeper than anything a reader could make sense of; a body that lies deeper loses its marks there, not its words.
_DEEPEST = 40
_CELL_ROOM = 1000


class Blocks:
    """Writes elements.

    Args:
        writer: takes the text.
        direction: the writing direction of the language.
        depth: how deep the elements lie already.
    """

    def __init__(self, writer: Writer, direction: Literal["ltr", "rtl"], depth: int = 0) -> None:
        self._writer = writer
        self._direction = direction
        self._lists = 0
        self._depth = depth

    def write(self, nodes: Iterable[Element | str]) -> None:
        """Writes elements and text.

        Raises:
            Full: there is more than the writer wants.
        """
        for node in nodes:
            if isinstance(node, str):
                self._writer.words(node)
            elif self._depth == _DEEPEST:
                self._writer.words(node.text())
            else:
                self._depth += 1
                self._element(node)
                self._depth -= 1

    def _element(self, node: Element) -> None:
        tag = node.tag
        if tag in _STYLES:
            self._styled(_STYLES[tag], node)
        elif tag in _PARAGRAPHS:
            self._block(node, *_PARAGRAPHS[tag])
        elif tag in self._others:
            self._others[tag](self, node)
        else:
            self.write(node.children)

    def _block(self, node: Element, lines: int, kind: str | None = None) -> None:
        lines = LINE if self._lists else lines
        self._writer.gap(lines)
        if kind is None or self._writer.inside("pre", "code"):
            self.write(node.children)
        else:
            self._styled(kind, node)
        self._writer.gap(lines)

    def _styled(self, kind: str, node: Element) -> None:
        if self._writer.inside(kind, "pre", "code") or (kind == "code" and self._writer.inside("link")):
            self.write(node.children)
            return
        self._writer.begin(kind)
        self.write(node.children)
        self._writer.end()

    def _between(self, begin: str, node: Element, end: str) -> None:
        self._writer.words(begin)
        self.write(node.children)
        self._writer.words(end)

    def _quoted(self, node: Element) -> None:
        self._between("“", node, "”")

    def _reading(self, node: Element) -> None:
        """What stands above the signs it tells how to read (``rt``), with parentheses of our own."""
        self._between("(", node, ")")

    def _nothing(self, node: Element) -> None:
        """What only fallbacks need: the parentheses of ``rp``."""

    def _break(self, node: Element) -> None:
        del node
        self._writer.line_break()

    def _rule(self, node: Element) -> None:
        del node
        self._writer.gap(PARAGRAPH)
        self._writer.words(_RULE)
        self._writer.gap(PARAGRAPH)

    def _blockquote(self, node: Element) -> None:
        self._quote(node.children, "quote")

    def _link(self, node: Element) -> None:
        address = node.attributes.get("href", "")
        if self._writer.inside("link", "pre", "code") or not linkable(address):
            self.write(node.children)
            mail = mail_address(address)
            if mail and mail not in node.text():
                self._writer.words(f" ({mail})")
            return
        self._writer.begin("link", address)
        self.write(node.children)
        self._writer.end()

    def _picture(self, node: Element) -> None:
        address, words = node.attributes.get("src", ""), " ".join(node.attributes.get("alt", "").split())
        shown = f"{_PICTURE} {words}" if words else _PICTURE
        if self._writer.inside("link", "pre", "code") or not linkable(address):
            if words or self._writer.inside("link"):
                self._writer.words(shown)
            return
        self._writer.begin("link", address)
        self._writer.words(shown)
        self._writer.end()

    def _list(self, node: Element) -> None:
        writer = self._writer
        writer.gap(LINE if self._lists else PARAGRAPH)
        number, step = numbers(node)
        outer = writer.indent
        for item in node.children:
            if not isinstance(item, Element):
                continue
            writer.indent = outer
            sign, children = task(item.children)
            if not sign:
                sign = f"{number}. " if node.tag == "ol" else bullet(self._lists)
            number += step
            writer.gap(LINE)
            writer.lead(outer + sign)
            self._lists += 1
            writer.indent = outer + _INDENT
            self.write(children)
            self._lists -= 1
        writer.indent = outer
        writer.lead("")
        writer.gap(LINE if self._lists else PARAGRAPH)

    def _described(self, node: Element) -> None:
        outer = self._writer.indent
        self._writer.indent = outer + _INDENT
        self._block(node, LINE)
        self._writer.indent = outer

    def _code(self, node: Element) -> None:
        language = next((code.attributes.get("class", "") for code in node.find("code")), "").removeprefix("language-")
        text = node.text().strip("\n").rstrip()
        if not text.strip():
            return
        outer, self._writer.indent = self._writer.indent, ""
        lines = LINE if self._lists else PARAGRAPH
        self._writer.gap(lines)
        # Within a link or other code it can be no block of its own.
        plain = self._writer.inside("link", "pre", "code")
        if not plain:
            self._writer.begin("pre", language or None)
        self._writer.verbatim(text)
        if not plain:
            self._writer.end()
        self._writer.indent = outer
        self._writer.gap(lines)

    def _quote(self, nodes: Iterable[Element | str], kind: str) -> None:
        writer = self._writer
        nested = writer.inside("quote", "expandable_quote", "link", "pre", "code")
        outer, lists = writer.indent, self._lists
        writer.gap(LINE if lists or nested else PARAGRAPH)
        if nested:
            self.write(nodes)
        else:
            writer.indent, self._lists = "", 0
            writer.begin(kind)
            self.write(nodes)
            writer.end()
            writer.indent, self._lists = outer, lists
        writer.gap(LINE if lists or nested else PARAGRAPH)

    def _details(self, node: Element) -> None:
        self._writer.gap(PARAGRAPH)
        self.write(child for child in node.children if _is(child, "summary"))
        self._writer.tight()
        self._quote([child for child in node.children if not _is(child, "summary")], "expandable_quote")

    def _table(self, node: Element) -> None:
        lines = LINE if self._lists else PARAGRAPH
        table = read_table(node)
        self._writer.gap(lines)
        for caption in table.captions:
            self._block(caption, LINE, "bold")
            self._writer.tight()
        draft = table_draft(
            table,
            cell=self._cell,
            aligned=self._direction == "ltr" and not self._writer.inside("link", "pre", "code"),
        )
        self._writer.join(draft)
        self._writer.gap(lines)

    def _cell(self, nodes: Iterable[Element | str]) -> Draft:
        writer = Writer(_CELL_ROOM)
        with suppress(Full):
            Blocks(writer, self._direction, self._depth).write(nodes)
        return writer.draft().cut(_CELL_ROOM)

    _others: ClassVar[dict[str, Callable[[Blocks, Element], None]]] = {
        "a": _link,
        "br": _break,
        "img": _picture,
        "ul": _list,
        "ol": _list,
        "pre": _code,
        "blockquote": _blockquote,
        "table": _table,
        "hr": _rule,
        "details": _details,
        "dd": _described,
        "q": _quoted,
        "rt": _reading,
        "rp": _nothing,
    }


def _is(node: Element | str, tag: str) -> bool:
    return isinstance(node, Element) and node.tag == tag
