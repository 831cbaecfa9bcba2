"""The trail skips nothing and tells nothing twice, in whatever order transactions commit; on both engines."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert
from sqlalchemy import event as sqlalchemy_event

from newswire import errors
from newswire.store import by_hand, deliveries, folded, schema
from newswire.store.schema import attempt, delivery
from newswire.store.trail import GRACE, AttemptLine, EventLine, Line, Trail, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.model import Article

    MakeArticle = Callable[..., Article]


class Reader:
    """Somebody who reads the trail."""

    def __init__(self, wire: Any, **wanted: Any) -> None:
        self.wire = wire
        self.trail = Trail(Wanted(**wanted))

    def take_up(self, **given: Any) -> list[Line]:
        with self.wire.store.read() as connection:
            return self.trail.take_up(connection, now=self.wire.clock(), **given)

    def follow(self) -> list[Line]:
        with self.wire.store.read() as connection:
            return self.trail.follow(connection, now=self.wire.clock())


def told(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    return [
        (one.kind, one.article) if isinstance(one, EventLine) else (one.operation, one.outcome, str(one.channel))
        for one in lines
    ]


def an_attempt(connection: Connection, at: datetime, words: str, of: int = 1) -> None:
    row = {"delivery_id": of, "rev": 1, "operation": "post", "started": at, "ended": at, "outcome": "sent"}
    connection.execute(insert(attempt).values(**row, words=words))


def words(lines: Sequence[Line]) -> list[str | None]:
    return [one.words for one in lines if isinstance(one, AttemptLine)]


async def test_what_happens_is_told_once_and_in_order(
    make_wire: Any, subscriber: Any, an_article: MakeArticle, an_edition: Any
) -> None:
    wire = make_wire([subscriber("one"), subscriber("two")])
    wire.channels["two"].before = [errors.Retry("429, slow down", after=timedelta(minutes=1))]
    reader = Reader(wire)
    assert reader.take_up() == []
    wire.publish(an_article("a"))
    assert told(reader.follow()) == [("published", "a")]
    wire.clock.forward(seconds=1)
    await wire.deliver()
    assert told(reader.follow()) == [("post", "sent", "one"), ("post", "retry", "two")]
    assert reader.follow() == []
    wire.clock.forward(minutes=2)
    wire.publish(an_article("a", editions=[an_edition("en", "a", title="Better")]))
    wire.clock.forward(seconds=1)
    await wire.deliver()
    wire.clock.forward(seconds=1)
    wire.publisher.withdraw("a")
    lines = reader.follow()
    assert told(lines)[0] == ("revised", "a")
    assert sorted(told(lines)[1:-1]) == [("edit", "sent", "one"), ("post", "sent", "two")]
    assert told(lines)[-1] == ("withdrawn", "a")
    everything = Reader(wire).take_up()
    assert len(everything) == 7
    assert [one.at for one in everything] == sorted(one.at for one in everything)
    (slow,) = [one for one in everything if isinstance(one, AttemptLine) and one.outcome == "retry"]
    assert (slow.words, slow.article, slow.rev, slow.seconds) == ("429, slow down", "a", 1, 0.0)


async def test_only_some_lines_are_wanted(make_wire: Any, subscriber: Any, an_article: MakeArticle) -> None:
    wire = make_wire([subscriber("one"), subscriber("two")])
    readers = [
        (Reader(wire, channel="two"), [("post", "sent", "two")] * 3),
        (Reader(wire, article="b"), [("published", "b"), ("post", "sent", "one"), ("post", "sent", "two")]),
        (Reader(wire, article="b", channel="one"), [("post", "sent", "one")]),
    ]
    for reader, _ in readers:
        assert reader.take_up() == []
    for key in "abc":
        wire.publish(an_article(key))
    wire.clock.forward(seconds=1)
    await wire.deliver()
    for reader, wanted in readers:
        assert told(reader.follow()) == wanted
        again = Reader(wire)
        again.trail = Trail(reader.trail._wanted)
        assert told(again.take_up()) == wanted


async def test_where_it_begins(wire: Any, an_article: MakeArticle) -> None:
    for key in "abcd":
        wire.publish(an_article(key))
        wire.clock.forward(minutes=10)
        await wire.deliver()
    begun = wire.clock() - timedelta(minutes=15)
    posted = ("post", "sent", "news")
    assert told(Reader(wire).take_up(since=begun)) == [("published", "d"), posted, posted]
    assert told(Reader(wire).take_up(most=3)) == [("published", "d"), posted, posted]
    assert Reader(wire).take_up(most=0) == []
    assert told(Reader(wire).take_up(since=begun, most=1)) == [posted]


async def test_what_a_hand_did_is_told(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.Rejected("too long")]
    wire.publish(an_article())
    await wire.deliver()
    reader = Reader(wire)
    reader.take_up()
    with wire.store.write() as connection:
        row = deliveries.of_article(connection, "a")["news"]
        by_hand.change(connection, [row.id], by_hand.discard, by_hand.Hand("me@desk", wire.clock()))
    (line,) = reader.follow()
    assert isinstance(line, AttemptLine)
    assert (line.operation, line.outcome) == ("by hand", "discarded")


async def test_attempts_of_deliveries_that_are_folded_or_gone(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    await wire.deliver()
    with wire.store.write() as connection:
        rows = [dict(row) for row in connection.execute(delivery.select()).mappings()]
        folded.fold(connection, "a", [{str(name): value for name, value in row.items()} for row in rows])
    for wanted in ({}, {"article": "a"}):
        line = Reader(wire, **wanted).take_up()[-1]
        assert isinstance(line, AttemptLine)
        assert (line.channel, line.article) == ("news", "a")
    with wire.store.write() as connection:
        connection.execute(delete(schema.folded))
    line = Reader(wire).take_up()[-1]
    assert isinstance(line, AttemptLine)
    assert (line.channel, line.article) == (None, None)


def test_numbers_that_are_committed_late_are_found(wire: Any) -> None:
    if wire.store.engines.sqlite:
        pytest.skip("SQLite has one writer: numbers commit in order")
    reader = Reader(wire)
    reader.take_up()
    engine = wire.store.engines.writer
    with engine.connect() as slow, engine.connect() as slower, engine.connect() as lost:
        for connection, told_later in ((slow, "slow"), (slower, "slower"), (lost, "lost")):
            an_attempt(connection, wire.clock(), told_later)
        with wire.store.write() as quick:
            an_attempt(quick, wire.clock(), "quick")
        assert words(reader.follow()) == ["quick"]
        beginner = Reader(wire)
        assert words(beginner.take_up()) == ["quick"]
        slow.commit()
        assert words(reader.follow()) == words(beginner.follow()) == ["slow"]
        wire.clock.forward(seconds=GRACE.total_seconds() * 2)
        assert reader.follow() == []
        slower.commit()
        lost.rollback()
        assert words(reader.follow()) == words(beginner.follow()) == ["slower"]
    assert reader.follow() == beginner.follow() == []
    assert reader.trail._missing == {}  # nobody is left who could commit the lost one
    with wire.store.write() as connection:
        an_attempt(connection, wire.clock(), "last")
    assert words(reader.follow()) == words(beginner.follow()) == ["last"]


def test_a_storm_of_writers_is_told_completely(wire: Any) -> None:
    chance, writers, each = random.Random(4), 4, 25
    kept: list[str] = []
    reader = Reader(wire)
    reader.take_up()

    def write(writer: int, waits: Sequence[float]) -> None:
        for number, wait in enumerate(waits):
            name = f"{writer}.{number}"
            with wire.store.engines.writer.connect() as connection:
                an_attempt(connection, wire.clock(), name)
                time.sleep(wait)
                if number % 7 == 6:
                    connection.rollback()
                else:
                    connection.commit()
                    kept.append(name)

    waits = [[chance.random() / 100 for _ in range(each)] for _ in range(writers)]
    threads = [threading.Thread(target=write, args=(number, waits[number])) for number in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[str | None] = []
    while any(thread.is_alive() for thread in threads):
        seen += words(reader.follow())
    for thread in threads:
        thread.join()
    seen += words(reader.follow())
    assert sorted(map(str, seen)) == sorted(kept)
    assert len(kept) == writers * (each - each // 7)


def test_more_than_one_look_takes(wire: Any) -> None:
    reader = Reader(wire)
    reader.take_up()
    with wire.store.write() as connection:
        at = wire.clock()
        row = {"delivery_id": 1, "rev": 1, "operation": "post", "started": at, "ended": at, "outcome": "sent"}
        connection.execute(insert(attempt), [{**row, "words": str(number)} for number in range(2_500)])
    looks = [len(reader.follow()) for _ in range(4)]
    assert looks == [1_000, 1_000, 500, 0]
    assert len(Reader(wire).take_up()) == 2_500


def test_a_table_that_was_emptied_begins_anew(wire: Any) -> None:
    with wire.store.write() as connection:
        for number in range(3):
            an_attempt(connection, wire.clock(), str(number))
    reader = Reader(wire)
    assert words(reader.take_up()) == ["0", "1", "2"]
    with wire.store.write() as connection:
        connection.execute(delete(attempt))
    assert reader.follow() == []
    with wire.store.write() as connection:
        an_attempt(connection, wire.clock(), "new")
    assert words(reader.follow()) == ["new"]


def test_a_look_reads_no_table_whole(wire: Any) -> None:
    if not wire.store.engines.sqlite:
        pytest.skip("the plans of a table of some rows tell nothing on PostgreSQL; bench/watching.py measures both")
    with wire.store.write() as connection:
        for number in range(3):
            an_attempt(connection, wire.clock(), str(number))
    reader = Reader(wire)
    reader.take_up()
    asked: list[tuple[str, Any]] = []
    sqlalchemy_event.listen(
        wire.store.engines.reader, "before_cursor_execute", lambda *given: asked.append((given[2], given[3]))
    )
    reader.follow()
    reader.trail._missing = {number: (0, wire.clock()) for number in range(10, 20)}
    reader.follow()
    plans = []
    with wire.store.read() as connection:
        for statement, parameters in [one for one in asked if one[0].startswith("SELECT")]:
            plans += connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    told = [str(row[-1]) for row in plans]
    assert len(told) > 6
    assert [line for line in told if line.startswith("SCAN") and line != "SCAN language"] == []
