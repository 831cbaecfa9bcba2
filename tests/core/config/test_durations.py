from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.durations import format_duration, parse_duration, parse_duration_or_off


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15s", timedelta(seconds=15)),
        ("90m", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("1h 30m", timedelta(minutes=90)),
        (" 1D12H ", timedelta(hours=36)),
        ("20", timedelta(seconds=20)),
        (20, timedelta(seconds=20)),
        (0.5, timedelta(milliseconds=500)),
    ],
)
def test_durations(written: object, meant: timedelta) -> None:
    assert parse_duration(written) == meant
    assert parse_duration_or_off(written) == meant


@pytest.mark.parametrize(
    "written", ["", "h", "3 parsecs", "-3h", "1.5h", "3h!", "٣h", "0s", 0, -1, True, None, [], "9" * 30 + "d", 1e300]
)
def test_no_durations(written: object) -> None:
    with pytest.raises(ValueError, match=r"^must be"):
        parse_duration(written)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_number_of_seconds(number: float) -> None:
    with pytest.raises(ValueError, match=r"^must be a duration"):
        parse_duration(number)


def test_off() -> None:
    assert parse_duration_or_off("off") is None
    assert parse_duration_or_off(" OFF ") is None
    with pytest.raises(ValueError, match=r"or 'off'$"):
        parse_duration_or_off("never")
    with pytest.raises(ValueError, match=r"^must be a duration"):
        parse_duration("off")


@given(st.integers(1, 10**8))
def test_what_is_written_is_read_again(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


def test_nothing_is_written_as_off() -> None:
    assert format_duration(None) == "off"
    assert format_duration(timedelta(hours=36)) == "1d12h"
