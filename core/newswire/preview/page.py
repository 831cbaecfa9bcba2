"""The preview as a page that looks like the platforms: one file, which needs nothing from anywhere but its pictures.

Posts are drawn as the sandbox's wall draws them. What the page shows is treated as hostile: everything is escaped,
links and pictures are those of the web only, and the page may load nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from newswire.sandbox.markup import marked, nested
from newswire.sandbox.shown import Picture, Post, card_of
from newswire.sandbox.telegram.rich import rich_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newswire.appearance import Appearance
    from newswire.post import Media
    from newswire.preview.previews import Preview, Subject
    from newswire.sandbox.markup import Span

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'"
"""The page's Content-Security-Policy, which it also says itself."""
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
"""What a server should send with it."""
# The words that the wall's style sheet has for kinds of marks.
_KINDS = {"link": "text_link", "quote": "blockquote", "expandable_quote": "expandable_blockquote"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a channel would post, ready to be shown."""

    anchor: str
    preview: Preview
    posts: Sequence[Post]


def page(subject: Subject, found: Sequence[Preview]) -> str:
    """The page of an article's previews: first the channels that take it, then why others do not.

    Args:
        subject: the article.
        found: what channels would post of it.
    """
    content = subject.article.content
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader("newswire.preview", "."), jinja2.PackageLoader("newswire.sandbox", ".")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["web"] = _web
    return environment.get_template("page.html").render(
        policy=POLICY,
        article=subject.article,
        before=subject.before,
        title=content.original.title,
        language=content.original_language,
        sections=[_section(number, one) for number, one in enumerate(found, 1) if one.matches],
        others=[one for one in found if not one.matches],
    )


def _section(number: int, preview: Preview) -> Section:
    anchor = f"channel-{number}"
    posts = [_post(f"{anchor}-{place}", one) for place, one in enumerate(preview.appearances, 1)]
    return Section(anchor=anchor, preview=preview, posts=posts)


def _post(anchor: str, one: Appearance) -> Post:
    length = f"{one.length} of {one.longest}" if one.length is not None and one.longest is not None else None
    card = one.card
    return Post(
        anchor=anchor,
        html=_html(one),
        language=one.language,
        direction=one.direction or "auto",
        warning=one.warning,
        marks=(*one.notes, *([length] if length else [])),
        card=card_of(card.url, large=card.large, above=card.above) if card is not None else None,
        pictures=tuple(map(_picture, one.media)),
        pictures_first=not one.media_below,
        buttons=tuple(tuple((button.text, _web(button.url)) for button in row) for row in one.buttons),
    )


def _html(one: Appearance) -> Markup:
    if one.html is not None:
        return Markup(rich_html(one.html, pictures=True))  # noqa: S704  # nh3 cleans it
    return nested(one.text, _spans(one))


def _spans(one: Appearance) -> Iterator[Span]:
    whole = range(len(one.text) + 1)
    for entity in sorted(one.entities, key=lambda entity: (entity.offset, -entity.length)):
        begin, end = entity.offset, entity.offset + entity.length
        if begin in whole and end in whole and begin < end:
            yield marked(begin, end, _KINDS.get(entity.kind, entity.kind), _web(entity.value or ""))


def _picture(media: Media) -> Picture:
    return Picture(url=media.url, alt=media.alt, shown=media.url.lower().startswith("https://"))


def _web(address: str | None) -> str:
    """The address, if it is one of the web."""
    try:
        return address if address and urlsplit(address).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
