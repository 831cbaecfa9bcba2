"""A message's text and entities as HTML that is safe to show.

Everything is escaped; a link is a link only with a scheme that does no harm.
"""

from markupsafe import Markup, escape

from newswire.sandbox.telegram.forms import all_entities
from newswire.sandbox.telegram.text import Entity, Formatted

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


def message_html(content: Formatted) -> Markup:
    """Write a text with its entities, which nest properly, as HTML; line breaks are left to the style sheet."""
    units = content.text.encode("utf-16-le", "surrogatepass")

    def text(begin: int, end: int) -> str:
        return units[2 * begin : 2 * end].decode("utf-16-le", "replace")

    pieces: list[str] = []
    open_ones: list[Entity] = []
    at = 0

    def close_until(place: int) -> None:
        nonlocal at
        while open_ones and open_ones[-1].end <= place:
            ended = open_ones.pop()
            pieces.extend([str(escape(text(at, ended.end))), _end(ended)])
            at = ended.end

    for entity in all_entities(content):
        close_until(entity.offset)
        if open_ones and entity.end > open_ones[-1].end:
            continue  # one the server found by itself and that crosses another
        pieces.extend([str(escape(text(at, entity.offset))), _begin(entity, text(entity.offset, entity.end))])
        at = entity.offset
        open_ones.append(entity)
    close_until(len(units))
    pieces.append(str(escape(text(at, len(units) // 2))))
    return Markup("".join(pieces))  # noqa: S704 - every piece of text above is escaped


def _begin(entity: Entity, covered: str) -> str:
    if entity.type in ("text_link", "url"):
        return str(link(entity.url or covered))
    return _TAGS.get(entity.type, ("<span>", ""))[0]


def _end(entity: Entity) -> str:
    if entity.type in ("text_link", "url"):
        return "</a>"
    return _TAGS.get(entity.type, ("", "</span>"))[1]
