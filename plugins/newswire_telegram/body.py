"""The body of an article as a draft, as much of it as a message has room for. Pure."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from newswire.api import Element, parse_body
from newswire_telegram.blocks import Blocks
from newswire_telegram.directions import directed
from newswire_telegram.message import TEXT_LIMIT
from newswire_telegram.writer import Full, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire_telegram.draft import Draft

# A draft is rendered with some text to spare, for the cut to find a good end.
_TO_SPARE = 64


@lru_cache(maxsize=64)
def body_draft(text: str, form: str, *, base_url: str, direction: Literal["ltr", "rtl"], skip_title: str = "") -> Draft:
    """As much of a body as a message has room for, and no more of it is read; do not change what you are given.

    The last ones are remembered, since many channels carry the same article.

    Args:
        text: the body.
        form: ``markdown`` or ``html``.
        base_url: what relative links are relative to.
        direction: the writing direction of its language.
        skip_title: a first heading of these words is left out.
    """
    root = parse_body(text, "html" if form == "html" else "markdown", base_url=base_url)
    return elements_draft(without_title(root, skip_title), direction=direction, room=TEXT_LIMIT)


def elements_draft(nodes: Iterable[Element | str], *, direction: Literal["ltr", "rtl"], room: int) -> Draft:
    """As much of some elements as has room."""
    writer = Writer(room + _TO_SPARE)
    with suppress(Full):
        Blocks(writer, direction).write(nodes)
    return directed(writer.draft(), direction).cut(room)


def without_title(root: Element, title: str) -> tuple[Element | str, ...]:
    """What is in a body, without a first heading that only repeats the title."""
    for place, child in enumerate(root.children):
        if isinstance(child, Element):
            same = child.tag in {"h1", "h2"} and " ".join(child.text().split()).casefold() == title.casefold()
            return root.children[place + 1 :] if same else root.children
        if child.strip():
            break
    return root.children
