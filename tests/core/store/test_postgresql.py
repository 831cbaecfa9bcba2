"""What is true of PostgreSQL only."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update

from newswire.errors import StoreError
from newswire.store import Store, articles, wakeups
from newswire.store.schema import REVISION, article, plugin_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.model import Article

ENGINES = ("postgresql",)


@pytest.fixture
def empty(postgres: Any) -> Iterator[str]:
    """The address of a database without a schema."""
    name = postgres.create(template="template1")
    yield postgres.url(name)
    postgres.drop(name)


def test_processes_that_start_together_build_the_schema_once(empty: str) -> None:
    def start(_: int) -> str | None:
        with Store(empty) as store:
            store.require_current()
            return store.revision()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(start, range(4))) == [REVISION] * 4


def test_commits_survive_power_loss(store: Store) -> None:
    with store.read() as connection:
        settings = {name: connection.scalar(text(f"SHOW {name}")) for name in ("fsync", "synchronous_commit")}
    assert settings == {"fsync": "on", "synchronous_commit": "on"}


def test_a_reader_sees_one_moment(store: Store, wire: Any, an_article: Callable[..., Article]) -> None:
    wire.publish(an_article("a"))
    with store.read() as connection:
        before = connection.scalar(select(article.c.rev))
        wire.publish(an_article("a", topics=["policy"]))
        assert connection.scalar(select(article.c.rev)) == before
        assert articles.load(connection, "a") is not None


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="read-only"), store.read() as connection:
        connection.execute(insert(plugin_state).values(plugin="a", key="b", value=1))


def test_a_server_that_is_not_there_is_a_clear_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    with Store(f"postgresql+psycopg://u@/d?host={nowhere}") as store, pytest.raises(StoreError, match="the database"):
        store.require_current()


def test_what_the_address_says_goes_first(postgres: Any, postgres_database: str) -> None:
    with Store(postgres.url(postgres_database) + "&application_name=mine") as store, store.read() as connection:
        assert connection.scalar(text("SHOW application_name")) == "mine"


def test_a_frozen_transaction_does_not_hold_its_locks_for_ever(store: Store) -> None:
    with store.write() as connection:
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10s"
        assert connection.scalar(text("SHOW lock_timeout")) == "15s"


@pytest.mark.parametrize("many", ["inserted", "updated"])
def test_a_transaction_that_idles_after_many_rows_is_ended(store: Store, many: str) -> None:
    # psycopg pipelines an executemany, and after a pipeline the server does not see that the transaction idles.
    rows = [{"plugin": "a", "key": str(number), "value": number} for number in range(5)]
    change = update(plugin_state).where(plugin_state.c.key == bindparam("which")).values(value=bindparam("new"))

    def idle() -> None:
        with store.write() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
            connection.execute(insert(plugin_state), rows)
            if many == "updated":
                connection.execute(change, [{"which": row["key"], "new": 7} for row in rows])
            time.sleep(0.5)
            connection.execute(select(1))

    with pytest.raises(StoreError, match="idle-in-transaction"):
        idle()


def _break_all(postgres: Any, database: str, only: str = "%") -> None:
    postgres.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND query LIKE '{only}'"
    )


def test_a_broken_connection_is_replaced(store: Store, postgres: Any, postgres_database: str) -> None:
    with store.write() as connection:
        before = connection.scalar(text("SELECT pg_backend_pid()"))
    _break_all(postgres, postgres_database)
    with store.write() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != before


async def test_who_listens_listens_again_when_the_connection_broke(
    wire: Any, an_article: Callable[..., Article], postgres: Any, postgres_database: str
) -> None:
    woken = asyncio.Event()
    watching = asyncio.create_task(wakeups.watch(wire.store, woken.set))
    async with asyncio.timeout(10):
        await woken.wait()
        for _ in range(2):
            woken.clear()
            _break_all(postgres, postgres_database, "LISTEN%")
            await woken.wait()  # for what was missed meanwhile
            woken.clear()
            wire.publish(an_article("a"))
            wire.publisher.withdraw("a")
            await woken.wait()
            wire.publisher.publish(an_article("a"), intake="test", reinstate=True)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
