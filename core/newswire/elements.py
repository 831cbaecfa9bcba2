"""A body as a tree of elements, for renderers that make no HTML of it.

The tree is that of the HTML which feeds get, from the same parse and through the same gate (`newswire.markup`). So
raw HTML within Markdown, which more than half of real articles have, needs no second set of rules, every address in it
is absolute, and what is in no feed can be in no post either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from newswire.markup import to_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newswire.markup import Format

# What nh3 writes is the output of a serializer (HTML Standard, 13.3): tags are balanced, attributes have double quotes.
_PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z-]+=\"[^\"]*\")*)>|([^<]+)")
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
_EMPTY = frozenset({"br", "hr", "img", "col"})


@dataclass(frozen=True, slots=True)
class Element:
    """An element and what is in it."""

    tag: str
    """In small letters; the root has none."""
    attributes: Mapping[str, str]
    """By name; only those that the gate for HTML lets through."""
    children: tuple[Element | str, ...] = ()
    """Elements and text; in text, references are resolved and white space is as it was written."""

    def text(self) -> str:
        """All text in it, one piece behind the other."""
        return "".join(self.texts())

    def texts(self) -> Iterator[str]:
        """The pieces of text in it, in order."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child.texts()

    def find(self, *tags: str) -> Iterator[Element]:
        """The elements of these tags within it, in order, itself left out."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.find(*tags)


def to_elements(text: str, form: Format, *, base_url: str) -> Element:
    """The tree of a body.

    Args:
        text: the body.
        form: what it is written in.
        base_url: what relative addresses in it are relative to.

    Returns:
        The root: an element without a tag that holds the whole body.
    """
    open_children: list[list[Element | str]] = [[]]
    open_tags: list[tuple[str, dict[str, str]]] = []
    for found in _PIECE.finditer(to_html(text, form, base_url=base_url)):
        closes, tag, attributes, words = found.groups()
        if words is not None:
            open_children[-1].append(unescape(words))
        elif not closes:
            read = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)} if attributes else {}
            if tag in _EMPTY:
                open_children[-1].append(Element(tag, read))
            else:
                open_tags.append((tag, read))
                open_children.append([])
        elif open_tags and open_tags[-1][0] == tag:
            inside = tuple(open_children.pop())
            open_children[-1].append(Element(*open_tags.pop(), inside))
    while open_tags:
        inside = tuple(open_children.pop())
        open_children[-1].append(Element(*open_tags.pop(), inside))
    return Element("", {}, tuple(open_children[0]))
