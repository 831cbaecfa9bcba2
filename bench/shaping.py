"""What a step costs for channels that wait: by how many they are, and not by how much waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from databases import ENGINES, databases
from figures import Figure
from sqlalchemy import insert

from newswire.hours import read_quiet_hours
from newswire.shaping import Shaping
from newswire.store import Store, lanes
from newswire.store.schema import article, channel, delivery, lane
from newswire.store.shaped import Shaped
from newswire.subscription import Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANNELS = 100
LITTLE, MUCH = 10, 1_000
"""Articles that wait on each channel."""
STEPS = 20
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    """A step of a lane whose channels are all in their quiet hours, with little and with much that waits."""
    shaping = Shaping(zone=ZoneInfo("Europe/Berlin"), quiet_hours=read_quiet_hours("12:00-20:00"), max_per_hour=5)
    shaped = Shaped(shaping=shaping, plan=None, subscription=Subscription(languages=("en",)))
    names = [f"channel-{number}" for number in range(CHANNELS)]
    with databases() as new:
        for engine in ENGINES:
            little, much = (_step(new(engine), names, shaped, waiting) for waiting in (LITTLE, MUCH))
            name = f"step, {CHANNELS} channels in quiet hours, {MUCH:,} articles waiting on each, {engine}"
            yield Figure(name, "ms", much, little, f"{LITTLE} waiting on each", "lower")


def _step(url: str, names: list[str], shaped: Shaped, waiting: int) -> float:
    """Milliseconds of a step, the best of some."""
    request = lanes.Request(
        lane="lane",
        finished=(),
        room=4,
        channels=set(names),
        orphaned=lambda *_: None,
        shaped=dict.fromkeys(names, shaped),
    )
    with Store(url) as store:
        store.upgrade()
        _fill(store, names, waiting)
        took = []
        for _ in range(STEPS):
            begin = time.perf_counter()
            with store.write() as connection:
                lanes.step(connection, [request], "bench", now=NOON, ttl=timedelta(seconds=15), known=lambda *_: True)
            took.append(time.perf_counter() - begin)
    return round(min(took) * 1000, 2)


def _fill(store: Store, names: list[str], waiting: int) -> None:
    same = {"rev": 1, "hash": "", "meta_hash": "", "withdrawn": 0, "document": {}, "intake": "bench"}
    times = {"published": NOON, "changed": NOON, "seen": NOON}
    row = {"want": 1, "state": "pending", "due": NOON, "since": NOON, "changed": NOON}
    with store.write() as connection:
        connection.execute(insert(lane), [{"name": "lane", "epoch": 0, "fingerprint": ""}])
        kept = {"lane": "lane", "active": 1, "start_seq": 0, "started": NOON, "fingerprint": ""}
        connection.execute(insert(channel), [{"name": name, **kept} for name in names])
        keys = [f"article-{number}" for number in range(waiting)]
        connection.execute(insert(article), [{"id": key, **same, **times} for key in keys])
        for name in names:
            connection.execute(insert(delivery), [{"channel": name, "article_id": key, **row} for key in keys])
