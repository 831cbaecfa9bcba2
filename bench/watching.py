"""What it costs to look at a large room: how it stands, and what happens, again and again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases import ENGINES, databases
from figures import Figure
from sqlalchemy import insert, literal, select

from newswire.api import Options
from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings
from newswire.plugins import Plugins
from newswire.store import Store, deliveries, standing
from newswire.store.schema import attempt, channel, delivery, lane
from newswire.store.trail import Trail, Wanted
from newswire.subscription import Subscription
from newswire.taxonomy import Taxonomy
from newswire.testing.services import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.engine import Connection

    from newswire.channel import AnyChannelType

LANES, CHANNELS, EACH = 50, 5_000, 100
"""Accounts, channels, and deliveries of each channel; one of them is still to be sent."""
SHOWN = 40
LOOKS = 10
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    """A look at the status, beside counting every delivery; a look for what is new, beside an empty store."""
    much = f"{CHANNELS:,} channels, {CHANNELS * EACH:,} deliveries"
    with databases() as new:
        for engine in ENGINES:
            with Store(new(engine)) as empty, Store(new(engine)) as store:
                empty.upgrade()
                store.upgrade()
                _fill(store)
                counted = _best(lambda: _count_all(store))
                look = _best(lambda: _look(store))
                yield Figure(f"status, {much}, {engine}", "ms", look, counted, "counting all", "lower")
                name = f"log, a look for what is new, {CHANNELS * EACH:,} attempts, {engine}"
                yield Figure(name, "ms", _follow(store), _follow(empty), "an empty store", "lower")


def _look(store: Store) -> None:
    with store.read() as connection:
        found = standing.read(connection, CONFIG, now=NOON)
        standing.closer(connection, found.channels[:SHOWN])


def _count_all(store: Store) -> None:
    with store.read() as connection:
        deliveries.tally(connection)


def _follow(store: Store) -> float:
    trail = Trail(Wanted())

    def look() -> None:
        with store.read() as connection:
            trail.follow(connection, now=NOON)

    with store.read() as connection:
        trail.take_up(connection, now=NOON, most=10)
    return _best(look)


def _best(work: Callable[[], None]) -> float:
    """Milliseconds, the best of some."""
    took = []
    for _ in range(LOOKS):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return round(min(took) * 1000, 2)


def _names() -> list[str]:
    return [f"channel-{number:04}" for number in range(CHANNELS)]


def _lane(number: int) -> str:
    return f"account-{number % LANES}"


class _Nothing:
    kind = "bench"


def _config() -> Config:
    kind: AnyChannelType = _Nothing()  # type: ignore[assignment]  # only its name is looked at
    options, wanted = Options(), Subscription(languages=("en",))
    return Config(
        path=Path("config.toml"),
        plugins=Plugins(),
        site=SITE,
        taxonomy=Taxonomy(),
        store=StoreSettings(),
        http=HttpSettings(),
        logging=LoggingSettings(),
        dispatch=DispatchSettings(),
        accounts=tuple(ConfiguredAccount(name=_lane(number), type=kind, options=options) for number in range(LANES)),
        channels=tuple(
            ConfiguredChannel(name=name, account=_lane(number), subscription=wanted, options=options, max_age=None)
            for number, name in enumerate(_names())
        ),
    )


CONFIG = _config()


def _fill(store: Store) -> None:
    with store.write() as connection:
        connection.execute(insert(lane), [{"name": _lane(n), "epoch": 0, "fingerprint": ""} for n in range(LANES)])
        kept = {"active": 1, "start_seq": 0, "started": NOON, "fingerprint": ""}
        rows = [{"name": name, "lane": _lane(number), **kept} for number, name in enumerate(_names())]
        connection.execute(insert(channel), rows)
        for place in range(EACH):
            _add_deliveries(connection, place)
        told = {"rev": 1, "operation": "post", "started": NOON, "ended": NOON, "outcome": "sent"}
        _copy(connection, attempt, select(delivery.c.id.label("delivery_id"), *_constants(attempt, told)))


def _add_deliveries(connection: Connection, place: int) -> None:
    """A delivery of one article to each channel; of the last article it is still to be made."""
    waits = place == EACH - 1
    receipt = {"remote_id": "1", "at": NOON.isoformat(), "url": "https://t.me/news/1", "details": {"kind": "text"}}
    row: dict[str, object] = {
        "article_id": f"article-{place}",
        "want": 1,
        "have": None if waits else 1,
        "state": "pending" if waits else "done",
        "receipt": None if waits else receipt,
        **dict.fromkeys(("due", "since", "changed"), NOON),
    }
    _copy(connection, delivery, select(channel.c.name.label("channel"), *_constants(delivery, row)))


def _constants(table: Table, row: Mapping[str, object]) -> list[ColumnElement[object]]:
    return [literal(value, table.c[name].type).label(name) for name, value in row.items()]


def _copy(connection: Connection, table: Table, rows: Select[Any]) -> None:
    """One statement within the database: half a million rows one by one would take minutes."""
    connection.execute(insert(table).from_select([column.name for column in rows.selected_columns], rows))
