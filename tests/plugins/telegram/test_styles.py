"""What each style has, and what it leaves out first; captions, pictures, buttons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Link, Media, Question, StoryImage, StorySource, StoryTopic
from newswire_telegram.formatter import compose
from newswire_telegram.keyboard import keyboard
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT, caption_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Post, Story
    from newswire_telegram.options import TelegramChannelOptions

FAMILY = "👨‍👩‍👧‍👦"
PICTURE = StoryImage("https://news.example/a.jpg", "A boat", "image/jpeg", 0)
ALL: dict[str, Any] = {
    "topics": (StoryTopic("ai", "AI", "AI"),),
    "source": StorySource("Hacker News", "https://hn.example/1", "hn"),
    "authors": ("Ada Lovelace",),
    "translators": ("Émilie",),
    "questions": (Question(question="Why?", answer="Because."), Question(question="How long?", answer="So " * 600)),
    "related": (Link("Another", "https://news.example/b", "en"),),
    "alternates": (Link("Deutsch", "https://news.example/de/a", "de"),),
    "notice": "Only in another language.",
    "updated": datetime(2026, 5, 3, tzinfo=UTC),
}


def blocks(post: Post) -> list[str]:
    return post.text.split("\n\n")


def test_full_has_everything_in_order(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(body="The text.", **ALL), options(style="full"))
    assert blocks(post)[:6] == [
        "A title",
        "Ada Lovelace · Translated by: Émilie · May 1, 2026 · Updated: May 3, 2026",
        "A summary.",
        "Only in another language.",
        "The text.",
        "Questions and answers\nWhy?\nBecause.",
    ]
    assert blocks(post)[6].startswith("How long?\nSo So")
    assert blocks(post)[7:] == [
        "Related articles\n• Another",
        "Also in: Deutsch",
        "Source: Hacker News\n#AI",
        "Read more",
    ]
    (quote,) = [one for one in post.entities if one.kind == "expandable_quote"]
    assert post.text[quote.offset : quote.offset + quote.length].startswith("Why?\nBecause.\n\nHow long?")


def test_a_long_text_leaves_its_part_to_the_questions_and_the_end(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(body="Long is the text. " * 2000, **ALL), options(style="full"))
    assert TEXT_LIMIT - 40 < len(post.text) <= TEXT_LIMIT
    assert "Why?\nBecause." in post.text
    assert "How long?" not in post.text
    assert blocks(post)[-2:] == ["Source: Hacker News\n#AI", "Read more"]


def test_a_summary_that_only_repeats_the_text_goes(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(
        story(summary="It begins so.", body="It *begins* so. Then it goes on.", related=()), options(style="full")
    )
    assert blocks(post)[2:] == ["It begins so. Then it goes on.", "Read more"]


@pytest.mark.parametrize("unit", ["a", FAMILY, "🇺🇦", "क्षि", "لا\u064e", "e\u0301\u0302", "語", "word "])
@pytest.mark.parametrize("beyond", range(-2, 3))
def test_the_border_of_a_caption(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], unit: str, beyond: int
) -> None:
    length = CAPTION_LIMIT - len("T\n\n\n\nRead more") + beyond
    summary = "z" * (length % len(unit)) + unit * (length // len(unit))
    post = compose(story(title="T", summary=summary.strip(), image=PICTURE), options(style="photo"))
    assert post.media == (Media("https://news.example/a.jpg", "A boat", "image/jpeg"),)
    assert "caption" not in post.details
    assert len(post.text) <= CAPTION_LIMIT
    assert (blocks(post)[1] == summary.strip()) is (len(summary.strip()) + len("T\n\n\n\nRead more") <= CAPTION_LIMIT)
    assert blocks(post)[-1] == "Read more"
    brief = compose(story(title="T", summary=summary.strip()), options())
    assert caption_of(brief) == (post.text, post.entities)
    assert ("caption" in brief.details) is (len(brief.text) > CAPTION_LIMIT)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (PICTURE, "photo"),
        (None, "text"),
        (StoryImage("https://news.example/a.svg", "", "image/svg+xml", 0), "text"),
        (StoryImage("https://news.example/a.jpg", "", "image/jpeg", 5_000_000), "photo"),
        (StoryImage("https://news.example/a.jpg", "", "image/jpeg", 40_000_000), "text"),
        (StoryImage("http://localhost/a.jpg", "", "image/jpeg", 0), "text"),
    ],
)
def test_a_picture_that_telegram_would_not_take_goes_without(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], image: StoryImage | None, kind: str
) -> None:
    post = compose(story(image=image), options(style="photo", text_above=True))
    assert post.details["kind"] == kind
    assert bool(post.media) is (kind == "photo")
    assert ("caption_above" in post.details) is (kind == "photo")
    assert post.details["preview"] == compose(story(image=image), options()).details["preview"]


def test_the_parts_of_a_caption_leave_room_for_each_other(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    topics = tuple(StoryTopic(f"t{n}", f"{'Topic' * 11} {n}", f"{'Topic' * 11} {n}") for n in range(20))
    told = ALL | {"topics": topics, "notice": "n" * 900, "source": StorySource("s" * 200, "https://s.example/", "s")}
    post = compose(
        story(title="t" * 1000, summary="u" * 5000, image=PICTURE, **told), options(style="photo", hashtags=20)
    )
    title, summary, notice, attribution, more = blocks(post)
    assert len(post.text) <= CAPTION_LIMIT
    assert (len(title), len(notice)) == (256, 128)
    assert len(summary) > 60
    assert attribution.startswith("Source: sss")
    assert attribution.count("#") >= 3
    assert all(tag.strip("#").startswith("TopicTopic") for tag in attribution.split("\n")[1].split())
    assert more == "Read more"


def test_buttons(story: Callable[..., Story]) -> None:
    many = tuple(Link(f"Language {n}", f"https://news.example/{n}", "en") for n in range(30))
    related = (
        Link("x" * 300, "https://news.example/long", "en"),
        Link("unreachable", "http://localhost/", "en"),
        *(Link(f"Related {n}", f"https://news.example/r{n}", "en") for n in range(9)),
    )
    one = story(source=StorySource("Hacker <News>", "https://hn.example/", "hn"), related=related, alternates=many)
    rows = keyboard(one, ["read", "source", "related", "languages"])
    assert [[button["text"] for button in row] for row in rows[:4]] == [
        ["Read more", "Hacker <News>"],
        ["x" * 39 + "…"],
        ["Related 0"],
        ["Related 1"],
    ]
    assert [len(row) for row in rows[4:]] == [2, 2, 2, 2, 2, 2]
    assert keyboard(one, ["languages", "read"])[0][0]["text"] == "Read more"
    assert keyboard(story(url="http://localhost/", source=StorySource("s", None, "s")), ["read", "source"]) == []
    assert keyboard(one, []) == []
    wide = story(alternates=tuple(Link("日本語の記事です", f"https://news.example/{n}", "ja") for n in range(3)))
    assert [len(row) for row in keyboard(wide, ["languages"])] == [1, 1, 1]


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "May 1, 2026"),
        ("de", "1. Mai 2026"),
        ("pt-BR", "1 de maio de 2026"),
        ("ja", "2026年5月1日"),
        ("ar", "1 مايو 2026"),
        ("fa", "\u06f1 مهٔ ۲۰۲۶"),
        ("ru", "1 мая 2026\u202f\u0433."),
        ("hi", "1 मई 2026"),
    ],
)
def test_dates_are_the_readers(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], language: str, date: str
) -> None:
    post = compose(story(language="en", reader_language=language, body="The text."), options(style="full"))
    assert date in blocks(post)
    assert post.language == "en"


def test_what_stands_side_by_side_keeps_its_order_in_lines_of_either_direction(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    alternates = (Link("Deutsch", "https://news.example/de", "de"), Link("فارسی", "https://news.example/fa", "fa"))
    told: dict[str, Any] = {"body": "x", "authors": ("ليلى", "Omar Aziz"), "alternates": alternates}
    arabic = compose(story(language="ar", **told), options(style="full"))
    assert "ليلى، Omar Aziz\u200f · 1 مايو 2026" in blocks(arabic)
    assert "بلغات أخرى: Deutsch\u200f · فارسی" in blocks(arabic)
    german = compose(story(language="de", **(told | {"authors": ("דנה",)})), options(style="full"))
    assert "\u200eדנה\u200e · 1. Mai 2026" in blocks(german)
    assert "Auch auf: Deutsch · فارسی\u200e" in blocks(german)
    assert [german.text[one.offset : one.offset + one.length] for one in german.entities if one.kind == "link"][
        -3:
    ] == [
        "Deutsch",
        "فارسی",
        "Weiterlesen",
    ]
