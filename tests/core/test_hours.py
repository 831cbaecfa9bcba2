from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.hours import Cadence, QuietHours, read_cadence, read_quiet_hours, read_time

MINUTE = timedelta(minutes=1)
quick = settings(deadline=None, max_examples=120)
ZONES = st.sampled_from(
    # Whole hours, half and three quarters, jumps of half an hour, of a whole day, below zero in winter, never.
    "Europe/Berlin America/New_York Asia/Kolkata Asia/Kathmandu Australia/Lord_Howe Pacific/Apia Africa/Casablanca "
    "Europe/Dublin America/St_Johns UTC".split()
).map(ZoneInfo)
DAYS = st.sampled_from(
    [
        datetime.fromisoformat(f"{day}T00:00Z")
        for day in ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2011-12-30")
    ]
)
NOWS = st.builds(lambda day, minutes: day + minutes * MINUTE, DAYS, st.integers(-24 * 60, 24 * 60))
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 10, 30, 59]))
QUIET = st.builds(QuietHours, TIMES, TIMES).filter(lambda quiet: quiet.begin != quiet.end)
CADENCES = st.builds(Cadence, st.sampled_from(["hourly", "daily", "weekly"]), TIMES, st.integers(0, 6))


@quick
@given(QUIET, ZONES, NOWS)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> None:
    naive = now
    while quiet.hold(naive.astimezone(zone).time()):
        naive += MINUTE
    assert quiet.over(now, zone) == naive


@quick
@given(CADENCES, ZONES, NOWS)
def test_digests_have_one_time_after_the_other(cadence: Cadence, zone: ZoneInfo, now: datetime) -> None:
    last, following = cadence.last(now, zone), cadence.next(now, zone)
    assert last <= now < following
    assert cadence.next(last, zone) == following
    assert cadence.last(following, zone) == following
    assert cadence.last(following - MINUTE / 60, zone) == last


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-28T21:59+01:00", "2026-03-28T21:59+01:00"),
        ("2026-03-28T22:00+01:00", "2026-03-29T07:00+02:00"),  # an hour shorter: put forward in the night
        ("2026-10-24T22:00+02:00", "2026-10-25T07:00+01:00"),  # an hour longer
        ("2026-10-25T02:30+02:00", "2026-10-25T07:00+01:00"),
        ("2026-10-25T07:00+01:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_a_night_in_berlin(now: str, until: str) -> None:
    moment = datetime.fromisoformat(now).astimezone(UTC)
    over = read_quiet_hours("22:00-07:00").over(moment, ZoneInfo("Europe/Berlin"))
    assert over == datetime.fromisoformat(until)


def test_an_end_that_the_clock_never_shows_is_the_moment_of_the_jump() -> None:
    over = read_quiet_hours("22:00-02:30").over(datetime(2026, 3, 28, 23, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert over == datetime.fromisoformat("2026-03-29T03:00+02:00")


@pytest.mark.parametrize(
    ("cadence", "after", "times"),
    [
        ("daily 02:30", "2026-03-28T00:00+01:00", ["03-28T02:30+01:00", "03-29T03:30+02:00", "03-30T02:30+02:00"]),
        ("daily 02:30", "2026-10-24T12:00+02:00", ["10-25T02:30+02:00", "10-26T02:30+01:00"]),
        ("hourly", "2026-10-25T01:30+02:00", ["10-25T02:00+02:00", "10-25T02:00+01:00", "10-25T03:00+01:00"]),
        ("weekly friday 18:00", "2026-03-23T00:00+01:00", ["03-27T18:00+01:00", "04-03T18:00+02:00"]),
    ],
)
def test_times_of_digests_in_berlin(cadence: str, after: str, times: list[str]) -> None:
    now = datetime.fromisoformat(after).astimezone(UTC)
    for expected in times:
        now = read_cadence(cadence).next(now, ZoneInfo("Europe/Berlin"))
        assert now == datetime.fromisoformat(f"2026-{expected}")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("hourly", Cadence("hourly")),
        ("daily", Cadence("daily", time(8))),
        ("Daily  18:30", Cadence("daily", time(18, 30))),
        ("weekly", Cadence("weekly", time(8), 0)),
        ("weekly sunday", Cadence("weekly", time(8), 6)),
        ("weekly friday 7:05", Cadence("weekly", time(7, 5), 4)),
    ],
)
def test_cadences_are_read_and_written(text: str, read: Cadence) -> None:
    assert read_cadence(text) == read
    assert read_cadence(str(read)) == read


@pytest.mark.parametrize(
    "text", ["", "monthly", "daily 25:00", "daily 18", "weekly 18:00", "hourly 10:00", "weekly fri"]
)
def test_what_is_no_cadence_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be 'hourly'|is no time of day"):
        read_cadence(text)


def test_quiet_hours_are_read_and_written() -> None:
    assert str(read_quiet_hours(" 22:00 \u2013 7:00")) == "22:00-07:00"
    assert read_quiet_hours("18:00-24:00") == QuietHours(time(18), time())
    assert read_time("24:00") == time()


@pytest.mark.parametrize("text", ["", "22:00", "22-7", "7:00-07:00", "22:00-25:00", "22:00-07:60"])
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be two times|is no time of day|at the same time"):
        read_quiet_hours(text)
