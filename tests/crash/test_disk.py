"""A disk that is full, a database that cannot be written: told in words, nothing lost, and work goes on afterwards."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from newswire.delivery import State
from newswire.dispatch.lane import Pace
from newswire.errors import StoreError

if TYPE_CHECKING:
    from newswire.store import Store

Trouble = tuple[Path, str, Callable[[Any], None], Callable[[Any], None]]
"""Where the database is, the database's words, and what makes and ends the trouble."""
NOTHING = ("-t", "tmpfs", "-o", "size=2m", "tmpfs")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mounted = subprocess.run(["mount", *NOTHING, str(folder)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no program 'mount'")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _fill(store: Store) -> None:
    folder = Path(str(store.engines.url.database)).parent
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 1024)


def _free(store: Store) -> None:
    (Path(str(store.engines.url.database)).parent / "filler").unlink()


def _forbid(store: Store) -> None:
    store.writable = False  # type: ignore[attr-defined]  # read by the listener below


def _allow(store: Store) -> None:
    store.writable = True  # type: ignore[attr-defined]


@pytest.fixture(params=["full", "read-only"])
def trouble(request: pytest.FixtureRequest, tmp_path: Path) -> Trouble:
    if request.param == "full":
        return request.getfixturevalue("small_disk"), "database or disk is full", _fill, _free
    return tmp_path, "attempt to write a readonly database", _forbid, _allow


@pytest.fixture
def town(trouble: Trouble, empty_database: Path, town_at: Callable[..., Any]) -> Iterator[Any]:
    path = trouble[0] / "town.db"
    path.write_bytes(empty_database.read_bytes())
    made = town_at(f"sqlite:///{path}", {"news": ("plain", {})})
    made.pace = Pace(ttl=timedelta(seconds=0.6), send_timeout=timedelta(seconds=5))
    made.store.writable = True

    @event.listens_for(made.store.engines.writer, "checkout")
    def _checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA query_only = {int(not made.store.writable)}")

    yield made
    made.close()


def test_publishing_says_so_and_stores_nothing(town: Any, trouble: Trouble, an_article: Callable[..., Any]) -> None:
    _, words, begin, end = trouble
    begin(town.store)
    with pytest.raises(StoreError, match=words):
        town.publish(an_article("a"))
    assert town.rows() == []
    end(town.store)
    town.publish(an_article("a"))
    town.deliver()
    assert town.platforms["news"].shown == ["a (en) v1"]


async def test_a_receipt_waits_until_it_can_be_written_and_nothing_new_is_sent_meanwhile(
    town: Any, trouble: Trouble, an_article: Callable[..., Any]
) -> None:
    _, _, begin, end = trouble
    news = town.platforms["news"]
    for key in "ab":
        town.publish(an_article(key))
    news.when_called = lambda: begin(town.store)
    stop = asyncio.Event()
    work = asyncio.create_task(town.worker("lane", asyncio.Event()).run(stop))
    await _until(lambda: news.shown == ["a (en) v1"])
    await asyncio.sleep(1)
    assert [link for _, link, _ in news.calls] == ["https://news.example/a"]
    assert [row.state for row in town.rows()] == [State.SENDING, State.PENDING]
    news.when_called = lambda: None
    end(town.store)
    await _until(lambda: news.shown == ["a (en) v1", "b (en) v1"])
    stop.set()
    await work
    assert [(row.state, row.have) for row in town.rows()] == [(State.DONE, 1), (State.DONE, 1)]


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110  # a test asks what it can see
            await asyncio.sleep(0.02)
