from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newswire.delivery import State
from newswire.errors import InvalidArticle, UnknownArticle
from newswire.event import EventKind
from newswire.model import Article
from newswire.publisher import Status
from newswire.store import articles, deliveries, events, publications

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]


def _rows(wire: Any, key: str = "a") -> dict[str, Any]:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)


def _events(wire: Any) -> list[tuple[str, int, tuple[str, ...]]]:
    with wire.store.read() as connection:
        return [(event.kind.value, event.rev, event.languages) for event in events.after(connection, 0, limit=100)]


def test_publishing_the_same_twice_changes_nothing(wire: Any, an_article: MakeArticle) -> None:
    first = wire.publish(an_article())
    wire.clock.forward(hours=1)
    again = wire.publish(an_article())
    assert (first.status, first.rev, first.kind) == (Status.NEW, 1, EventKind.PUBLISHED)
    assert (again.status, again.rev, again.kind) == (Status.UNCHANGED, 1, None)
    assert _events(wire) == [("published", 1, ("en",))]


def test_the_order_of_editions_is_no_content(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    both = [an_edition("en"), an_edition("de")]
    wire.publish(an_article(editions=both))
    assert wire.publish(an_article(editions=both[::-1])).status is Status.UNCHANGED


def test_a_change_of_the_article_is_seen_in_every_language(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    both = [an_edition("en"), an_edition("de")]
    wire.publish(an_article(editions=both))
    wire.publish(an_article(editions=both, topics=["policy"]))
    assert _events(wire)[-1] == ("revised", 2, ("de", "en"))


def test_a_late_edition_is_an_event_of_its_language_only(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article())
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", body=None)]))
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")]))
    assert _events(wire)[1:] == [("edition", 2, ("de",)), ("edition", 3, ("de",))]


def test_a_new_original_body_is_seen_by_readers_of_teasers(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", body=None), an_edition("fr")]))
    wire.publish(an_article(editions=[an_edition("en", body="New"), an_edition("de", body=None), an_edition("fr")]))
    assert _events(wire)[-1] == ("revised", 2, ("de", "en"))


def test_an_edition_in_a_foreign_language_is_refused_whole(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    with pytest.raises(InvalidArticle, match=r"no edition can be in ja: \[site\] languages are ar, de, en, fr"):
        wire.publish(an_article(editions=[an_edition("en"), an_edition("ja")]))
    with wire.store.read() as connection:
        assert articles.counts(connection).articles == 0
        assert events.latest(connection) == 0


def test_editions_of_other_intakes_stay(
    make_wire: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire(intakes=["folder", "translations"])
    wire.publish(an_article(), intake="folder")
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")]), intake="translations")
    wire.publish(an_article(editions=[an_edition("en", title="New")]), intake="folder")
    with wire.store.read() as connection:
        stored = articles.load(connection, "a")
    assert stored is not None
    assert stored.content.languages == ("de", "en")
    assert {language: part.intake for language, part in stored.editions.items()} == {
        "de": "translations",
        "en": "folder",
    }


def test_an_edition_its_intake_does_not_have_any_more_is_gone(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")]))
    wire.publish(an_article())
    with wire.store.read() as connection:
        assert publications.entries(connection, "de", limit=10) == []
        assert [entry.article_id for entry in publications.entries(connection, "en", limit=10)] == ["a"]


def test_every_matching_channel_wants_it_once(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire(
        [
            subscriber("all"),
            subscriber("german", "de"),
            subscriber("any", "de", fallback="original"),
            subscriber("science", topics="science & !policy"),
            subscriber("policy", topics="policy"),
            subscriber("hn", sources=frozenset({"hacker-news"})),
            subscriber("lobsters", sources=frozenset({"lobsters"})),
        ]
    )
    wire.publish(an_article())
    assert sorted(_rows(wire)) == ["all", "any", "hn", "science"]
    assert {row.state for row in _rows(wire).values()} == {State.PENDING}


def test_an_old_article_is_suppressed_with_the_reason(wire: Any, an_article: MakeArticle) -> None:
    wire.clock.forward(days=9)
    wire.publish(an_article(published=wire.clock.now - timedelta(days=4)))
    row = _rows(wire)["news"]
    assert row.state is State.SUPPRESSED
    assert row.reason == "too old: it appeared 2026-11-28 12:00 UTC, max_age is 3 days, 0:00:00"


def test_without_a_limit_nothing_is_too_old(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news", max_age=None)])
    wire.publish(an_article(published=wire.clock.now - timedelta(days=4000)))
    assert _rows(wire)["news"].state is State.PENDING


def test_the_age_of_a_late_edition_counts_from_its_arrival(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire([subscriber("german", "de")])
    old = wire.clock.now - timedelta(days=40)
    wire.publish(an_article(published=old))
    assert _rows(wire) == {}
    wire.publish(an_article(published=old, editions=[an_edition("en"), an_edition("de", published=old)]))
    assert _rows(wire)["german"].state is State.PENDING


def test_a_channel_that_takes_only_whole_editions_counts_from_the_body(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire([subscriber("whole", "de", fallback="skip")])
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", body=None)]))
    assert _rows(wire) == {}
    wire.clock.forward(days=30)
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")]))
    assert _rows(wire)["whole"].state is State.PENDING


def test_an_article_without_a_date_is_as_old_as_its_first_sight(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article(published=None))
    seen = wire.clock.now
    wire.clock.forward(days=9)
    wire.publish(an_article(published=None, topics=["policy"]))
    with wire.store.read() as connection:
        stored = articles.load(connection, "a")
    assert stored is not None
    assert stored.published == seen
    assert stored.editions["en"].appeared == seen


def test_a_new_channel_starts_silent(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("first")])
    wire.publish(an_article())
    wire.clock.forward(minutes=1)
    wire.subscribers.append(subscriber("second"))
    wire.prepare()
    assert sorted(_rows(wire)) == ["first"]
    wire.publish(an_article(topics=["policy"]))
    second = _rows(wire)["second"]
    assert second.state is State.SUPPRESSED
    assert second.reason == "it appeared before the channel was added (2026-11-23 12:00 UTC; see backfill)"


def test_the_first_import_of_an_archive_is_silent_too(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article("yesterday", published=wire.clock.now - timedelta(days=1)))
    wire.clock.forward(hours=1)
    wire.publish(an_article("today", published=wire.clock.now))
    assert _rows(wire, "yesterday")["news"].state is State.SUPPRESSED
    assert _rows(wire, "today")["news"].state is State.PENDING


@pytest.mark.parametrize("stored_before", [True, False])
def test_backfill_brings_the_last_that_match_oldest_first(
    stored_before: bool,  # noqa: FBT001  # a parameter of the test
    make_wire: Callable[..., Any],
    subscriber: Callable[..., Any],
    an_article: MakeArticle,
) -> None:
    second = subscriber("second", topics="science", backfill=2)
    wire = make_wire([subscriber("first")] if stored_before else [subscriber("first"), second])
    for number in range(6):
        topics = ["policy"] if number == 5 else ["science"]
        published = wire.clock.now - timedelta(days=20 - number)
        wire.publish(an_article(f"a{number}", published=published, topics=topics))
    if stored_before:
        wire.subscribers.append(second)
        wire.prepare()
    wire.publisher.backfill()
    wire.publisher.backfill()
    with wire.store.read() as connection:
        rows = deliveries.listing(connection, channel="second", states=[State.PENDING])
        assert deliveries.listing(connection, channel="first", states=[State.PENDING]) == []
    assert [row.article_id for row in reversed(rows)] == ["a3", "a4"]


def test_backfill_happens_once(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news", backfill=5)])
    wire.publisher.backfill()
    wire.publish(an_article(published=wire.clock.now - timedelta(days=1)))
    wire.publisher.backfill()
    assert _rows(wire)["news"].state is State.SUPPRESSED


def test_two_intakes_do_not_undo_each_others_work(
    make_wire: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire(intakes=["one", "two"])
    ours = an_article(editions=[an_edition("en"), an_edition("de", body=None)])
    theirs = an_article(editions=[an_edition("en", title="Theirs"), an_edition("de")], topics=["policy"])
    results = [
        wire.publish(article, intake=intake).status.value
        for _ in range(3)
        for article, intake in ((ours, "one"), (theirs, "two"))
    ]
    assert results == ["new", "revised", "unchanged", "unchanged", "unchanged", "unchanged"]
    with wire.store.read() as connection:
        stored = articles.load(connection, "a")
    assert stored is not None
    assert (stored.content.topics, stored.intake) == (("science",), "one")
    assert {edition.language: (edition.title, edition.body is not None) for edition in stored.content.editions} == {
        "en": ("Title of a (en)", True),
        "de": ("Title of a (de)", True),
    }


def test_what_a_former_intake_brought_goes_to_the_next(
    make_wire: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire()
    wire.publish(an_article(), intake="former")
    wire.publish(an_article(editions=[an_edition("en", title="Taken over")]), intake="test")
    with wire.store.read() as connection:
        stored = articles.load(connection, "a")
    assert stored is not None
    assert (stored.intake, stored.content.original.title) == ("test", "Taken over")


def test_withdrawing_before_posting_posts_nothing(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    withdrawn = wire.publisher.withdraw("a")
    assert (withdrawn.status, withdrawn.rev, withdrawn.kind) == (Status.WITHDRAWN, 2, EventKind.WITHDRAWN)
    assert (_rows(wire)["news"].state, _rows(wire)["news"].reason) == (
        State.SUPPRESSED,
        "withdrawn before it was posted",
    )
    with wire.store.read() as connection:
        assert publications.entries(connection, "en", limit=10) == []


def test_withdrawing_twice_is_one_event(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    wire.publisher.withdraw("a")
    assert wire.publisher.withdraw("a").kind is None
    assert [kind for kind, _, _ in _events(wire)] == ["published", "withdrawn"]


def test_what_is_withdrawn_comes_back_only_when_asked(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    wire.publisher.withdraw("a")
    assert wire.publish(an_article()).status is Status.WITHDRAWN
    assert wire.publish(an_article(topics=["policy"])).status is Status.WITHDRAWN
    back = wire.publisher.publish(an_article(), intake="test", reinstate=True)
    assert (back.status, back.kind, back.rev) == (Status.REVISED, EventKind.PUBLISHED, 3)
    with wire.store.read() as connection:
        assert len(publications.entries(connection, "en", limit=10)) == 1


def test_withdrawing_the_unknown_is_an_error(wire: Any) -> None:
    with pytest.raises(UnknownArticle, match="no article has the id 'nothing'"):
        wire.publisher.withdraw("nothing")


def test_counts_are_by_intake_and_language(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    wire.publish(an_article("a", editions=[an_edition("en"), an_edition("de")], topics=["x", "y"]), intake="one")
    wire.publish(an_article("b", topics=[]), intake="two")
    wire.publish(an_article("c"), intake="two")
    wire.publisher.withdraw("c")
    with wire.store.read() as connection:
        counts = articles.counts(connection)
    assert (counts.articles, counts.editions, counts.withdrawn, counts.topic_uses) == (2, 3, 1, 4)
    assert counts.by_intake == {"one": {"articles": 1, "editions": 2}, "two": {"articles": 1, "editions": 1}}
    assert counts.by_language == {"de": 1, "en": 2}
    assert counts.languages_of("one") == {"de": 1, "en": 1}
