"""Channels that shape what goes out, on a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newswire import errors
from newswire.delivery import Delivery, State
from newswire.hours import read_cadence, read_quiet_hours
from newswire.model import Article
from newswire.shaping import Shaping
from newswire.store import deliveries
from newswire.store.shaped import HEADS

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
MakeWire = Callable[..., Any]
BERLIN = ZoneInfo("Europe/Berlin")
DIGEST = "digest/news/20261123T1700Z"


def shaping(**rules: Any) -> Shaping:
    for name, read in (("quiet_hours", read_quiet_hours), ("digest", read_cadence)):
        if name in rules:
            rules[name] = read(rules[name])
    return Shaping(zone=BERLIN, **rules)


@pytest.fixture
def shaped(make_wire: MakeWire) -> Callable[..., Any]:
    """A wire whose channel "news" is shaped."""
    return lambda **rules: make_wire(shapings={"news": shaping(**rules)})


def _row(wire: Any, key: str) -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)["news"]


def _shown(wire: Any) -> list[str]:
    return [title.removeprefix("Title of ")[0] for title in wire.channels["news"].shown]


def _publish(wire: Any, an_article: MakeArticle, keys: str, **changes: Any) -> None:
    for key in keys:
        wire.publish(an_article(key, **{"published": wire.clock.now} | changes))


async def _day(wire: Any, *, minutes: int = 10, hours: int = 24) -> list[tuple[str, int]]:
    """Delivers every few minutes; what appeared, and at which minute of the time."""
    seen: list[tuple[str, int]] = []
    for minute in range(0, hours * 60 + 1, minutes):
        await wire.deliver()
        seen += [(key, minute) for key in _shown(wire)[len(seen) :]]
        wire.clock.forward(minutes=minutes)
    return seen


async def test_a_burst_is_spread(shaped: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = shaped(min_interval=timedelta(minutes=20))
    _publish(wire, an_article, "abcd")
    assert await _day(wire, hours=2) == [("a", 0), ("b", 20), ("c", 40), ("d", 60)]
    row = _row(wire, "d")
    assert (row.state, row.attempt, row.generation) == (State.DONE, 0, 0)
    with wire.store.read() as connection:
        assert len(deliveries.attempts(connection, row.id)) == 1


async def test_a_cap_counts_over_any_hour_and_is_remembered_by_the_store(
    shaped: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = shaped(max_per_hour=2)
    _publish(wire, an_article, "ab")
    await wire.deliver()  # every delivery is another worker's, as after a restart
    wire.clock.forward(minutes=30)
    _publish(wire, an_article, "cde")
    assert await _day(wire, hours=3) == [("a", 0), ("b", 0), ("c", 30), ("d", 30), ("e", 90)]


async def test_a_cap_a_day_is_kept_over_midnight(shaped: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = shaped(max_per_day=2)
    _publish(wire, an_article, "abc")
    assert await _day(wire, hours=25) == [("a", 0), ("b", 0), ("c", 24 * 60)]


async def test_an_unshaped_channel_beside_it_goes_on(
    make_wire: MakeWire, subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news"), subscriber("other")], shapings={"news": shaping(max_per_hour=1)})
    _publish(wire, an_article, "abc")
    await wire.deliver()
    assert _shown(wire) == ["a"]
    assert len(wire.channels["other"].shown) == 3


async def test_quiet_hours_hold_until_the_morning_and_urgent_articles_pass(
    shaped: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = shaped(quiet_hours="22:00-07:00")
    wire.clock.forward(hours=9)  # 22:00 in Berlin
    _publish(wire, an_article, "ab")
    _publish(wire, an_article, "u", urgent=True)
    assert await _day(wire, hours=10) == [("u", 0), ("a", 9 * 60), ("b", 9 * 60)]


@pytest.mark.parametrize(
    ("evening", "hours"), [("2026-03-28T23:00+01:00", 7), ("2026-10-24T23:00+02:00", 9), ("2026-11-23T23:00+01:00", 8)]
)
async def test_quiet_hours_over_a_change_of_the_clock(
    shaped: Callable[..., Any], an_article: MakeArticle, clock: Any, evening: str, hours: int
) -> None:
    clock.now = datetime.fromisoformat(evening)
    wire = shaped(quiet_hours="22:00-07:00")
    clock.forward(seconds=1)
    clock.forward(seconds=-1)
    _publish(wire, an_article, "a")
    assert await _day(wire, hours=10) == [("a", hours * 60)]


async def test_corrections_and_withdrawals_are_never_held(
    shaped: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = shaped(quiet_hours="22:00-07:00", max_per_hour=2)
    _publish(wire, an_article, "abc")
    await wire.deliver()
    assert _shown(wire) == ["a", "b"]
    wire.clock.forward(hours=10)  # 23:00
    wire.publish(an_article("a", editions=[an_edition("en", title="Title of x")]))
    wire.publisher.withdraw("b")
    await wire.deliver()
    assert _shown(wire) == ["x"]
    wire.publisher.withdraw("c")
    wire.clock.forward(hours=9)
    await wire.deliver()
    assert _shown(wire) == ["x"]


async def test_urgent_articles_overtake_the_line_and_count(shaped: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = shaped(max_per_hour=2)
    _publish(wire, an_article, "abcd")
    _publish(wire, an_article, "u", urgent=True)
    await wire.deliver()
    assert _shown(wire) == ["u", "a"]
    wire.clock.forward(minutes=1)
    _publish(wire, an_article, "d", urgent=True)  # what waits becomes urgent by a revision
    await wire.deliver()
    assert _shown(wire) == ["u", "a", "d"]


async def test_what_is_beyond_a_cap_can_be_dropped(
    shaped: Callable[..., Any], an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = shaped(max_per_hour=1, overflow="drop")
    _publish(wire, an_article, "abc")
    await wire.deliver()
    row = _row(wire, "b")
    because = "dropped: max_per_hour is 1, and 1 went out since 2026-11-23 13:00 CET (overflow is drop)"
    assert (row.state, row.reason, row.attempt) == (State.SUPPRESSED, because, 0)
    wire.publish(an_article("b", editions=[an_edition("en", title="Corrected")]))
    _publish(wire, an_article, "e")
    await wire.deliver()
    wire.clock.forward(hours=1)
    _publish(wire, an_article, "d")
    await wire.deliver()
    assert _shown(wire) == ["a", "d"]


async def test_a_post_that_failed_takes_no_room_and_one_in_doubt_does(
    shaped: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = shaped(max_per_hour=2)
    wire.channels["news"].before = [errors.Retry("not now", after=timedelta(seconds=5)), errors.Rejected("too long")]
    _publish(wire, an_article, "abcd")
    await wire.deliver()
    wire.clock.forward(seconds=5)
    wire.channels["news"].after = [errors.Unknown("no answer")]
    await wire.deliver()
    assert [(_row(wire, key).state) for key in "abcd"] == [State.DEAD, State.DOUBT, State.DONE, State.PENDING]


async def test_a_paused_channel_makes_no_digest_until_it_goes_on(
    shaped: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = shaped(digest="daily 18:00")
    wire.channels["news"].before = [errors.ChannelPaused("slow down", after=timedelta(hours=8))]
    _publish(wire, an_article, "u", urgent=True)
    _publish(wire, an_article, "a")
    await wire.deliver()
    wire.clock.forward(hours=6)
    await wire.deliver()
    assert _row(wire, "a").state is State.PENDING
    wire.clock.forward(hours=2)
    await wire.deliver()
    assert [title for _, title in wire.channels["news"].calls[1:]] == [
        "Title of u (en)\nSummary of u (en)",
        "Daily digest · November 23, 2026\n• Title of a (en)",
    ]


async def test_what_is_ahead_of_the_line_is_found_by_its_own_index(wire: Any) -> None:
    """However long the line is: a step looks at the few that do not wait, and at the first of those that do."""
    if not wire.store.engines.sqlite:
        pytest.skip("the planner of a table this small reads it whole")
    dialect = wire.store.engines.reader.dialect
    statement = HEADS.params(names=["news"]).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    with wire.store.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step.split(" INDEX ")[1].split(" (")[0] for step in plan if step.startswith("SEARCH delivery")] == [
        "ix_delivery_ahead",
        "ix_delivery_ahead",
        "ix_delivery_head",
    ]
