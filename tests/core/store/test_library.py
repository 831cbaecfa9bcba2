from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire.filters import parse
from newswire.model import Article
from newswire.store import publications

if TYPE_CHECKING:
    from newswire.store.library import StoredLibrary

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]


def test_a_list_has_the_newest_change_first_and_each_article_once(
    wire: Any, library: StoredLibrary, an_article: MakeArticle
) -> None:
    for key in "abc":
        wire.publish(an_article(key))
    wire.publish(an_article("a", topics=["policy"]))
    assert [entry.article_id for entry in library.entries("en")] == ["a", "c", "b"]


def test_a_late_edition_moves_nothing_in_other_languages(
    wire: Any, library: StoredLibrary, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article("a"))
    wire.publish(an_article("b"))
    wire.publish(an_article("a", editions=[an_edition("en"), an_edition("de")]))
    assert [entry.article_id for entry in library.entries("en")] == ["b", "a"]
    assert [entry.article_id for entry in library.entries("de")] == ["a"]
    assert library.entries("fr") == []
    assert library.latest() == 3


def test_time_widens_a_list_and_never_narrows_it(wire: Any, library: StoredLibrary, an_article: MakeArticle) -> None:
    for number in range(10):
        wire.publish(an_article(f"a{number}"))
        wire.clock.forward(hours=1)
    since = wire.clock.now - timedelta(hours=5)
    assert len(library.entries("en", limit=2)) == 2
    assert len(library.entries("en", limit=2, since=since)) == 5
    assert len(library.entries("en", limit=8, since=since)) == 8


def test_topic_filters_select_the_same_as_judging_each_article(
    wire: Any, library: StoredLibrary, an_article: MakeArticle
) -> None:
    chance = random.Random(7)
    topics = {}
    for number in range(60):
        key = f"a{number}"
        topics[key] = frozenset(chance.sample(["ai", "policy", "chips", "crypto"], chance.randint(0, 3)))
        wire.publish(an_article(key, topics=sorted(topics[key])))
    for text in ("ai", "ai | chips", "!ai", "(ai & policy) | chips & !crypto", "!(ai | chips)", "ai & !ai"):
        expression = parse(text)
        expected = {key for key, those in topics.items() if expression.matches(those)}
        assert {entry.article_id for entry in library.entries("en", topics=expression)} == expected, text


def test_sources_and_counts(
    wire: Any, library: StoredLibrary, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article("a", editions=[an_edition("en"), an_edition("de")], topics=["x", "y"]))
    wire.publish(an_article("b", topics=["x"], source={"name": "Lobsters"}))
    wire.publish(an_article("c", topics=["x"], source=None))
    assert [entry.article_id for entry in library.entries("en", sources=["lobsters"])] == ["b"]
    assert dict(library.languages()) == {"en": 3, "de": 1, "fr": 0}
    assert list(library.topics()["en"].items()) == [("x", 3), ("y", 1)]
    assert [(item.slug, item.name, item.count) for item in library.sources()["en"]] == [
        ("hacker-news", "Hacker News", 1),
        ("lobsters", "Lobsters", 1),
    ]
    wire.publisher.withdraw("a")
    assert dict(library.languages()) == {"en": 2, "de": 0, "fr": 0}
    assert list(library.topics()["en"].items()) == [("x", 2)]


def test_a_story_is_told_in_the_readers_language(
    wire: Any, library: StoredLibrary, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article("b", editions=[an_edition("en", "b"), an_edition("de", "b")]))
    wire.publish(an_article("a", editions=[an_edition("en"), an_edition("de", body=None)], related=["b", "gone"]))
    story = library.stories(["a", "unknown"], "de")["a"]
    assert (story.title, story.body, story.body_language) == ("Title of a (de)", "Body of a (en)", "en")
    assert story.notice == "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch"
    assert [(link.title, link.url) for link in story.related] == [("Title of b (de)", "https://news.example/de/b")]
    assert library.stories(["a"], "fr") == {}


def test_times_of_a_story_are_those_its_readers_saw(
    wire: Any, library: StoredLibrary, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    start = wire.clock.now
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")], published=start - timedelta(days=2)))
    wire.clock.forward(hours=1)
    wire.publish(
        an_article(
            editions=[an_edition("en"), an_edition("de", title="Neu"), an_edition("fr")],
            published=start - timedelta(days=2),
        )
    )
    english, german, french = (library.stories(["a"], language)["a"] for language in ("en", "de", "fr"))
    assert (english.published, english.updated) == (start - timedelta(days=2), start - timedelta(days=2))
    assert (german.published, german.updated) == (start - timedelta(days=2), start + timedelta(hours=1))
    assert (french.published, french.updated) == (start + timedelta(hours=1), start + timedelta(hours=1))


def test_the_index_can_name_the_newest(wire: Any, an_article: MakeArticle) -> None:
    for key in "abc":
        wire.publish(an_article(key))
    with wire.store.read() as connection:
        assert publications.newest(connection, limit=2) == ["c", "b"]
