"""Rich messages: the article with its headings, lists, tables and pictures (Bot API 10.1, sendRichMessage). Pure.

The server refuses what its dialect of HTML does not know. So what is written here is written tag by tag from the tree
of the body: pictures stand by themselves, table cells hold no blocks, nothing lies too deep, every text is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newswire.api import parse_body
from newswire_telegram import parts
from newswire_telegram.body import without_title
from newswire_telegram.draft import kept_text
from newswire_telegram.links import linkable
from newswire_telegram.message import TEXT_LIMIT
from newswire_telegram.rich_body import RichBody, paragraph, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.api import Story
    from newswire_telegram.message import RichMessage

# Bot API 10.1: 32,768 characters and 500 blocks, of which list items and table rows are some. What stands around the
# body has room beside these.
_BODY_CHARACTERS = 28_000
_BODY_BLOCKS = 400
_BODY_PICTURES = 40
_MOST_QUESTIONS = 20
_MOST_RELATED = 10
_QUESTION_CHARACTERS = 2_000


def rich_message(story: Story, hashtags: int) -> RichMessage:
    """The rich message of a story: as much of it as there may be, and the link to the page in any case.

    Args:
        story: the story.
        hashtags: at most so many of them.
    """
    way = story.direction if story.body is None else story.body_direction
    return {"html": "".join(_blocks(story, hashtags)), "is_rtl": way == "rtl"}


def _blocks(story: Story, hashtags: int) -> Iterator[str]:
    yield tag("h1", escape(kept_text(story.title)))
    yield paragraph(escape(parts.byline(story, TEXT_LIMIT).text))
    if story.notice:
        yield paragraph(tag("i", escape(kept_text(story.notice))))
    if story.image and linkable(story.image.url):
        yield picture(story.image.url, story.image.alt)
    if story.summary:
        yield paragraph(tag("b", escape(kept_text(story.summary))))
    if story.body is not None:
        yield _text(story, story.body, story.body_format, _BODY_CHARACTERS, _BODY_BLOCKS)
    yield from _questions(story)
    if story.related:
        yield tag("h2", escape(story.phrase("related")))
        items = (_linked(kept_text(link.title), link.url) for link in story.related[:_MOST_RELATED])
        yield tag("ul", "".join(tag("li", item) for item in items))
    if names := [_linked(link.title, link.url) for link in story.alternates]:
        yield paragraph(escape(parts.labelled(story, "other_languages")) + " · ".join(names))
    if story.source:
        yield paragraph(escape(parts.labelled(story, "source")) + _linked(story.source.name, story.source.url))
    yield paragraph(escape(parts.tags(story, hashtags, TEXT_LIMIT).text))
    yield paragraph(_linked(story.phrase("read_more"), story.url) if linkable(story.url) else escape(story.url))


def _questions(story: Story) -> Iterator[str]:
    told = [
        paragraph(tag("b", escape(kept_text(item.question))))
        + _text(story, item.answer, "markdown", _QUESTION_CHARACTERS, _MOST_QUESTIONS)
        for item in story.questions[:_MOST_QUESTIONS]
    ]
    if told and sum(map(len, told)) < _QUESTION_CHARACTERS * 2:
        yield tag("details", tag("summary", escape(story.phrase("questions"))) + "".join(told))


def _text(story: Story, text: str, form: str, characters: int, blocks: int) -> str:
    root = parse_body(text, "html" if form == "html" else "markdown", base_url=story.body_url)
    return RichBody(characters, blocks, _BODY_PICTURES).html(without_title(root, story.title))


def picture(address: str, words: str) -> str:
    """A picture by itself."""
    return f'<img src="{escape(address)}" alt="{escape(" ".join(words.split()))}">'


def _linked(words: str, address: str | None) -> str:
    shown = escape(kept_text(words))
    return f'<a href="{escape(address)}">{shown}</a>' if address and linkable(address) else shown
