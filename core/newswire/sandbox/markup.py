"""A message's text and entities as HTML that is safe to show.

Everything is escaped; a link is a link only with a scheme that does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from newswire.sandbox.telegram.forms import all_entities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newswire.sandbox.telegram.text import Formatted

_TAGS = {
    "bold": ("<strong>", "</strong>"),
    "italic": ("<em>", "</em>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "hashtag": ('<span class="tag">', "</span>"),
    "mention": ('<span class="tag">', "</span>"),
}
_SAFE = ("http://", "https://", "tg://")


def is_safe(url: str) -> bool:
    """Say whether a URL may stand in a link."""
    return url.lower().startswith(_SAFE)


def link(url: str) -> Markup:
    """Begin a link; to nowhere when its scheme is not safe."""
    if not is_safe(url):
        return Markup("<a>")
    return Markup('<a href="{}" rel="nofollow noopener noreferrer" target="_blank">').format(url)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, in code points, and the HTML around it."""

    begin: int
    end: int
    opening: str
    closing: str


def nested(text: str, spans: Iterable[Span]) -> Markup:
    """Write a text with its spans as HTML; line breaks are left to the style sheet.

    Args:
        text: All of it; it is escaped.
        spans: In order, the longer first where they begin together; of two that cross each other the first.
    """
    pieces: list[str] = []
    open_ones: list[Span] = []
    at = 0

    def close_until(place: int) -> None:
        nonlocal at
        while open_ones and open_ones[-1].end <= place:
            ended = open_ones.pop()
            pieces.extend([str(escape(text[at : ended.end])), ended.closing])
            at = ended.end

    for span in spans:
        close_until(span.begin)
        if open_ones and span.end > open_ones[-1].end:
            continue
        pieces.extend([str(escape(text[at : span.begin])), span.opening])
        at = span.begin
        open_ones.append(span)
    close_until(len(text))
    pieces.append(str(escape(text[at:])))
    return Markup("".join(pieces))  # noqa: S704 - every piece of text above is escaped


def marked(begin: int, end: int, kind: str, url: str = "") -> Span:
    """Give a stretch the look of its kind, in the words of the Bot API (`bold`, `text_link`)."""
    if kind in ("text_link", "url"):
        return Span(begin, end, str(link(url)), "</a>")
    return Span(begin, end, *_TAGS.get(kind, ("<span>", "</span>")))


def message_html(content: Formatted) -> Markup:
    """Write a message's text with its entities as HTML; of those the server found itself none that crosses another."""
    units = [at for at, letter in enumerate(content.text) for _ in range(1 + (letter > "\uffff"))]
    units.append(len(content.text))
    spans = []
    for entity in all_entities(content):
        begin, end = units[entity.offset], units[min(entity.end, len(units) - 1)]
        spans.append(marked(begin, end, entity.type, entity.url or content.text[begin:end]))
    return nested(content.text, spans)
