"""Requests for translations, and what translators take, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newswire.config.resolved import ConfiguredTranslator
from newswire.errors import Refused
from newswire.store import translations, translators
from newswire.translation.asking import Asking, Wish
from newswire.translation.caps import Caps, Spending, Spent
from newswire.translation.publishing import publish
from newswire.translator import TranslatorType


@pytest.fixture
def asking(wire: Any, an_article: Any) -> Asking:
    """Takes requests for two articles, at two translators."""
    for key in "ab":
        wire.publish(an_article(key))
    kind: Any = TranslatorType
    known = [
        ConfiguredTranslator(name="first", type=kind, options=kind, caps=Caps(), languages=("de", "fr")),
        ConfiguredTranslator(name="second", type=kind, options=kind, caps=Caps()),
    ]
    return Asking(wire.store, known, ("en", "de", "fr", "ar"), wire.clock)


def test_who_is_asked_and_in_which_order(asking: Asking, wire: Any) -> None:
    ruled = asking.ask("a", "de", Wish("rule x", by_people=False, again=False))
    wire.clock.forward(seconds=1)
    wanted = asking.ask("b", "de", Wish("somebody"))
    arabic = asking.ask("a", "ar", Wish("somebody"))
    assert [one.translator for one in (ruled, wanted, arabic)] == ["first", "first", "second"]
    now = wire.clock()
    with wire.store.write() as connection:
        assert [one.id for one in translations.upcoming(connection, "first", now=now, limit=9)] == [wanted.id, ruled.id]
        assert translations.upcoming(connection, "first", now=now, limit=9, but=[wanted.id, ruled.id]) == []
        translations.change(connection, wanted.id, state="working")
        assert translations.next_due(connection, "first") == ruled.due
        assert translations.take_over(connection, "first", now=now, but=[wanted.id]) == 0
        assert translations.take_over(connection, "first", now=now) == 1
        assert translations.asked_since(connection, now - timedelta(hours=1), "somebody") == 2
        assert translations.counts(connection) == {"first": {"waiting": 2}, "second": {"waiting": 1}}
        assert [one.id for one in translations.listing(connection, language="ar")] == [arabic.id]


def test_asking_again_changes_nothing_unless_people_ask_what_a_rule_wanted(asking: Asking) -> None:
    ruled = asking.ask("a", "de", Wish("rule x", by_people=False, again=False))
    assert asking.ask("a", "de", Wish("rule y", by_people=False, again=False)) == ruled
    raised = asking.ask("a", "de", Wish("somebody"))
    assert (raised.id, raised.by_people, raised.why) == (ruled.id, True, "rule x")
    cancelled = asking.cancel(ruled.id, "no")
    assert asking.ask("a", "de", Wish("rule x", by_people=False, again=False)) == cancelled
    assert asking.ask("a", "de", Wish("somebody", translator="second")).translator == "second"
    with pytest.raises(Refused, match="there are: second"):
        asking.ask("a", "ar", Wish("somebody", translator="first"))


def test_what_is_done_is_taken_back_by_hand(asking: Asking, wire: Any) -> None:
    asked = asking.ask("a", "de", Wish("somebody"))
    made = {"language": "de", "title": "Titel", "machine": "whole", "translated_from": asked.words}

    def edition(known: Any) -> Any:
        return known.content.original.model_copy(update=made)

    publish(wire.publisher, "a", edition)
    with wire.store.write() as connection:
        translations.change(connection, asked.id, state="done")
    assert asking.ask("a", "de", Wish("somebody")).state == "done"
    with pytest.raises(Refused, match="discard"):
        asking.cancel(asked.id, "no")
    with pytest.raises(Refused, match="nothing has changed since"):
        asking.retry(asked.id)
    asking.discard(asked.id, "bad", wire.publisher)
    assert publish(wire.publisher, "a", edition).kind == "edition"


def test_what_is_taken_is_kept_by_the_hour(wire: Any) -> None:
    now = wire.clock()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with wire.store.write() as connection:
        for at, more in ((hour, Spent(1, 100, 5)), (hour, Spent(1, 50, 7)), (hour, Spent(cost=-2))):
            translators.spend(connection, "first", at, more)
        translators.spend(connection, "first", hour - timedelta(hours=2), Spent(1, 1, 1))
        translators.spend(connection, "first", hour - timedelta(days=2), Spent(1, 1, 1))
        translators.spend(connection, "other", hour, Spent(9, 9, 9))
        assert translators.spending(connection, "first", now) == Spending(
            hour=Spent(2, 150, 10), day=Spent(3, 151, 11), month=Spent(4, 152, 12)
        )
        translators.pause(connection, "first", now, "busy")
        translators.pause(connection, "first", None, None)
        assert translators.paused(connection, "first") == (None, None)


def test_pieces_are_remembered_while_they_are_of_use(wire: Any) -> None:
    now = wire.clock()
    with wire.store.write() as connection:
        translators.remember(connection, {"a": "eins", "b": "zwei"}, now)
        translators.remember(connection, {"a": "EINS"}, now)
        later = now + timedelta(days=5)
        assert translators.recall(connection, ["a", "c"], later) == {"a": "EINS"}
        assert translators.forget(connection, now + timedelta(days=1), later) == 1
        assert translators.recall(connection, ["a", "b"], later) == {"a": "EINS"}


@pytest.mark.parametrize(
    ("caps", "spending", "more", "told"),
    [
        (Caps(), Spending(hour=Spent(99)), Spent(1), None),
        (Caps(requests_per_hour=2), Spending(hour=Spent(1)), Spent(1), None),
        (Caps(requests_per_hour=2), Spending(hour=Spent(2)), Spent(1), "2 requests an hour"),
        (Caps(requests_per_day=2), Spending(day=Spent(2)), Spent(1), "2 requests a day"),
        (Caps(characters_per_hour=10), Spending(hour=Spent(1, 5)), Spent(1, 6), "10 characters an hour"),
        (Caps(characters_per_day=10), Spending(day=Spent(1, 5)), Spent(1, 6), "10 characters a day"),
        (Caps(characters_per_day=10), Spending(), Spent(1, 60), None),  # or it would wait for ever
        (Caps(cost_per_month=1.5), Spending(month=Spent(1, 1, 1_400_000)), Spent(1, 1, 100_001), "1.5 a month"),
        (Caps(cost_per_month=1.5), Spending(month=Spent(1, 1, 1_400_000)), Spent(1, 1, 100_000), None),
    ],
)
def test_caps(wire: Any, caps: Caps, spending: Spending, more: Spent, told: str | None) -> None:
    reached = caps.reached(spending, more, wire.clock())
    assert (reached is None) == (told is None)
    if reached is not None and told is not None:
        assert told in reached[0]
        assert reached[1] > wire.clock()
