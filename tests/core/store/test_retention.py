"""Retention: what is old leaves the tables, and nothing newswire does changes by it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, text

from newswire import errors
from newswire.delivery import State
from newswire.model import Article
from newswire.store import Store, by_hand, deliveries, events, folded, pruning
from newswire.store.archive import Archive
from newswire.store.retention import Retention
from newswire.store.schema import attempt, delivery, event, follower

if TYPE_CHECKING:
    from pathlib import Path

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
KEEP = timedelta(days=400)


def _count(store: Store, table: Any) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def _tables(store: Store) -> tuple[int, int, int]:
    return _count(store, delivery), _count(store, attempt), _count(store, event)


def _archived(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob(f"{kind}-*.ndjson.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _get_in_the_way(folder: Path) -> None:
    folder.write_text("in the way", "utf-8")


def _get_out_of_the_way(folder: Path) -> None:
    folder.unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def retention(store: Store, clock: Any, folder: Path) -> Retention:
    return Retention(store, KEEP, folder, clock, room=3)


async def _old(wire: Any, *articles: Article) -> None:
    for article in articles:
        wire.publish(article)
    await wire.deliver()
    wire.clock.forward(days=500)


def _prune(retention: Retention) -> dict[str, int]:
    total: dict[str, int] = {}
    for kind, number in retention.steps():
        assert number <= 3
        total[kind] = total.get(kind, 0) + number
    return total


async def test_what_is_old_goes_to_the_archive_in_small_steps(
    wire: Any, an_article: MakeArticle, retention: Retention, folder: Path
) -> None:
    await _old(wire, *(an_article(key) for key in "abcdefgh"))
    wire.publish(an_article("new", published=wire.clock()))
    await wire.deliver()
    assert retention.count() == {"deliveries": 8, "attempts": 8, "events": 8}
    assert _prune(retention) == {"deliveries": 8, "attempts": 8, "events": 8}
    assert _tables(wire.store) == (1, 1, 1)
    assert _names(folder) == {f"{kind}-2026-11.ndjson.gz" for kind in ("deliveries", "attempts", "events")}
    kept = _archived(folder, "deliveries")
    assert [row["article_id"] for row in kept] == list("abcdefgh")
    assert kept[0]["receipt"]["remote_id"] == "1"
    assert _archived(folder, "events")[0] | {"at": ""} == {
        "seq": 1, "article_id": "a", "rev": 1, "kind": "published", "languages": ["en"], "at": "",
    }  # fmt: skip
    assert _archived(folder, "attempts")[0]["outcome"] == "sent"
    assert _prune(retention) == {"attempts": 0, "events": 0}


@pytest.mark.parametrize("what", ["corrected", "translated", "unchanged", "withdrawn"])
async def test_an_old_post_is_still_edited_and_deleted_and_never_made_again(
    what: str, any_age: Any, an_article: MakeArticle, an_edition: MakeEdition, retention: Retention
) -> None:
    wire = any_age
    await _old(wire, an_article())
    before = _rows(wire.store)
    _prune(retention)
    assert _count(wire.store, delivery) == 0
    assert _rows(wire.store) == before
    if what == "withdrawn":
        wire.publisher.withdraw("a")
    else:
        title = "Corrected" if what == "corrected" else "Title of a (en)"
        more = [an_edition("de")] if what == "translated" else []
        wire.publish(an_article(editions=[an_edition("en", title=title), *more]))
    await wire.deliver()
    expected = {
        "corrected": {"1": "Corrected\nSummary of a (en)"},
        "translated": {"1": "Title of a (de)\nSummary of a (de)"},
        "unchanged": {"1": "Title of a (en)\nSummary of a (en)"},
        "withdrawn": {"1": "(deleted)"},
    }
    assert wire.channels["news"].out == expected[what]
    assert [operation for operation, _ in wire.channels["news"].calls].count("post") == 1
    assert wire.channels["late"].shown == (["Title of a (de)"] if what == "translated" else [])


@pytest.fixture
def any_age(make_wire: Any, subscriber: Any) -> Any:
    """A wire whose channels take articles of any age."""
    return make_wire([subscriber("news", "de", "en", max_age=None), subscriber("late", "de", max_age=None)])


def _rows(store: Store) -> list[Any]:
    with store.read() as connection:
        return [deliveries.of_article(connection, "a"), deliveries.listing(connection, article_id="a")]


async def test_what_was_touched_again_is_archived_again_when_it_is_old_again(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition, retention: Retention, folder: Path
) -> None:
    await _old(wire, an_article())
    _prune(retention)
    await _old(wire, an_article(editions=[an_edition("en", title="Corrected")]))
    _prune(retention)
    assert [(row["id"], row["have"]) for row in _archived(folder, "deliveries")] == [(1, 1), (1, 2)]
    assert _count(wire.store, delivery) == 0


async def test_what_is_open_stays_however_old(wire: Any, an_article: MakeArticle, retention: Retention) -> None:
    wire.channels["news"].after = [errors.Unknown("connection cut")]
    await _old(wire, an_article("doubt"))
    wire.publish(an_article("pending", published=None))
    wire.clock.forward(days=500)
    _prune(retention)
    with wire.store.read() as connection:
        left = {row.article_id: row.state for row in deliveries.listing(connection)}
    assert left == {"doubt": State.DOUBT, "pending": State.PENDING}


async def test_a_folded_delivery_is_found_by_its_id_and_can_be_resent(
    wire: Any, an_article: MakeArticle, retention: Retention
) -> None:
    await _old(wire, an_article("a"), an_article("b"))
    _prune(retention)
    with wire.store.read() as connection:
        found = deliveries.by_id(connection, 2)
        assert found is not None
        assert found.article_id == "b"
        assert deliveries.by_id(connection, 3) is None
        assert deliveries.listing(connection, article_id="b", states=[State.DEAD]) == []
    hand = by_hand.Hand("alice", wire.clock())
    with wire.store.write() as connection:
        by_hand.change(connection, [2], lambda row: by_hand.resend(row, withdrawn=False, now=wire.clock()), hand)
        assert folded.count(connection) == 1
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of b (en)", "Title of b (en)"]


async def test_a_backfill_neither_loses_nor_repeats_what_is_folded(
    wire: Any, an_article: MakeArticle, retention: Retention
) -> None:
    await _old(wire, an_article())
    _prune(retention)
    with wire.store.write() as connection:
        deliveries.force(connection, "a", 1, "news", now=wire.clock())
        deliveries.force(connection, "a", 1, "another", now=wire.clock())
        assert {name: row.state for name, row in deliveries.of_article(connection, "a").items()} == {
            "news": State.DONE,
            "another": State.PENDING,
        }


@pytest.mark.parametrize(("cursor", "left"), [(0, 5), (2, 3), (5, 1), (None, 1)])
async def test_events_wait_for_the_slowest_follower_and_the_newest_stays(
    cursor: int | None, left: int, wire: Any, an_article: MakeArticle, retention: Retention
) -> None:
    await _old(wire, *(an_article(key) for key in "abcde"))
    with wire.store.write() as connection:
        connection.execute(insert(follower).values(name="fast", cursor=5))
        if cursor is not None:
            connection.execute(insert(follower).values(name="slow", cursor=cursor))
    _prune(retention)
    with wire.store.write() as connection:
        assert events.latest(connection) == 5
        read = 5 if cursor is None else cursor
        assert len(events.after(connection, read, limit=9)) == 5 - read
        behind = pruning.followers_behind(connection, wire.clock())
        assert behind == ([("slow", cursor)] if cursor in {0, 2} else [])
        assert pruning.forget_follower(connection, "slow") == (cursor is not None)
    assert _count(wire.store, event) == left
    _prune(retention)
    assert _count(wire.store, event) == 1
    wire.publish(an_article("next"))
    with wire.store.read() as connection:
        assert events.latest(connection) == 6


async def test_a_crash_before_the_commit_archives_twice_and_loses_nothing(
    wire: Any, an_article: MakeArticle, retention: Retention, folder: Path
) -> None:
    await _old(wire, an_article("a"), an_article("b"))
    with wire.store.write() as connection:
        pruning.fold_deliveries(connection, Archive(folder), wire.clock() - KEEP, ["a", "b"], room=9)
        connection.rollback()
    assert _tables(wire.store)[0] == 2
    _prune(retention)
    lines = _archived(folder, "deliveries")
    assert [row["id"] for row in lines] == [1, 2, 1, 2]
    assert list({row["id"]: row for row in lines}.values()) == lines[:2]


@pytest.mark.parametrize("torn", [b"\x1f\x8b\x08\x00", b"\x00\x00\x00\x00", None])
def test_a_batch_cut_off_by_a_power_cut_spoils_no_later_one(torn: bytes | None, folder: Path) -> None:
    archive = Archive(folder)
    path = archive.append("events", "2026-05", [{"seq": 1}])
    archive.append("events", "2026-05", [{"seq": 2}])
    whole = path.read_bytes()
    path.write_bytes(whole + (torn if torn is not None else whole[: len(whole) // 2 - 3]))
    Archive(folder).append("events", "2026-05", [{"seq": 3}])
    assert [row["seq"] for row in _archived(folder, "events")] == [1, 2, 3]
    path.write_bytes(whole[:7])
    Archive(folder).append("events", "2026-05", [{"seq": 4}])
    assert [row["seq"] for row in _archived(folder, "events")] == [4]


async def test_an_archive_that_cannot_be_written_prunes_nothing(
    wire: Any, an_article: MakeArticle, retention: Retention, folder: Path
) -> None:
    await _old(wire, an_article())
    before = _tables(wire.store)
    _get_in_the_way(folder)
    with pytest.raises(OSError, match="archive"):
        _prune(retention)
    assert _tables(wire.store) == before
    stop = asyncio.Event()
    running = asyncio.create_task(retention.run(stop, every=timedelta(milliseconds=20)))
    await asyncio.sleep(0.05)
    _get_out_of_the_way(folder)
    for _ in range(200):
        if not _count(wire.store, delivery):
            break
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.wait_for(running, 10)


async def test_keep_off_prunes_nothing(store: Store, wire: Any, an_article: MakeArticle, folder: Path) -> None:
    await _old(wire, an_article())
    never = Retention(store, None, folder, wire.clock)
    assert (list(never.steps()), never.count()) == ([], {})
    await asyncio.wait_for(never.run(asyncio.Event()), 5)
    assert _tables(store) == (1, 1, 1)


async def test_finding_what_rests_costs_one_look_at_an_index_an_article(
    store: Store, wire: Any, an_article: MakeArticle
) -> None:
    if not store.engines.sqlite:
        pytest.skip("the planner of a table this small reads it whole")
    await _old(wire, an_article())
    with store.read() as connection:
        statement = str(
            pruning.resting_statement(wire.clock(), after="", limit=5).compile(
                connection, compile_kwargs={"literal_binds": True}
            )
        )
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
    assert not [line for line in plan if line.startswith("SCAN delivery")]
