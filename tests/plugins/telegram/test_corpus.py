"""Real bodies, whole: what holds for every post that is made of them. Skipped where the corpus is not there."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newswire.api import clean, graphemes
from newswire.sandbox.telegram.links import checked_link
from newswire.sandbox.telegram.text import fixed, read_entities
from newswire_telegram import styles
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT, wire_entities
from newswire_telegram.rich import rich_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.api import Story

CORPUS = Path(os.environ.get("NEWSWIRE_CORPUS", Path(__file__).parents[4] / "shared" / "corpus")) / "articles"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here (NEWSWIRE_CORPUS names it)")
LANGUAGES = {"ar": "ar", "fa": "fa", "ja": "ja", "zh": "zh", "hi": "hi", "de": "de"}
# One in so many: all of them take minutes.
EVERY = 6
# What Markdown and HTML look like where they were not understood; within code they are the author's own words.
LEAK = re.compile(
    r"</?(?:p|div|span|a|b|i|em|strong|li|ul|ol|td|tr|table|figure|img|br)\b[^>\n]*>|^#{1,6} \w", re.MULTILINE
)


def bodies() -> Iterator[tuple[str, str]]:
    for number, path in enumerate(sorted(CORPUS.rglob("*.md"))):
        text = path.read_text("utf-8")
        if number % EVERY == 0 and text.startswith("---\n"):
            folders = set(path.relative_to(CORPUS).parts)
            language = next((tag for name, tag in LANGUAGES.items() if name in folders), "en")
            yield language, clean(text.split("---\n", 2)[-1])


def grapheme_ends(text: str) -> set[int]:
    ends, place = {0}, 0
    for grapheme in graphemes(text):
        place += len(grapheme)
        ends.add(place)
    return ends


@pytest.fixture(scope="module")
def stories(story: Callable[..., Story]) -> list[Story]:
    return [story(language=language, body_language=language, body=body or "x") for language, body in bodies()]


def test_every_body_becomes_a_post(stories: list[Story]) -> None:
    assert len(stories) > 100
    for one in stories:
        for limit in (TEXT_LIMIT, CAPTION_LIMIT):
            draft = styles.full(one, limit, hashtags=5)
            assert 0 < len(draft) <= limit
            assert len(draft.entities) <= 100
            assert draft.text.endswith(one.phrase("read_more"))
            ends = grapheme_ends(draft.text)
            outside = draft.text
            for entity in reversed(draft.entities):
                end = entity.offset + entity.length
                assert {entity.offset, end} <= ends
                assert entity.kind != "link" or checked_link(entity.value or "")
                if entity.kind in {"code", "pre"}:
                    outside = outside[: entity.offset] + outside[end:]
            assert not LEAK.search(outside), LEAK.search(outside)
            told = wire_entities(draft.text, draft.entities)
            kept = fixed(draft.text, read_entities([dict(one) for one in told]))
            assert kept.text == draft.text
            assert [(one.type, one.offset, one.length) for one in kept.entities] == [
                (one["type"], one["offset"], one["length"]) for one in told
            ]


def test_every_body_becomes_a_rich_message(stories: list[Story]) -> None:
    class Balanced(HTMLParser):
        def __init__(self, html: str) -> None:
            super().__init__()
            self.open: list[str] = []
            self.words = 0
            self.feed(html)
            assert self.open == []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del attrs
            if tag not in {"br", "hr", "img"}:
                self.open.append(tag)
                assert len(self.open) <= 16

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_data(self, data: str) -> None:
            self.words += len(data)

    for one in stories:
        assert Balanced(rich_message(one, 5)["html"]).words <= 32_768
