"""What a template can say of a story. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import UndefinedError

from newswire_telegram import parts
from newswire_telegram.draft import Draft, kept_text
from newswire_telegram.message import TEXT_LIMIT
from newswire_telegram.tags import SLOT, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from newswire.api import Story

# Whole parts first; then those that are shortened, the most important first.
_WHOLE, _TITLE, _SUMMARY, _QUESTIONS, _BODY, _REST = range(6)
_SLOTS = {
    "title": _TITLE,
    "summary": _SUMMARY,
    "notice": _WHOLE,
    "byline": _WHOLE,
    "body": _BODY,
    "questions": _QUESTIONS,
    "related": _REST,
    "languages": _REST,
    "source": _WHOLE,
    "hashtags": _WHOLE,
    "read_more": _WHOLE,
}
NAMES = (*_SLOTS, "date", "phrase", "story", "updated", "url")
"""What a template may name."""


class Words(str):
    """A part's words, for tests and filters; where it is put out as it is, the part itself comes in, marks and all."""

    __slots__ = ("slot",)
    slot: str

    def __html__(self) -> str:
        """The slot that takes the part in."""
        return f'<{SLOT} name="{self.slot}">'


def values(story: Story, names: Iterable[str], hashtags: int) -> tuple[dict[str, Any], dict[str, Slot]]:
    """What a template is given, and what its slots are filled with.

    Args:
        story: the story.
        names: what the template asks for; the rest is not made.
        hashtags: at most so many of them.
    """
    makers = _makers(story, hashtags)
    told: dict[str, Any] = {
        "date": parts.date(story, story.published),
        "updated": parts.date(story, story.updated),
        "url": story.url,
        "story": story,
        "phrase": partial(_phrase, story),
    }
    slots = {}
    for name in names:
        if name in makers:
            words = Words(makers[name](TEXT_LIMIT).text)
            words.slot = name
            told[name] = words
            slots[name] = Slot(makers[name], _SLOTS[name], may_lose=name in {"body", "questions"})
    return told, slots


def _phrase(story: Story, key: str) -> str:
    try:
        return story.phrase(key)
    except KeyError:
        raise UndefinedError(f"there is no phrase {key!r} that stands by itself") from None


def _makers(story: Story, hashtags: int) -> Mapping[str, Callable[[int], Draft]]:
    return {
        "title": lambda room: _plain(parts.title(story, max(room, 1))),
        "summary": partial(parts.summary, story),
        "notice": lambda room: _plain(parts.notice(story, min(room, TEXT_LIMIT // 8))),
        "byline": partial(parts.byline, story),
        "body": partial(parts.body, story),
        "questions": partial(parts.questions, story),
        "related": partial(parts.related, story),
        "languages": partial(parts.languages, story),
        "source": partial(parts.source, story),
        "hashtags": lambda room: parts.tags(story, hashtags, room),
        "read_more": partial(parts.read_more, story),
    }


def _plain(draft: Draft) -> Draft:
    """The words alone: how they look is the template's affair."""
    return Draft(kept_text(draft.text))
