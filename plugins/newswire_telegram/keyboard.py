"""The buttons below a post: rows of links. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from newswire.api import language_name, shorten
from newswire_telegram.draft import kept_line
from newswire_telegram.links import linkable
from newswire_telegram.tables import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newswire.api import Story
    from newswire_telegram.message import Button

ButtonKind = Literal["read", "source", "related", "languages", "translate"]
"""``read``: the article's page; ``source``: where the story came from; ``related``: related articles, one a row;
``languages``: the article in its other languages; ``translate``: the page at which a translation can be asked for,
where the text fell back to another language."""
BUTTON_KINDS: tuple[ButtonKind, ...] = get_args(ButtonKind)

# TDLib takes 8 buttons a row and 100 in all; these are far below, as a keyboard that hides the post helps nobody.
_MOST_RELATED = 3
_MOST_LANGUAGES = 12
_MOST_IN_ROW = 4
_ROW_WIDTH = 32
_LONGEST_LABEL = 40


def keyboard(story: Story, wanted: Sequence[ButtonKind]) -> list[list[Button]]:
    """Rows of buttons; those without an address that Telegram takes are left out, and so are empty rows."""
    first: list[Button] = []
    rows: list[list[Button]] = []
    for kind in wanted:
        if kind == "read":
            first += _button(story.phrase("read_more"), story.url)
        elif kind == "source" and story.source is not None:
            first += _button(story.source.name, story.source.url)
        elif kind == "related":
            rows += [row for link in story.related if (row := _button(link.title, link.url))][:_MOST_RELATED]
        elif kind == "translate":
            words = language_name(story.reader_language, story.reader_language)
            rows += [row for row in (_button(story.phrase("read_in", language=words), story.ask_url),) if row]
        elif kind == "languages":
            names = [button for link in story.alternates for button in _button(link.title, link.url)]
            rows += _in_rows(names[:_MOST_LANGUAGES])
    return [*_in_rows(first), *rows]


def _button(words: str, address: str | None) -> list[Button]:
    label = shorten(kept_line(" ".join(words.split())), _LONGEST_LABEL)
    return [{"text": label, "url": address}] if label and address and linkable(address) else []


def _in_rows(buttons: Iterable[Button]) -> list[list[Button]]:
    """As many in a row as can be read side by side."""
    rows: list[list[Button]] = []
    used = 0
    for button in buttons:
        taken = width(button["text"]) + 2
        if not rows or used + taken > _ROW_WIDTH or len(rows[-1]) == _MOST_IN_ROW:
            rows.append([])
            used = 0
        rows[-1].append(button)
        used += taken
    return rows
