"""Whether a translated body has the structure of the original: the same blocks, links, pictures, code. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from newswire.api import parse_body

if TYPE_CHECKING:
    from newswire.api import Element

_NOWHERE = "https://invalid.invalid/"
_INLINE = frozenset(
    "a abbr b br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup time u "
    "var".split()
)
_VERBATIM = frozenset({"code", "pre", "kbd", "samp", "var"})
_WORDS = frozenset({"alt"})
"""Attributes that are translated."""


def difference(original: str, translated: str, form: Literal["markdown", "html"]) -> str | None:
    """What a translated body has otherwise than the original; None where it has the same.

    Both are read as readers get them: as the HTML that is made of them.
    """
    before, after = (_skeleton(parse_body(text, form, base_url=_NOWHERE)) for text in (original, translated))
    return _first_difference(before, after)


def _skeleton(element: Element) -> tuple[Any, ...]:
    """An element without its words: blocks in order, what is in a line in no order, for other grammars have another."""
    blocks: list[tuple[Any, ...]] = []
    inline: list[tuple[Any, ...]] = []
    for child in element.children:
        if not isinstance(child, str):
            (inline if child.tag in _INLINE else blocks).append(_skeleton(child))
    attributes = tuple(sorted((name, value) for name, value in element.attributes.items() if name not in _WORDS))
    words = element.text() if element.tag in _VERBATIM else ""
    return element.tag, attributes, tuple(blocks), tuple(sorted(inline, key=repr)), words


def _first_difference(before: tuple[Any, ...], after: tuple[Any, ...]) -> str | None:
    if before == after:
        return None
    if before[0] != after[0]:
        return f"a {before[0]} has become a {after[0]}"
    place = f"in a {before[0]}" if before[0] else "in the body"
    if len(before[2]) != len(after[2]):
        return f"{place} there are {len(after[2])} blocks, not {len(before[2])}"
    for one, other in zip(before[2], after[2], strict=True):
        found = _first_difference(one, other)
        if found is not None:
            return found
    if before[3] != after[3]:
        lost = [part[0] for part in before[3] if part not in after[3]]
        return f"{place} a {lost[0]} is lost" if lost else f"{place} there is something that was not there"
    return f"{place} code or an attribute has changed"
