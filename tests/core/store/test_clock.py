"""The database's clock, whatever the machine's says."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from newswire.errors import StoreError
from newswire.store import Store
from newswire.store.clock import DatabaseClock

ENGINES = ("postgresql",)
HOUR = timedelta(hours=1)


def _wrong() -> datetime:
    return datetime.now(UTC) + HOUR


def test_a_machine_that_is_an_hour_ahead_agrees_with_the_others(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    right = DatabaseClock(store.engines, lambda: datetime.now(UTC), time.monotonic)
    wrong = DatabaseClock(store.engines, _wrong, time.monotonic)
    assert abs(wrong() - right() - HOUR) < timedelta(seconds=1)
    assert abs(right.measure()) < timedelta(seconds=2)
    assert "differs" not in caplog.text
    assert abs(wrong.measure() - HOUR) < timedelta(seconds=2)
    assert "differs" in caplog.text
    assert abs(wrong() - right()) < timedelta(seconds=0.5)
    assert wrong().utcoffset() == timedelta()


def test_setting_the_machines_clock_moves_nothing(store: Store) -> None:
    machine, ticks = [datetime.now(UTC)], [100.0]
    clock = DatabaseClock(store.engines, lambda: machine[0], lambda: ticks[0])
    clock.measure()
    before = clock()
    machine[0] -= HOUR
    assert clock() == before
    ticks[0] += 7.5
    assert clock() - before == timedelta(seconds=7.5)


def test_without_an_answer_it_goes_on(store: Store) -> None:
    ticks = [0.0]
    clock = DatabaseClock(store.engines, _wrong, lambda: ticks[0])
    clock.measure()
    before = clock()
    with Store("postgresql+psycopg://u@/d?host=/nowhere") as gone:
        clock._engines = gone.engines
        ticks[0] += 1
        with pytest.raises(StoreError):
            clock.measure()
    assert clock() - before == timedelta(seconds=1)
