"""The styles of a post: which parts it has, and which of them goes first when there is not room for all. Pure.

``brief``, with an empty line between the parts:

    the title, bold
    the summary
    the notice, in italics
    the source with a link, and the hashtags
    "Read more", which is the link to the article

``full`` has more: who wrote it and when, as much of the text as has room, questions and answers, related articles, and
other languages. What ends the post is laid down first and always whole, the title has the next right to room.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from newswire_telegram import parts
from newswire_telegram.draft import Draft
from newswire_telegram.layout import PARAGRAPH, Part, arranged

if TYPE_CHECKING:
    from newswire.api import Story

# The parts whose length is none of our choice may each have so much of a message at most.
_NOTICE, _ATTRIBUTION, _TITLE, _BYLINE = 8, 2, 4, 8


def brief(story: Story, limit: int, *, hashtags: int) -> Draft:
    """Title, summary, notice, source, hashtags and the link."""
    return arranged(
        [
            _title(story, limit, turn=4),
            Part(partial(parts.summary, story), turn=5),
            *_end(story, limit, hashtags),
        ],
        limit,
    )


def full(story: Story, limit: int, *, hashtags: int) -> Draft:
    """As `brief`, with byline, text, questions, related articles and other languages as far as they have room."""
    text = parts.body(story, limit)
    asked = max(limit // 4, limit - len(text))
    return arranged(
        [
            _title(story, limit, turn=4),
            _bounded(Part(partial(parts.byline, story), turn=5), limit // _BYLINE),
            Part(partial(_lead, story, text), turn=6),
            _end(story, limit, hashtags)[0],
            Part(partial(parts.body, story), turn=8, may_lose=True),
            _bounded(Part(partial(parts.questions, story), turn=7, may_lose=True), asked),
            Part(partial(parts.related, story), turn=9),
            Part(partial(parts.languages, story), turn=10),
            *_end(story, limit, hashtags)[1:],
        ],
        limit,
    )


def _end(story: Story, limit: int, hashtags: int) -> list[Part]:
    return [
        _bounded(Part(partial(parts.notice, story), turn=3), limit // _NOTICE),
        _bounded(Part(partial(parts.attribution, story, hashtags), turn=2), limit // _ATTRIBUTION),
        Part(partial(parts.read_more, story), turn=1),
    ]


def _title(story: Story, limit: int, *, turn: int) -> Part:
    """The title gives way to the summary only beyond what any title has."""

    def make(room: int) -> Draft:
        wanted = min(len(story.summary), limit // _TITLE) + len(PARAGRAPH)
        return parts.title(story, max(room - wanted, min(room, limit // _TITLE)))

    return Part(make, turn=turn)


def _bounded(part: Part, most: int) -> Part:
    return Part(lambda room: part.make(min(room, most)), part.turn, part.may_lose)


def _lead(story: Story, text: Draft, room: int) -> Draft:
    """The summary, unless the text begins with the same words."""
    told = parts.summary(story, room)
    begins = " ".join(text.text.split())[: len(story.summary)].casefold()
    return Draft() if story.summary and begins == story.summary.casefold() else told
