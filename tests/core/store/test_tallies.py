"""What is counted as articles come and go is what a walk over all of them would count."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from newswire.filters import Leaf
from newswire.store import articles
from newswire.store.schema import relation, tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.model import Article
    from newswire.store.library import StoredLibrary

LANGUAGES = ("en", "de", "fr")


def walk(library: StoredLibrary, store: Any, language: str) -> dict[str, Any]:
    """Counts by looking at every article."""
    keys = [entry.article_id for entry in library.entries(language, limit=1_000)]
    with store.read() as connection:
        stored = articles.load_many(connection, keys)
    months = Counter(one.editions[language].appeared.date().replace(day=1) for one in stored.values())
    return {
        "all": len(keys),
        "topics": Counter(topic for one in stored.values() for topic in one.content.topics),
        "sources": Counter(one.content.source.slug for one in stored.values() if one.content.source),
        "months": months,
    }


def counted(library: StoredLibrary, language: str) -> dict[str, Any]:
    return {
        "all": library.languages()[language],
        "topics": library.topics().get(language, {}),
        "sources": {source.slug: source.count for source in library.sources().get(language, ())},
        "months": library.months_counted().get(language, {}),
    }


@pytest.mark.parametrize("seed", range(2))
def test_counts_are_those_of_a_walk(
    seed: int, wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., Any]
) -> None:
    chance, keys = Random(seed), "abcdef"
    for _ in range(40):
        wire.clock.forward(days=chance.choice([0, 1, 20]))
        key = chance.choice(keys)
        if chance.random() < 0.2 and any(library.stories([key], tag) for tag in LANGUAGES):
            wire.publisher.withdraw(key)
        else:
            article = an_article(
                key,
                topics=chance.sample(["t0", "t1", "t2"], chance.randrange(3)),
                source=chance.choice([None, {"name": "s0"}, {"name": "s1"}]),
                published=wire.clock.now,
                editions=[
                    an_edition(tag, key, title=f"{key} {chance.randrange(2)}")
                    for tag in sorted({"en", *chance.sample(["de", "fr"], chance.randrange(3))})
                ],
            )
            wire.publisher.publish(article, intake="test", reinstate=chance.random() < 0.5)
        for language in LANGUAGES:
            assert counted(library, language) == walk(library, wire.store, language), language
    for key in keys:
        with wire.store.read() as connection:
            known = articles.load(connection, key)
        if known is not None and not known.withdrawn:
            wire.publisher.withdraw(key)
    with wire.store.read() as connection:
        assert connection.execute(select(tally)).all() == []


def test_months_are_told_the_newest_first(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article]
) -> None:
    for key, days in (("a", 0), ("b", 0), ("c", 40)):
        wire.clock.forward(days=days)
        wire.publish(an_article(key, published=wire.clock.now))
    assert list(library.months_counted()["en"].items()) == [(date(2027, 1, 1), 1), (date(2026, 11, 1), 2)]


def test_topics_that_stand_together_are_near(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article]
) -> None:
    for number in range(12):
        beside = ["chips"] if number % 3 == 0 else []
        wire.publish(an_article(f"a{number}", topics=["news", *beside, *(["policy"] if number % 6 == 0 else [])]))
    assert library.topics_beside("policy", "en") == ("chips", "news")
    assert library.topics_beside("policy", "en", limit=1) == ("chips",)
    assert library.topics_beside("policy", "fr") == ()
    assert library.topics_beside("unheard", "en") == ()


class TestRelated:
    """Related articles for those whose intake names none."""

    @pytest.fixture
    def desk(self, wire: Any) -> Any:
        return replace(wire, related=2)

    def related(self, desk: Any, key: str) -> tuple[str, ...]:
        with desk.store.read() as connection:
            stored = articles.load(connection, key)
            rows = connection.scalars(select(relation.c.related_id).where(relation.c.article_id == key))
            assert stored is not None
            assert sorted(rows) == sorted(stored.related)
        return stored.related

    def test_the_nearest_that_were_there_before(self, desk: Any, an_article: Callable[..., Article]) -> None:
        desk.publish(an_article("old", topics=["chips", "policy"]))
        desk.publish(an_article("far", topics=["films"]))
        desk.publish(an_article("gone", topics=["chips", "policy"]))
        desk.publisher.withdraw("gone")
        desk.publish(an_article("new", topics=["chips"]))
        desk.publish(an_article("newest", topics=["chips", "policy"]))
        assert self.related(desk, "old") == ()
        assert self.related(desk, "newest") == ("old", "new")

    def test_they_stay_while_the_topics_do(self, desk: Any, an_article: Callable[..., Article]) -> None:
        desk.publish(an_article("first", topics=["chips"]))
        assert desk.publish(an_article("a", topics=["chips"])).status == "new"
        desk.publish(an_article("second", topics=["chips"]))
        assert desk.publish(an_article("a", topics=["chips"])).status == "unchanged"
        desk.publish(an_article("a", topics=["chips"], authors=["Somebody Else"]))
        assert self.related(desk, "a") == ("first",)
        desk.publish(an_article("a", topics=["chips", "policy"]))
        assert self.related(desk, "a") == ("second", "first")

    def test_what_the_intake_names_goes_before(
        self, desk: Any, library: StoredLibrary, an_article: Callable[..., Article]
    ) -> None:
        desk.publish(an_article("first", topics=["chips"]))
        desk.publish(an_article("second", topics=["chips"]))
        desk.publish(an_article("a", topics=["chips"]))
        assert self.related(desk, "a") == ("second", "first")
        desk.publish(an_article("a", topics=["chips"], related=["first", "a", "unknown"]))
        assert self.related(desk, "a") == ("first", "a", "unknown")
        assert [link.title for link in library.stories(["a"], "en")["a"].related] == ["Title of first (en)"]

    def test_a_related_article_that_changes_changes_the_entry(
        self, desk: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., Any]
    ) -> None:
        desk.publish(an_article("first", topics=["chips"]))
        desk.publish(an_article("a", topics=["chips"]))
        desk.clock.forward(minutes=1)
        desk.publish(an_article("first", topics=["chips"], editions=[an_edition("en", "first", title="New")]))
        (stamp,) = [entry.stamp for entry in library.entries("en", topics=Leaf("chips")) if entry.article_id == "a"]
        assert stamp == library.latest()
        assert [link.title for link in library.stories(["a"], "en")["a"].related] == ["New"]
        desk.clock.forward(minutes=1)
        desk.publisher.withdraw("first")
        assert library.stories(["a"], "en")["a"].related == ()
