"""From a story to title and text, in what the service takes and as long as it takes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from newswire.api import Post, Story, graphemes, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire_apprise.service import Form, Limits

# CommonMark 0.31, 2.4: any ASCII punctuation may be escaped; these are those that mean something within a line, and
# those that do at its beginning.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#&!])|^(\s*)([-+=])|^(\s*\d+)([.)])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pen:
    """How one form is written."""

    plain: Callable[[str], str]
    bold: Callable[[str], str]
    link: Callable[[str, str], str]
    """An address, and words that lead to it."""
    entry: Callable[[str, str], str]
    """An entry of a list: a title and an address."""
    line: str
    """What ends a line."""


def _in_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda found: "".join(_escaped(part) for part in found.groups() if part), text)


def _escaped(part: str) -> str:
    return part if part.isspace() or part.strip().isdigit() else f"\\{part}"


def _address(url: str) -> str:
    return re.sub(r"[<>()\\ \"]", lambda found: f"%{ord(found[0]):02X}", url)


PENS: dict[str, Pen] = {
    "text": Pen(str, str, lambda _, url: url, lambda title, url: f"• {title}\n{url}", "\n"),
    "markdown": Pen(
        _in_markdown,
        lambda text: f"**{_in_markdown(text)}**",
        lambda words, url: f"[{_in_markdown(words)}]({_address(url)})",
        lambda title, url: f"- [{_in_markdown(title)}]({_address(url)})",
        "\n",
    ),
    "html": Pen(
        lambda text: escape(text).replace("\n", "<br/>"),
        lambda text: f"<b>{escape(text)}</b>",
        lambda words, url: f'<a href="{escape(url)}">{escape(words)}</a>',
        lambda title, url: f'• <a href="{escape(url)}">{escape(title)}</a>',
        "<br/>",
    ),
}


def compose(story: Story, form: Form, limits: Limits) -> Post:
    """Title, summary, what readers must be told of the language, the source, the address.

    Args:
        story: the story.
        form: what it is written in.
        limits: what the service takes.
    """
    pen = PENS[form]
    title = one_line(story.title)
    head = cut(title, str, limits.title) if limits.title else ""
    room = limits.body - (len(head) + 2 if limits.together else 0)
    above = [] if limits.title else [pen.bold(shorten(title, max(room // 2, 1)))]
    below = _below(story, pen)
    body = _body(above, _summary(story, pen), below, pen, room)
    return Post(text=f"{head}\n\n{body}" if head else body, language=story.language, link=story.url, details={
        "title": head, "body": body, "form": form,
    })  # fmt: skip


def _below(story: Story, pen: Pen) -> list[str]:
    source = f"{story.phrase('source')}: {story.source.name}" if story.source else ""
    return [
        *([pen.plain(story.notice)] if story.notice else []),
        *([pen.plain(source)] if source else []),
        *([] if story.digest else [pen.link(story.phrase("read_more"), story.url)]),
    ]


def _summary(story: Story, pen: Pen) -> Callable[[int], str]:
    """Gives the middle part at a length: of an article so many characters, of a digest so many articles."""
    if story.digest:
        items = [pen.entry(one_line(one.title), one.url) for one in story.digest]
        return lambda length: pen.line.join(items[:length])
    return lambda length: pen.plain(shorten(story.summary, length))


def _body(above: list[str], middle: Callable[[int], str], below: list[str], pen: Pen, room: int) -> str:
    """All of it, with as much of the middle as fits; where even the rest does not fit, less of that."""

    def whole(length: int) -> str:
        return f"{pen.line}{pen.line}".join(part for part in (*above, middle(length), *below) if part)

    while below and len(whole(0)) > room:
        below = below[1:]
    return whole(longest(lambda length: len(whole(length)), room))


def longest(measure: Callable[[int], int], room: int, most: int = 20_000) -> int:
    """The greatest length whose result has room; the measure rises with the length."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if measure(middle) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def cut(text: str, write: Callable[[str], str], room: int) -> str:
    """Text that has room once it is written: services count code points, readers graphemes."""
    return write(shorten(text, longest(lambda length: len(write(shorten(text, length))), room, len(graphemes(text)))))
