"""How a post looks in a chat, in every style; the page is compared with the wall in tests/core/cli/test_preview.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Link, LinkButton, LinkCard, StoryImage
from newswire.testing import a_digest
from newswire_telegram.appearance import appearance
from newswire_telegram.formatter import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Appearance, Story
    from newswire_telegram.options import TelegramChannelOptions

PICTURE = StoryImage("https://news.example/a.jpg", "A boat", "image/jpeg", 0)


@pytest.fixture
def seen(options: Callable[..., TelegramChannelOptions]) -> Callable[..., Appearance]:
    def make(story: Story, **given: Any) -> Appearance:
        chosen = options(**given)
        return appearance(compose(story, chosen), chosen)

    return make


@pytest.mark.parametrize(
    ("preview", "card"),
    [
        ("large", LinkCard(url="https://news.example/en/a", large=True)),
        ("small", LinkCard(url="https://news.example/en/a")),
        ("above", LinkCard(url="https://news.example/en/a", large=True, above=True)),
        ("off", None),
    ],
)
def test_a_text_with_its_card(story: Any, seen: Any, preview: str, card: LinkCard | None) -> None:
    one = seen(story(url="https://news.example/en/a"), preview=preview)
    assert (one.card, one.media, one.html, one.direction) == (card, (), None, None)
    assert one.text.startswith("A title\n\nA summary.")
    assert (one.length, one.longest) == (len(one.text), 4096)
    assert {entity.kind for entity in one.entities} >= {"bold", "link"}


def test_a_photo_has_the_room_of_a_caption_and_no_card(story: Any, seen: Any) -> None:
    one = seen(story(image=PICTURE), style="photo", text_above=True)
    assert ([picture.url for picture in one.media], one.media_below) == ([PICTURE.url], True)
    assert (one.card, one.longest) == (None, 1024)
    without = seen(story(), style="photo")
    assert (without.media, without.longest) == ((), 4096)


def test_a_rich_message_is_all_html_in_the_direction_of_its_body(story: Any, seen: Any) -> None:
    one = seen(story(body="## Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |", image=PICTURE), style="rich")
    assert "<h2>Heading</h2>" in one.html
    assert "<td>1</td>" in one.html
    assert (one.entities, one.card, one.media, one.length) == ((), None, (), None)
    assert (one.direction, one.notes) == ("ltr", ("rich",))
    assert (
        seen(story(body="نص", language="ar", body_language="ar", body_direction="rtl"), style="rich").direction == "rtl"
    )


def test_buttons_and_what_else_there_is_to_know(story: Any, seen: Any) -> None:
    alternates = (Link("Deutsch", "https://news.example/de/a", "de"),)
    one = seen(story(alternates=alternates), buttons=["languages"], silent=True, protect=True, thread=7)
    assert one.buttons == ((LinkButton("Deutsch", "https://news.example/de/a"),),)
    assert one.notes == ("silent", "protected", "topic 7")


def test_a_digest_is_a_list_without_a_card(seen: Any) -> None:
    one = seen(a_digest(3))
    assert one.text.count("• ") == 3
    assert len([entity for entity in one.entities if entity.kind == "link"]) == 3
    assert one.card is None
