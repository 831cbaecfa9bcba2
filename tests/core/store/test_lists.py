"""The publication index as plugins read it: lists, what changed them, what left them, the past by months."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Change, Departure, ListName, parse_filter
from newswire.store.placement import Placement, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.model import Article
    from newswire.store import Store
    from newswire.store.library import StoredLibrary

LANGUAGES = ("en", "de", "fr", "ar")


def _ids(listed: Any) -> list[str]:
    return [each.article_id for each in listed]


def test_a_list_can_ask_for_topics_and_sources_at_once(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article]
) -> None:
    for key, topics, name in [
        ("a", ["science"], "One"),
        ("b", ["science", "policy"], "Two"),
        ("c", ["policy"], "Two"),
        ("d", [], "Three"),
    ]:
        wire.publish(an_article(key, topics=topics, source={"name": name}))
    wire.publish(an_article("e", topics=["science"], source=None))

    assert _ids(library.entries("en")) == ["e", "d", "c", "b", "a"]
    assert _ids(library.entries("en", topics=parse_filter("science & !policy"))) == ["e", "a"]
    assert _ids(library.entries("en", topics=parse_filter("!science"))) == ["d", "c"]
    assert _ids(library.entries("en", sources=("one", "three"))) == ["d", "a"]
    assert _ids(library.entries("en", topics=parse_filter("science | policy"), sources=("two",))) == ["c", "b"]
    assert library.entries("de") == []
    assert library.topics() == {"en": {"science": 3, "policy": 2}}
    assert [(source.slug, source.count) for source in library.sources()["en"]] == [("two", 2), ("one", 1), ("three", 1)]
    assert (library.has_topic("policy"), library.has_topic("art")) == (True, False)
    assert (library.source_name("two"), library.source_name("four")) == ("Two", None)


def test_what_was_withdrawn_departs_and_may_come_back(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    article = an_article(editions=[an_edition("en"), an_edition("de")])
    wire.publish(article)
    wire.publish(an_article("b"))
    wire.clock.forward(hours=1)
    wire.publisher.withdraw("a")

    gone = [Departure(3, "a", wire.clock.now)]
    science, other = parse_filter("science"), parse_filter("policy")
    assert _ids(library.entries("en")) == ["b"]
    assert library.departures("en") == library.departures("de", topics=science, sources=("hacker-news",)) == gone
    assert library.departures("fr") == library.departures("de", topics=other) == []
    assert library.changed("de", topics=science) == library.changed("en") == Change(3, wire.clock.now)
    assert library.topics() == {"en": {"science": 1}}

    wire.clock.forward(hours=1)
    wire.publisher.publish(article, intake="test", reinstate=True)
    assert library.departures("en") == library.departures("de") == []
    assert _ids(library.entries("en")) == ["a", "b"]


def test_an_edition_that_is_gone_departs_from_its_language_only(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de"), an_edition("fr")]))
    wire.publish(an_article(editions=[an_edition("en"), an_edition("fr")]))

    assert library.departures("de") == [Departure(2, "a", wire.clock.now)]
    assert library.departures("en") == library.departures("fr") == []
    assert (_ids(library.entries("de")), _ids(library.entries("fr"))) == ([], ["a"])
    # Readers of the others see no news; and yet their entries name one translation less.
    assert [(entry.seq, entry.stamp) for entry in library.entries("fr")] == [(1, 2)]
    assert library.changed("fr") == Change(2, wire.clock.now)
    with wire.store.read() as connection:
        from newswire.store import events  # noqa: PLC0415  # this test alone looks at the log

        assert events.after(connection, 1, limit=1)[0].languages == ("de",)


def test_a_topic_that_is_taken_away_changes_its_list_and_is_no_departure(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article]
) -> None:
    science, policy = parse_filter("science"), parse_filter("policy")
    wire.publish(an_article("old"))
    wire.publish(an_article())
    wire.publish(an_article(topics=["policy"], source={"name": "Lobsters"}))

    assert _ids(library.entries("en", topics=science)) == ["old"]
    assert library.changed("en", topics=science) == library.changed("en", topics=policy) == Change(3, wire.clock.now)
    assert library.changed("en", sources=("hacker-news",)) == Change(3, wire.clock.now)
    assert library.departures("en", topics=science) == []
    assert library.touched(2, 3) == {
        ListName("en"),
        ListName("en", "topics", "science"),
        ListName("en", "topics", "policy"),
        ListName("en", "sources", "hacker-news"),
        ListName("en", "sources", "lobsters"),
    }
    wire.publish(an_article("c", topics=["art"], source=None))
    assert library.changed("en", topics=science) == Change(3, wire.clock.now)
    assert library.changed("en", topics=parse_filter("!science")) == Change(4, wire.clock.now)
    assert library.changed("de") is None


def test_an_entry_follows_what_it_links_to(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    policy = parse_filter("policy")
    wire.publish(an_article(related=["b", "a"], topics=["policy"], source=None))

    def seen() -> tuple[Any, list[str]]:
        (entry,) = library.entries("en", topics=policy)
        return entry.stamp, [link.title for link in library.stories(["a"], "en")["a"].related]

    assert seen() == (1, [])
    wire.publish(an_article("b"))
    assert seen() == (2, ["Title of b (en)"])
    assert library.changed("en", topics=policy) == Change(2, wire.clock.now)
    wire.publish(an_article("b", editions=[an_edition("en", "b", title="Corrected")]))
    assert seen() == (3, ["Corrected"])
    wire.publish(an_article("b", editions=[an_edition("en", "b", title="Corrected", body="Another body")]))
    assert seen() == (3, ["Corrected"])
    assert library.changed("en", topics=policy) == Change(3, wire.clock.now)
    wire.publisher.withdraw("b")
    assert seen() == (5, [])
    assert library.departures("en", topics=policy) == []
    assert ListName("en", "topics", "policy") in library.touched(4, 5)
    wire.publish(an_article(topics=["policy"], source=None))
    wire.publisher.publish(an_article("b"), intake="test", reinstate=True)
    assert seen() == (6, [])


def test_months_are_those_an_edition_first_appeared_in(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    wire.clock.now = datetime(2026, 12, 31, 23, tzinfo=UTC)
    for key, day in [("a", 1), ("b", 9), ("c", 9)]:
        wire.publish(an_article(key, published=datetime(2026, 5, day, tzinfo=UTC)))
    wire.publish(an_article("d", published=datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), topics=["policy"]))
    wire.publish(an_article("e", published=datetime(2026, 12, 1, tzinfo=UTC)))
    wire.publish(
        an_article("c", published=datetime(2026, 5, 9, tzinfo=UTC), editions=[an_edition("en", "c", body="!")])
    )
    wire.clock.forward(hours=2)
    wire.publish(
        an_article("a", published=datetime(2026, 5, 1, tzinfo=UTC), editions=[an_edition("en"), an_edition("de")])
    )

    may, december, policy = date(2026, 5, 1), date(2026, 12, 1), parse_filter("policy")
    assert library.months("en") == library.months("en", sources=("hacker-news",)) == {may, december}
    assert library.months("de") == {date(2027, 1, 1)}
    assert (library.months("en", topics=policy), library.months("fr")) == ({may}, set())
    assert library.months("en", after=5) == {may}
    assert _ids(library.month("en", may)) == ["a", "b", "c", "d"]
    assert _ids(library.month("en", december)) == ["e"]
    assert _ids(library.month("en", may, topics=policy)) == ["d"]
    wire.publisher.withdraw("b")
    wire.publisher.withdraw("d")
    assert library.months("en", topics=policy) == {may}
    assert _ids(library.month("en", may, sources=("hacker-news",))) == ["a", "b", "c", "d"]
    assert [type(each) is Departure for each in library.month("en", may)] == [False, True, False, True]


def test_languages_of_a_list(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., dict[str, Any]]
) -> None:
    wire.publish(an_article(topics=["policy"], editions=[an_edition("en"), an_edition("ar")]))
    wire.publish(an_article("b", editions=[an_edition("en", "b"), an_edition("de", "b")]))
    assert library.languages_of(topics=parse_filter("policy")) == {"en", "ar"}
    assert library.languages_of(sources=("hacker-news",)) == {"en", "ar", "de"}
    assert library.languages_of(limit=1) == {"en", "de"}


def test_a_change_older_than_the_log_is_dated_by_what_is_left(
    wire: Any, library: StoredLibrary, an_article: Callable[..., Article]
) -> None:
    wire.publish(an_article())
    wire.clock.forward(hours=1)
    wire.publish(an_article("b", topics=["policy"]))
    with wire.store.write() as connection:
        from sqlalchemy import text  # noqa: PLC0415  # this test alone prunes by hand

        connection.execute(text("DELETE FROM event WHERE seq = 1"))
    assert library.changed("en", topics=parse_filter("science")) == Change(1, wire.clock.now)


def test_an_event_is_of_an_article(store: Store) -> None:
    with store.write() as connection, pytest.raises(ValueError, match="an event is of an article"):
        place(connection, Placement(1, 1, datetime.now(UTC), before=None, now=None, changed=set(), gone=set()))


@pytest.mark.parametrize("seed", range(2))
def test_nothing_readers_see_changes_unnoticed(
    seed: int, wire: Any, library: StoredLibrary, an_article: Callable[..., Article], an_edition: Callable[..., Any]
) -> None:
    """Whatever happens: a list that looks different has a newer `changed`, an entry that does has a newer stamp."""
    wire = replace(wire, related=2)
    chance = Random(seed)
    filters = [parse_filter(text) for text in ("t0", "t0 & !t1", "!t0 | t2")]
    lists = [
        (language, topics, sources)
        for language in ("en", "de")
        for topics in (None, *filters)
        for sources in ((), ("s0", "s1"))
    ]

    def look() -> dict[Any, Any]:
        told = {language: library.stories(list("abcde"), language) for language in ("en", "de")}
        return {
            (language, str(topics), sources): (
                library.changed(language, topics=topics, sources=sources),
                [
                    ((entry.article_id, entry.stamp), told[language][entry.article_id])
                    for entry in library.entries(language, topics=topics, sources=sources)
                ],
                library.departures(language, topics=topics, sources=sources),
            )
            for language, topics, sources in lists
        }

    before = look()
    for _ in range(20):
        wire.clock.forward(minutes=1)
        key = chance.choice("abcde")
        if chance.random() < 0.2 and library.latest() and any(library.stories([key], tag) for tag in LANGUAGES):
            wire.publisher.withdraw(key)
        else:
            spoken = {"en", *chance.sample(["de", "fr"], chance.randrange(3))}
            article = an_article(
                key,
                topics=chance.sample(["t0", "t1", "t2"], chance.randrange(3)),
                source=chance.choice([None, {"name": "s0"}, {"name": "s1"}]),
                related=chance.sample("abcde", chance.choice([0, 2])),
                editions=[
                    an_edition(tag, key, title=f"{key} {chance.randrange(2)}", body=chance.choice([None, "x", "y"]))
                    for tag in sorted(spoken)
                ],
            )
            wire.publisher.publish(article, intake="test", reinstate=chance.random() < 0.5)
        after = look()
        for name, (changed, entries, departures) in after.items():
            earlier, former, departed = before[name]
            if (entries, departures) != (former, departed):
                assert changed is not None, name
                assert changed == Change(library.latest(), wire.clock.now), (name, earlier)
            stories = dict(former)
            assert [stamp for stamp, story in entries if stamp in stories and stories[stamp] != story] == []
        before = after
    assert timedelta(minutes=15) < wire.clock.now - datetime(2026, 11, 23, 12, tzinfo=UTC)
