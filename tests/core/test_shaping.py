from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.hours import read_cadence, read_quiet_hours
from newswire.shaping import Drop, Gather, Hold, Shaping, decide, hold

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
quick = settings(deadline=None, max_examples=100)


def shaping(**rules: Any) -> Shaping:
    for name, read in (("quiet_hours", read_quiet_hours), ("digest", read_cadence)):
        if name in rules:
            rules[name] = read(rules[name])
    return Shaping(zone=BERLIN, **rules)


def _posts(*minutes_ago: int) -> list[datetime]:
    return sorted(NOON - ago * MINUTE for ago in minutes_ago)


@pytest.mark.parametrize(
    ("rules", "posted", "rule", "until", "because"),
    [
        ({"max_per_hour": 2}, _posts(59), None, None, None),
        ({"max_per_hour": 2}, _posts(60, 59), None, None, None),
        (
            {"max_per_hour": 2},
            _posts(50, 5),
            "max_per_hour",
            NOON + 10 * MINUTE,
            "max_per_hour is 2, and 2 went out since 2026-11-23 12:10 CET",
        ),
        ({"max_per_day": 1}, _posts(61), "max_per_day", NOON + timedelta(hours=24) - 61 * MINUTE, "max_per_day is 1"),
        (
            {"min_interval": 5 * MINUTE},
            _posts(3),
            "min_interval",
            NOON + 2 * MINUTE,
            "min_interval is 5 min, and the last post went out at 2026-11-23 12:57 CET",
        ),
        ({"min_interval": 5 * MINUTE}, _posts(5), None, None, None),
        (
            {"quiet_hours": "12:00-14:00"},
            [],
            "quiet_hours",
            NOON + timedelta(hours=1),
            "quiet_hours are 12:00-14:00 (Europe/Berlin)",
        ),
        # The hour has room again at 13:10, which is quiet; it goes when that is over.
        (
            {"max_per_hour": 1, "quiet_hours": "13:05-15:00"},
            _posts(50),
            "max_per_hour",
            NOON + timedelta(hours=2),
            "max_per_hour is 1",
        ),
    ],
)
def test_what_holds_a_post(
    rules: dict[str, Any], posted: list[datetime], rule: str | None, until: datetime | None, because: str | None
) -> None:
    held = hold(shaping(**rules), posted, NOON)
    assert (held.rule if held else None, held.until if held else None) == (rule, until)
    assert (because or "") in (held.because if held else "")


def test_overflow() -> None:
    full, since = _posts(5), NOON - MINUTE
    assert isinstance(decide(shaping(max_per_hour=1), full, waiting_since=since, now=NOON), Hold)
    dropped = decide(shaping(max_per_hour=1, overflow="drop"), full, waiting_since=since, now=NOON)
    assert dropped == Drop("max_per_hour is 1, and 1 went out since 2026-11-23 12:55 CET")
    digest = shaping(max_per_hour=1, overflow="digest", digest="daily 13:10")
    held = decide(digest, full, waiting_since=since, now=NOON)
    assert isinstance(held, Hold)
    assert held.until == NOON + 10 * MINUTE  # at the digest's time, before the hour has room again
    gathered = decide(digest, full, waiting_since=since, now=NOON + 10 * MINUTE)
    assert gathered == Gather(NOON + 10 * MINUTE, NOON + 10 * MINUTE + timedelta(days=1))
    assert decide(digest, [], waiting_since=since, now=NOON + 10 * MINUTE) is None


def test_a_delay_never_drops_and_never_gathers() -> None:
    rules = shaping(quiet_hours="12:00-14:00", min_interval=5 * MINUTE, max_per_hour=1, overflow="drop")
    assert isinstance(decide(rules, _posts(1), waiting_since=NOON, now=NOON), Hold)
    rules = shaping(quiet_hours="12:00-14:00", digest="daily 13:00")
    held = decide(rules, [], waiting_since=NOON - MINUTE, now=NOON)
    assert held == Hold("quiet_hours", NOON + timedelta(hours=1), "quiet_hours are 12:00-14:00 (Europe/Berlin)")


def test_where_there_are_only_digests_articles_wait_for_theirs() -> None:
    rules = shaping(digest="daily 13:00")
    held = decide(rules, [], waiting_since=NOON - MINUTE, now=NOON - MINUTE)
    because = "it waits for the digest of 2026-11-23 13:00 CET (digest is daily 13:00)"
    assert held == Hold("digest", NOON, because)
    # Whenever somebody comes to make it: it is the digest of that time.
    late = NOON + timedelta(hours=3)
    assert decide(rules, [], waiting_since=NOON - MINUTE, now=late) == Gather(NOON, NOON + timedelta(days=1))
    held = decide(rules, [], waiting_since=NOON + MINUTE, now=late)
    assert isinstance(held, Hold)
    assert held.until == NOON + timedelta(days=1)


RULES = st.fixed_dictionaries(
    {},
    optional={
        "max_per_hour": st.integers(1, 4),
        "max_per_day": st.integers(1, 12),
        "min_interval": st.integers(1, 90).map(lambda minutes: minutes * MINUTE),
        "quiet_hours": st.sampled_from(["22:00-07:00", "00:00-02:30", "02:00-03:00", "12:00-13:30"]),
    },
)
STARTS = st.sampled_from(["2026-03-28T12:00Z", "2026-10-24T12:00Z", "2026-11-23T12:00Z"]).map(datetime.fromisoformat)


@quick
@given(RULES, STARTS)
def test_a_flood_goes_out_as_fast_as_the_rules_allow_and_no_faster(rules: dict[str, Any], start: datetime) -> None:
    """Three days around a change of the clock, with more to post than ever fits."""
    shaped, now = shaping(**rules), start
    posted: list[datetime] = []
    while now < start + timedelta(days=3) and len(posted) < 200:
        held = hold(shaped, posted, now)
        if held is None:
            posted.append(now)
            now += timedelta(seconds=1)
            continue
        assert held.until > now
        assert hold(shaped, posted, held.until) is None
        assert hold(shaped, posted, held.until - timedelta(seconds=1)) is not None
        now = held.until
    for number, at in enumerate(posted):
        if shaped.quiet_hours:
            assert not shaped.quiet_hours.hold(at.astimezone(BERLIN).time())
        if shaped.min_interval and number:
            assert at - posted[number - 1] >= shaped.min_interval
        for most, length in ((shaped.max_per_hour, timedelta(hours=1)), (shaped.max_per_day, timedelta(days=1))):
            assert most is None or len([one for one in posted if at - length < one <= at]) <= most
