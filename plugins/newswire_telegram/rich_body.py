"""A body in the HTML of rich messages: what the server's dialect knows, and within its bounds. Pure.

The dialect: headings, paragraphs, lists, tables with inline content in their cells, quotes, code, details, figures,
pictures as blocks of their own; at most 16 levels, 20 columns and 50 pictures (Bot API 10.1).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar

from newswire.api import Element
from newswire_telegram.cutting import ELLIPSIS, fit
from newswire_telegram.draft import kept_text
from newswire_telegram.links import linkable, mail_address
from newswire_telegram.lists import task
from newswire_telegram.tables import captions_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_INLINE = {
    **{name: name for name in ("b", "i", "u", "s", "code", "sub", "sup", "mark")},
    "strong": "b",
    "em": "i",
    "ins": "u",
    "del": "s",
    "kbd": "code",
    "samp": "code",
    "var": "code",
    "cite": "i",
    "dfn": "i",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | set(
    "blockquote caption dd details div dl dt figcaption figure hr img li ol p pre summary table ul".split()
)
_DEEPEST = 12
_DEEPEST_INLINE = 3
_MOST_COLUMNS = 20
_PICTURE = "🖼"


def tag(name: str, inside: str, attributes: str = "") -> str:
    """An element; nothing where nothing is in it."""
    return f"<{name}{attributes}>{inside}</{name}>" if inside else ""


def paragraph(inside: str) -> str:
    """A paragraph; nothing where nothing is in it."""
    return tag("p", inside.strip())


class RichBody:
    """Writes one body, as much of it as there may be.

    Args:
        characters: code points of its text.
        blocks: blocks, list items and table rows.
        pictures: pictures; further ones are links.
    """

    def __init__(self, characters: int, blocks: int, pictures: int) -> None:
        self._characters = characters
        self._blocks = blocks
        self._pictures = pictures

    def html(self, nodes: Iterable[Element | str]) -> str:
        """The blocks of a body; an ellipsis ends it where there was no room for all."""
        made = "".join(self._written(nodes, 0))
        return made if self._open else made + paragraph(ELLIPSIS)

    @property
    def _open(self) -> bool:
        return self._characters > 0 and self._blocks > 0

    def _written(self, nodes: Iterable[Element | str], depth: int) -> Iterator[str]:
        """Blocks; what is inline among them becomes paragraphs."""
        run: list[Element | str] = []
        for node in nodes:
            if not self._open:
                break
            if isinstance(node, Element) and (node.tag in _BLOCKS or _has_blocks(node)):
                yield from self._paragraph(run)
                run = []
                yield from self._block(node, depth)
            else:
                run.append(node)
        yield from self._paragraph(run)

    def _paragraph(self, nodes: list[Element | str], name: str = "p") -> Iterator[str]:
        if made := self._inline(nodes).strip():
            self._blocks -= 1
            yield tag(name, made)

    def _block(self, node: Element, depth: int) -> Iterator[str]:
        if node.tag in self._flat:
            yield from self._flat[node.tag](self, node)
        elif depth >= _DEEPEST:
            yield from self._paragraph([node.text()])
        elif node.tag in self._nested:
            yield self._nested[node.tag](self, node, depth)
        elif node.tag == "table":
            yield from self._table(node, depth)
        else:
            yield from self._written(node.children, depth + 1)

    def _heading(self, node: Element) -> Iterator[str]:
        yield from self._paragraph(list(node.children), node.tag)

    def _term(self, node: Element) -> Iterator[str]:
        yield from self._paragraph([Element("b", {}, node.children)])

    def _rule(self, node: Element) -> Iterator[str]:
        del node
        self._blocks -= 1
        yield "<hr>"

    def _quote(self, node: Element, depth: int) -> str:
        return tag("blockquote", "".join(self._written(node.children, depth + 1)))

    def _figure(self, node: Element, depth: int) -> str:
        caption = next(node.find("figcaption"), None)
        rest = [child for child in node.children if child is not caption]
        inside = "".join(self._written(rest, depth + 1))
        told = tag("figcaption", self._inline(caption.children).strip()) if caption else ""
        # A figure holds one picture; what else authors put into one stands by itself.
        whole = inside.startswith("<img ") and inside.count("<") == 1
        return (
            tag("figure", inside + told)
            if whole
            else inside + tag("p", tag("i", told[len("<figcaption>") : -len("</figcaption>")]))
        )

    def _inline(self, nodes: Iterable[Element | str], *, within: frozenset[str] = frozenset()) -> str:
        return "".join(self._inline_piece(node, within) for node in nodes)

    def _inline_piece(self, node: Element | str, within: frozenset[str]) -> str:
        if isinstance(node, str):
            return escape(self._taken(kept_text(node)), quote=False)
        if node.tag == "br":
            return "<br>"
        if node.tag == "img":
            words = " ".join(node.attributes.get("alt", "").split())
            return self._link([f"{_PICTURE} {words}".strip()], node.attributes.get("src", ""), within)
        if node.tag == "a":
            return self._link(node.children, node.attributes.get("href", ""), within)
        name = _INLINE.get(node.tag)
        # Code holds no other style, and nothing lies in itself.
        if name is None or name in within or "code" in within or len(within) >= _DEEPEST_INLINE:
            return self._inline(node.children, within=within)
        return tag(name, self._inline(node.children, within=within | {name}))

    def _link(self, nodes: Iterable[Element | str], address: str, within: frozenset[str]) -> str:
        if "a" in within or "code" in within or not linkable(address):
            words = self._inline(nodes, within=within)
            mail = mail_address(address)
            return f"{words} ({escape(mail)})" if mail and mail not in words else words
        return tag("a", self._inline(nodes, within=within | {"a"}), f' href="{escape(address)}"')

    def _taken(self, text: str) -> str:
        if not self._open:
            return ""
        taken = fit(text, self._characters)
        self._characters -= len(text)
        return taken

    def _picture(self, node: Element) -> Iterator[str]:
        address, words = node.attributes.get("src", ""), " ".join(node.attributes.get("alt", "").split())
        if self._pictures and linkable(address):
            self._pictures -= 1
            self._blocks -= 1
            yield f'<img src="{escape(address)}" alt="{escape(words)}">'
        elif words:
            yield from self._paragraph([node_as_link(address, words)])

    def _code(self, node: Element) -> Iterator[str]:
        language = next((code.attributes.get("class", "") for code in node.find("code")), "")
        text = self._taken(kept_text(node.text()).strip("\n"))
        if text.strip():
            self._blocks -= 1
            inside = escape(text, quote=False)
            yield tag("pre", tag("code", inside, f' class="{escape(language)}"') if language else inside)

    def _list(self, node: Element, depth: int) -> str:
        items = []
        for item in node.children:
            if not isinstance(item, Element) or not self._open:
                continue
            self._blocks -= 1
            sign, children = task(item.children)
            inside = "".join(self._item((sign, *children) if sign else children, depth + 2))
            items.append(tag("li", inside))
        start = node.attributes.get("start", "")
        told = f' start="{start}"' if start.isdecimal() and node.tag == "ol" else ""
        told += " reversed" if "reversed" in node.attributes and node.tag == "ol" else ""
        return tag(node.tag, "".join(items), told)

    def _item(self, nodes: tuple[Element | str, ...], depth: int) -> Iterator[str]:
        if any(isinstance(node, Element) and (node.tag in _BLOCKS or _has_blocks(node)) for node in nodes):
            yield from self._written(nodes, depth)
        else:
            yield self._inline(nodes).strip()

    def _table(self, node: Element, depth: int) -> Iterator[str]:
        rows = [row for row in rows_of(node) if any(isinstance(cell, Element) for cell in row.children)]
        wide = any(sum(isinstance(cell, Element) for cell in row.children) > _MOST_COLUMNS for row in rows)
        if wide:
            for row in rows:
                yield from self._written((" ".join(row.text().split()),), depth + 1)
            return
        made = [tag("caption", self._inline(caption.children).strip()) for caption in captions_of(node)]
        for row in rows:
            if not self._open:
                break
            self._blocks -= 1
            cells = (cell for cell in row.children if isinstance(cell, Element))
            # A cell that is empty is a cell, too: without it the others would move.
            made.append("<tr>" + "".join(self._cell(cell) for cell in cells) + "</tr>")
        yield tag("table", "".join(made), " bordered")

    def _cell(self, cell: Element) -> str:
        told = "".join(
            f' {name}="{value}"'
            for name in ("colspan", "rowspan")
            if (value := cell.attributes.get(name, "")).isdecimal() and 1 < int(value[:4]) <= _MOST_COLUMNS
        )
        align = cell.attributes.get("align", "")
        told += f' align="{align}"' if align in {"left", "center", "right"} else ""
        return f"<{cell.tag}{told}>{self._inline(cell.children).strip()}</{cell.tag}>"

    def _details(self, node: Element, depth: int) -> str:
        first = next(node.find("summary"), None)
        summary = self._inline(first.children).strip() if first else ""
        rest = [child for child in node.children if child is not first]
        inside = "".join(self._written(rest, depth + 1))
        self._blocks -= 1
        return tag("details", tag("summary", summary or ELLIPSIS) + inside) if inside else tag("p", summary)

    _flat: ClassVar[dict[str, Callable[[RichBody, Element], Iterator[str]]]] = {
        **dict.fromkeys(_HEADINGS, _heading),
        **dict.fromkeys(("dt", "caption", "figcaption"), _term),
        "img": _picture,
        "hr": _rule,
        "pre": _code,
    }
    _nested: ClassVar[dict[str, Callable[[RichBody, Element, int], str]]] = {
        "ul": _list,
        "ol": _list,
        "blockquote": _quote,
        "details": _details,
        "figure": _figure,
    }


def node_as_link(address: str, words: str) -> Element:
    """A picture as a link to it."""
    return Element("a", {"href": address}, (f"{_PICTURE} {words}",))


def _has_blocks(node: Element) -> bool:
    """Whether an inline element holds blocks, such as a link around a picture in a paragraph of its own."""
    return any(True for _ in node.find(*_BLOCKS - {"img"}))
