"""Digests on channels: made once, at their time, of all that waits; and kept true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newswire import errors
from newswire.delivery import Delivery, State
from newswire.errors import InvalidArticle, Refused
from newswire.hours import read_cadence, read_quiet_hours
from newswire.model import Article
from newswire.shaping import Shaping
from newswire.store import articles, by_hand, catalogue, deliveries, events, lanes, publications
from newswire.store.by_hand import Hand
from newswire.store.shaped import turns

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
MakeWire = Callable[..., Any]
DIGEST = "digest/news/20261123T1700Z"  # 18:00 in Berlin
HEAD = "Daily digest · November 23, 2026"


@pytest.fixture
def wire(make_wire: MakeWire) -> Any:
    """At noon (13:00 in Berlin), with a channel that posts a digest at 18:00."""
    return make_wire(shapings={"news": _daily()})


def _daily(**rules: Any) -> Shaping:
    return Shaping(zone=ZoneInfo("Europe/Berlin"), digest=read_cadence("daily 18:00"), **rules)


def _row(wire: Any, key: str = DIGEST) -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)["news"]


def _posts(wire: Any) -> list[str]:
    return [text for text in wire.channels["news"].out.values() if text != "(deleted)"]


def _text(*titles: str, head: str = HEAD) -> str:
    return "\n".join([head, *(f"• {title}" for title in titles)])


def _publish(wire: Any, an_article: MakeArticle, *keys: str, **changes: Any) -> None:
    for key in keys:
        wire.publish(an_article(key, **{"published": wire.clock.now} | changes))


async def _evening(wire: Any) -> None:
    wire.clock.forward(hours=5)
    await wire.deliver()


async def test_what_came_in_is_one_post_when_its_time_comes(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a", "b")
    await wire.deliver()
    assert _posts(wire) == []
    wire.clock.forward(hours=4, minutes=59)
    _publish(wire, an_article, "c")
    await wire.deliver()
    assert _posts(wire) == []
    wire.clock.forward(minutes=1)
    await wire.deliver()
    await wire.deliver()
    assert _posts(wire) == [_text("Title of a (en)", "Title of b (en)", "Title of c (en)")]
    assert (_row(wire).state, _row(wire).have, _row(wire).language) == (State.DONE, 1, "en")
    member = _row(wire, "a")
    assert (member.state, member.within, member.reason) == (State.SUPPRESSED, DIGEST, f"it is in the digest {DIGEST}")
    wire.clock.forward(hours=1)
    _publish(wire, an_article, "d")
    wire.clock.forward(hours=23)
    await wire.deliver()
    assert _posts(wire)[1:] == [_text("Title of d (en)", head="Daily digest · November 24, 2026")]


async def test_no_digest_is_made_of_nothing(wire: Any, an_article: MakeArticle) -> None:
    await _evening(wire)
    wire.clock.forward(minutes=1)
    _publish(wire, an_article, "a")
    await wire.deliver()
    assert _posts(wire) == []


async def test_urgent_articles_do_not_wait_for_it(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a")
    _publish(wire, an_article, "u", urgent=True)
    await wire.deliver()
    assert _posts(wire) == ["Title of u (en)\nSummary of u (en)"]
    await _evening(wire)
    assert _posts(wire)[1:] == [_text("Title of a (en)")]


async def test_a_digest_whose_time_was_slept_through_is_made_once(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a")
    wire.clock.forward(hours=40)
    _publish(wire, an_article, "b")
    await wire.deliver()
    wire.clock.forward(hours=1)
    await wire.deliver()
    # The newest time that has passed: 18:00 of the second day.
    assert _posts(wire) == [_text("Title of a (en)", "Title of b (en)", head="Daily digest · November 24, 2026")]


async def test_a_correction_and_a_withdrawal_edit_it(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    _publish(wire, an_article, "a", "b")
    await _evening(wire)
    wire.publish(an_article("a", editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert _posts(wire) == [_text("Corrected", "Title of b (en)")]
    wire.publisher.withdraw("b")
    await wire.deliver()
    assert _posts(wire) == [_text("Corrected")]
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post", "edit", "edit"]
    # A change that is not seen in it is no edit.
    wire.publish(an_article("a", editions=[an_edition("en", title="Corrected", body="Another body")]))
    await wire.deliver()
    assert len(wire.channels["news"].calls) == 3


async def test_with_the_last_article_it_goes_and_it_comes_back_with_it(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a")
    await _evening(wire)
    wire.publisher.withdraw("a")
    await wire.deliver()
    assert _posts(wire) == []
    wire.publisher.publish(an_article("a"), intake="test", reinstate=True)
    await wire.deliver()
    assert _posts(wire) == [_text("Title of a (en)")]


async def test_what_is_withdrawn_before_its_time_is_not_in_it(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a", "b")
    wire.publisher.withdraw("a")
    await _evening(wire)
    assert _posts(wire) == [_text("Title of b (en)")]


async def test_a_translation_that_arrives_is_told_in_it(
    make_wire: MakeWire, subscriber: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire([subscriber("news", "de", fallback="original")], shapings={"news": _daily()})
    _publish(wire, an_article, "a")
    await _evening(wire)
    head = "Täglicher Überblick · 23. November 2026"
    assert _posts(wire) == [_text("Title of a (en) (Englisch)", head=head)]
    wire.publish(an_article("a", editions=[an_edition("en"), an_edition("de")]))
    await wire.deliver()
    assert _posts(wire) == [_text("Title of a (de)", head=head)]


async def test_more_than_one_post_holds_is_several(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, *(f"a{number}" for number in range(60)))
    await _evening(wire)
    first, second = _posts(wire)
    assert first.startswith(f"{HEAD} (1/2)\n• Title of a0 (en)\n")
    assert second.startswith(f"{HEAD} (2/2)\n• Title of a50 (en)\n")
    assert first.count("•") + second.count("•") == 60


async def test_a_digest_waits_for_the_end_of_quiet_hours_and_passes_caps(
    make_wire: MakeWire, an_article: MakeArticle
) -> None:
    quiet = read_quiet_hours("17:30-19:00")
    wire = make_wire(shapings={"news": _daily(quiet_hours=quiet, max_per_day=1, overflow="digest")})
    _publish(wire, an_article, "a", "b", "c")
    await wire.deliver()
    assert _posts(wire) == ["Title of a (en)\nSummary of a (en)"]
    await _evening(wire)
    assert len(_posts(wire)) == 1
    wire.clock.forward(hours=1)
    await wire.deliver()
    assert _posts(wire)[1:] == [_text("Title of b (en)", "Title of c (en)")]


async def test_a_lost_answer_leaves_one_digest_in_doubt(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].after = [errors.Unknown("no answer")]
    _publish(wire, an_article, "a", "b")
    await _evening(wire)
    assert (_row(wire).state, len(_posts(wire))) == (State.DOUBT, 1)
    await wire.deliver()
    assert len(_posts(wire)) == 1


async def test_a_lost_answer_is_looked_for_where_that_can_be_done(
    make_wire: MakeWire, channel_kinds: dict[str, Any], an_article: MakeArticle
) -> None:
    wire = make_wire(shapings={"news": _daily()})
    wire.channels["news"] = channel_kinds["finding"](wire.clock)
    wire.channels["news"].after = [errors.Unknown("no answer")]
    _publish(wire, an_article, "a")
    await _evening(wire)
    wire.clock.forward(minutes=5)
    await wire.deliver()
    assert (_row(wire).state, len(_posts(wire))) == (State.DONE, 1)


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_worker_that_dies_leaves_exactly_one(wire: Any, an_article: MakeArticle, steps: int) -> None:
    """It dies when it has made the digest, or when it has announced its post; before that there was none."""
    _publish(wire, an_article, "a", "b")
    wire.clock.forward(hours=5)
    worker = wire.worker()
    request = lanes.Request(
        lane="lane",
        finished=(),
        room=1,
        channels=worker.channels,
        orphaned=lambda *_: None,
        shaped={"news": worker.channels["news"].shaped},
    )
    ttl = timedelta(seconds=15)
    for _ in range(steps):
        with wire.store.write() as connection:
            lanes.step(
                connection, [request], "dying", now=wire.clock.now, ttl=ttl, known=lambda *_: False, alone=lambda: True
            )
    wire.clock.forward(minutes=1)
    await wire.deliver()
    with wire.store.read() as connection:
        made = [row.article_id for row in deliveries.listing(connection) if row.article_id.startswith("digest/")]
    assert made == [DIGEST]
    assert (_row(wire).state, len(_posts(wire))) == ((State.DONE, 1) if steps == 1 else (State.DOUBT, 0))


async def test_a_digest_is_made_later_while_somebody_publishes(wire: Any, an_article: MakeArticle) -> None:
    """On PostgreSQL: waiting for a publisher that waits for this dispatcher's rows would be a deadlock."""
    _publish(wire, an_article, "a")
    wire.clock.forward(hours=5)
    with wire.store.write() as connection:
        shaped = {"news": wire.worker().channels["news"].shaped}
        found = turns(connection, shaped, now=wire.clock.now, alone=lambda: False)
        assert found["news"].due == wire.clock.now + timedelta(seconds=1)
    assert _row(wire, "a").state is State.PENDING


async def test_a_retry_of_a_digest_is_the_same_digest(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.Retry("not now", after=timedelta(minutes=10))]
    _publish(wire, an_article, "a")
    await _evening(wire)
    _publish(wire, an_article, "b")
    wire.clock.forward(minutes=10)
    await wire.deliver()
    assert _posts(wire) == [_text("Title of a (en)")]


async def test_a_digest_is_no_article_of_the_site(wire: Any, an_article: MakeArticle) -> None:
    _publish(wire, an_article, "a")
    await _evening(wire)
    with wire.store.read() as connection:
        counts = articles.counts(connection)
        assert (counts.articles, counts.editions, counts.by_language) == (1, 1, {"en": 1})
        assert [entry.article_id for entry in publications.entries(connection, "en", limit=10)] == ["a"]
        assert events.latest(connection) == 1
    wire.publisher.withdraw("a")
    with wire.store.read() as connection:
        assert [stored.content.id for stored in catalogue.withdrawn(connection, limit=10)] == ["a"]
    with pytest.raises(InvalidArticle, match="this is the id of a digest"):
        wire.publish(an_article(DIGEST))
    with pytest.raises(Refused, match="withdraw what it lists"):
        wire.publisher.withdraw(DIGEST)


async def test_a_hand_can_post_an_article_beside_its_digest(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    _publish(wire, an_article, "a")
    await _evening(wire)
    with wire.store.write() as connection:
        row = deliveries.of_article(connection, "a")["news"]
        again = lambda one: by_hand.resend(one, withdrawn=False, now=wire.clock.now)  # noqa: E731
        by_hand.change(connection, [row.id], again, Hand("me", wire.clock.now))
    await wire.deliver()
    assert _posts(wire) == [_text("Title of a (en)"), "Title of a (en)\nSummary of a (en)"]
    wire.publish(an_article("a", editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert _posts(wire) == [_text("Corrected"), "Corrected\nSummary of a (en)"]


async def test_what_the_filter_does_not_take_any_more_is_not_in_it(
    make_wire: MakeWire, subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire(shapings={"news": _daily()})
    _publish(wire, an_article, "a")
    _publish(wire, an_article, "b", topics=["policy"])
    wire.subscribers[0] = subscriber("news", topics="policy")  # the config changed, and newswire was restarted
    await _evening(wire)
    assert _posts(wire) == [_text("Title of b (en)")]
    assert (_row(wire, "a").state, _row(wire, "a").within) == (State.SUPPRESSED, None)
    assert "science" not in str(_row(wire, "b").reason)
    assert str(_row(wire, "a").reason).startswith("it does not match any more: topics: ")
