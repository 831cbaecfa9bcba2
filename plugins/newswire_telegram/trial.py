"""Trying a template out when the config is read, on an article that has everything and on one that has next to nothing.

So a template that only works for some articles is found before an article is lost to it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from newswire.api import Link, ProblemInText, Question, Story, StoryImage, StorySource, StoryTopic
from newswire_telegram.message import TEXT_LIMIT
from newswire_telegram.tags import fill
from newswire_telegram.template import compiled
from newswire_telegram.values import values

_HINT = "; not every article has one: {% if ... %} asks"


def check(source: str) -> None:
    """Looks whether a template can be used.

    Raises:
        ProblemInText: it cannot.
    """
    template = compiled(source)
    for story in _stories():
        told, slots = values(story, template.names, 5)
        try:
            fill(template.render(told), slots, TEXT_LIMIT)
        except ProblemInText as problem:
            hint = _HINT if "None" in problem.message else ""
            raise ProblemInText(problem.message + hint, line=problem.line) from None


@cache
def _stories() -> tuple[Story, ...]:
    link = Link("Another article", "https://news.example/en/b", "en")
    everything = _story(
        summary="A summary.",
        body="A **body**.",
        notice="A notice.",
        topics=(StoryTopic("a-topic", "A topic", "A topic"),),
        source=StorySource("A source", "https://source.example/", "a-source"),
        authors=("An author",),
        translators=("A translator",),
        image=StoryImage("https://news.example/a.jpg", "A picture", "image/jpeg", 1),
        questions=(Question(question="A question?", answer="An answer."),),
        related=(link,),
        alternates=(link,),
        updated=datetime(2026, 1, 2, tzinfo=UTC),
        urgent=True,
    )
    return _story(), everything


def _story(**told: Any) -> Story:
    least: dict[str, Any] = {
        "article_id": "a",
        "rev": 1,
        "reader_language": "en",
        "language": "en",
        "direction": "ltr",
        "title": "A title",
        "summary": "",
        "url": "https://news.example/en/a",
        "body": None,
        "body_format": "markdown",
        "body_language": "en",
        "body_direction": "ltr",
        "body_url": "https://news.example/en/a",
        "notice": None,
        "topics": (),
        "source": None,
        "authors": (),
        "translators": (),
        "image": None,
        "questions": (),
        "questions_language": "en",
        "related": (),
        "alternates": (),
        "published": datetime(2026, 1, 1, tzinfo=UTC),
        "updated": datetime(2026, 1, 1, tzinfo=UTC),
        "urgent": False,
    }
    return Story(**(least | told))
