"""What posts say: golden files, and what holds for every story."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Link, Question, Story, StoryImage, StorySource, StoryTopic, clean, graphemes, one_line
from newswire.sandbox.telegram.links import checked_link
from newswire.sandbox.telegram.text import fixed, read_entities
from newswire_telegram.formatter import compose
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT, caption_of, wire_entities

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Entity, Post
    from newswire_telegram.options import TelegramChannelOptions

FAMILY = "👨‍👩‍👧‍👦"


def marked(post: Post, entity: Entity) -> str:
    return post.text[entity.offset : entity.offset + entity.length]


def links(post: Post) -> list[tuple[str, str | None]]:
    return [(marked(post, entity), entity.value) for entity in post.entities if entity.kind == "link"]


def grapheme_ends(text: str) -> set[int]:
    ends, place = {0}, 0
    for grapheme in graphemes(text):
        place += len(grapheme)
        ends.add(place)
    return ends


def test_golden(
    written: tuple[str, Story, TelegramChannelOptions],
    rendered: Callable[[Post], str],
    golden: Callable[[str, str], None],
) -> None:
    name, story, chat = written
    golden(name, rendered(compose(story, chat)))


def test_no_golden_file_is_left_over(golden_names: set[str], written_names: set[str]) -> None:
    assert golden_names == written_names


# Text as the model lets it in: cleaned, of every script, with what makes cutting hard.
hard = st.sampled_from(
    [FAMILY, "🇺🇦", "👩🏽‍🚀", "e\u0301", "\u0301", "\u200d", "क्षि", "لا\u064e", "\u0600", "각", "　", " "]
)
chunks = st.one_of(hard, st.text(max_size=20))
lines = st.lists(chunks, max_size=12).map("".join).map(one_line)
long_lines = st.builds(lambda line, times: one_line(line * times), lines, st.sampled_from([1, 1, 7, 400]))
titles = lines.filter(bool)
addresses = st.sampled_from(
    [
        "https://news.example/a",
        "http://127.0.0.1:8400/a?b=1&c=(d)",
        "http://localhost:8000/a",
        "http://localhost/" + "a" * 5000,
        "https://пример.рф/страница",
        "http://[::1]/a",
        "https://news.example:99999/",
    ]
)
topics = st.builds(StoryTopic, slug=st.sampled_from(["ai", "2026", "c"]), label=lines, hashtag=lines)
sources = st.none() | st.builds(
    StorySource, name=titles, url=st.none() | addresses | st.just("javascript:alert(1)"), slug=st.just("s")
)
pieces = st.sampled_from(
    [
        "# a\n\n",
        "- b\n",
        "> c\n",
        "**d** ",
        "[e](/f) ",
        "`g` ",
        "| h | i |\n|---|---|\n| j | k |\n",
        "\n\n",
        FAMILY,
        "word ",
    ]
)
bodies = st.builds(
    lambda parts, times: clean("".join(parts) * times),
    st.lists(pieces | chunks, max_size=12),
    st.sampled_from([1, 1, 60]),
)
pictures = st.builds(
    StoryImage,
    url=addresses | st.just("/relative.jpg"),
    alt=lines,
    type=st.sampled_from(["image/jpeg", "image/svg+xml"]),
    length=st.sampled_from([0, 1000, 40_000_000]),
)
links_told = st.builds(Link, title=long_lines, url=addresses, language=st.sampled_from(["en", "ar"]))
languages = st.sampled_from(["en", "ar", "ja", "fr", "hi", "sv"])


@settings(deadline=None, max_examples=50)
@given(
    title=long_lines.filter(bool),
    summary=long_lines,
    notice=st.none() | long_lines,
    url=addresses,
    topics=st.lists(topics, max_size=8).map(tuple),
    source=sources,
    language=languages,
    body=st.none() | bodies,
    image=st.none() | pictures,
    questions=st.lists(st.builds(Question, question=titles, answer=titles), max_size=4).map(tuple),
    related=st.lists(links_told, max_size=4).map(tuple),
    alternates=st.lists(links_told, max_size=4).map(tuple),
    style=st.sampled_from(["brief", "full", "photo", "rich"]),
)
def test_every_post_is_whole(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], style: str, **told: Any
) -> None:
    one, chat = story(**told), options(style=style, buttons=["read", "source", "related", "languages"])
    post = compose(one, chat)
    assert post == compose(one, chat)
    check_whole(post, one, CAPTION_LIMIT if post.media else TEXT_LIMIT)
    text, entities = caption_of(post)
    check_whole(replace(post, text=text, entities=entities), one, CAPTION_LIMIT)
    rows: Any = post.details.get("buttons", [])
    assert all(0 < len(row) <= 8 for row in rows)
    assert all(
        checked_link(button["url"]) and 0 < len(graphemes(button["text"])) <= 40 for row in rows for button in row
    )


def check_whole(post: Post, one: Story, limit: int) -> None:
    assert 0 < len(post.text) <= limit
    assert clean(post.text) == post.text
    assert len(post.entities) <= 100
    ends = grapheme_ends(post.text)
    last = 0
    for entity in post.entities:
        assert entity.length > 0
        assert entity.offset >= last
        last = entity.offset
        end = entity.offset + entity.length
        assert end <= len(post.text)
        assert {entity.offset, end} <= ends
        assert marked(post, entity).strip()
    for _, address in links(post):
        assert checked_link(address or "")
    told = wire_entities(post.text, post.entities)
    kept = fixed(post.text, read_entities([dict(entity) for entity in told]))
    assert kept.text == post.text
    assert [(entity.type, entity.offset, entity.length) for entity in kept.entities] == [
        (entity["type"], entity["offset"], entity["length"]) for entity in told
    ]
    words = one.phrase("read_more")
    if post.details["preview"] != {"is_disabled": True}:
        assert links(post)[-1] == (words, one.url)
        assert post.text.endswith(words)
    elif len(one.url) < 1000:
        assert post.text.endswith(f"{words}: {one.url}")


@pytest.mark.parametrize("unit", ["a", FAMILY, "🇺🇦", "क्षि", "لا\u064e", "e\u0301\u0302", "語"])
@pytest.mark.parametrize("beyond", range(-3, 4))
def test_border(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], unit: str, beyond: int
) -> None:
    room = TEXT_LIMIT - len("T\n\n\n\nRead more")
    length = room + beyond
    summary = "z" * (length % len(unit)) + unit * (length // len(unit))
    post = compose(story(title="T", summary=summary), options())
    body = post.text.split("\n\n")[1]
    if len(summary) <= room:
        assert body == summary
    else:
        assert body.endswith("…")
        assert summary.startswith(body.removesuffix("…"))
        assert len(body.removesuffix("…")) in grapheme_ends(summary)
        assert len(post.text) > TEXT_LIMIT - len(unit) - 3
    assert len(post.text) <= TEXT_LIMIT


def test_a_summary_of_200_000_characters_ends_between_words(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(summary="lorem ipsum " * 17_000), options())
    body = post.text.split("\n\n")[1]
    assert len(post.text) > TEXT_LIMIT - 12
    assert body.endswith((" lorem…", " ipsum…"))
    assert links(post) == [("Read more", "https://news.example/a1")]


def test_an_absurd_title_leaves_room_for_the_rest(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(title=FAMILY * 5000, summary="Short."), options())
    title, summary, more = post.text.split("\n\n")
    assert title == FAMILY * (len(title) // len(FAMILY)) + "…"
    assert TEXT_LIMIT - len(FAMILY) - 1 < len(post.text) <= TEXT_LIMIT
    assert (summary, more) == ("Short.", "Read more")


def test_a_title_that_is_one_endless_grapheme_is_not_cut_within(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(title="Z" + "\u0336" * 5000, summary="Z" + "\u0336" * 5000), options())
    assert post.text == "…\n\nRead more"


def test_what_is_empty_leaves_no_gap(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(title="T", summary=""), options())
    assert post.text == "T\n\nRead more"


def test_a_topic_of_300_characters_gives_way_to_its_slug(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    topic = StoryTopic("long-winded", "x" * 300, "x" * 300)
    assert "\n#LongWinded\n" in compose(story(topics=(topic,)), options()).text + "\n"


def test_no_more_hashtags_than_wanted(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    topics = tuple(StoryTopic(f"t{n}", f"Topic {n}", f"Topic {n}") for n in range(9))
    assert compose(story(topics=topics), options()).text.count("#") == 5
    assert compose(story(topics=topics), options(hashtags=2)).text.count("#") == 2
    assert "#" not in compose(story(topics=topics), options(hashtags=0)).text


@pytest.mark.parametrize(
    ("wanted", "details"),
    [
        ("large", {"prefer_large_media": True, "show_above_text": False}),
        ("small", {"prefer_small_media": True, "show_above_text": False}),
        ("above", {"prefer_large_media": True, "show_above_text": True}),
    ],
)
def test_preview(
    story: Callable[..., Story],
    options: Callable[..., TelegramChannelOptions],
    wanted: str,
    details: dict[str, Any],
) -> None:
    post = compose(story(), options(preview=wanted))
    assert post.details["preview"] == {"url": "https://news.example/a1", **details}


def test_no_preview(story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]) -> None:
    assert compose(story(), options(preview="off")).details["preview"] == {"is_disabled": True}


def test_the_post_tells_its_language_and_link(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(language="ar", reader_language="he"), options())
    assert (post.language, post.link) == ("ar", "https://news.example/a1")
    assert post.text.endswith(story(language="he").phrase("read_more"))
