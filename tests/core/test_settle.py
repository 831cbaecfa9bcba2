from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire import errors
from newswire.channel import Abilities
from newswire.delivery import (
    Delivery,
    InDoubt,
    Novelty,
    Operation,
    Policy,
    Sent,
    Start,
    State,
    Suppressed,
    operation,
    stale,
)
from newswire.dispatch.settle import FEWEST_ATTEMPTS, REFUSED_PAUSE, Attempt, backoff, clear_up, orphaned
from newswire.post import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECEIPT = Receipt(remote_id="7", at=NOW)
DELIVERY = Delivery(
    id=1,
    channel="news",
    article_id="a",
    want=2,
    have=None,
    state=State.SENDING,
    due=NOW - HOUR,
    since=NOW - HOUR,
    attempt=3,
    started=NOW - timedelta(seconds=9),
    uncertain_since=None,
    generation=4,
    forced=False,
    receipt=None,
    digest=None,
    language=None,
    reason=None,
    changed=NOW,
)
OUT = replace(DELIVERY, have=1, receipt=RECEIPT, digest="d", language="en")
PLAIN, FINDING, KEYED = Abilities(), Abilities(finds=True), Abilities(same_key=timedelta(minutes=50))
quick = settings(deadline=None, max_examples=60)


def _policy(abilities: Abilities = PLAIN, in_doubt: InDoubt = "hold", horizon: timedelta = 24 * HOUR) -> Policy:
    return Policy(abilities=abilities, in_doubt=in_doubt, horizon=horizon)


def _attempt(delivery: Delivery = DELIVERY, doing: Operation = Operation.POST, **policy: Any) -> Attempt:
    return Attempt(delivery=delivery, doing=doing, policy=_policy(**policy), now=NOW, random=lambda: 0.5)


def _sent(rev: int = 2, **changes: Any) -> Sent:
    return replace(Sent(rev=rev, receipt=RECEIPT, digest="new", language="de"), **changes)


# What is to be done follows from what is out and what is wanted.


@pytest.mark.parametrize(
    ("out", "withdrawn", "doing"),
    [(False, False, "post"), (True, False, "edit"), (True, True, "delete"), (False, True, "nothing")],
)
def test_operation(*, out: bool, withdrawn: bool, doing: str) -> None:
    assert operation(out=out, withdrawn=withdrawn).value == doing


def test_a_key_is_the_same_until_the_post_was_taken_back() -> None:
    assert DELIVERY.key == replace(DELIVERY, want=9, attempt=9).key == "newswire/news/a/4"
    assert replace(DELIVERY, generation=5).key != DELIVERY.key


# Sent, and what was found out before sending.


def test_sent_is_done() -> None:
    assert _attempt().settle(_sent()).columns == {
        "state": State.DONE,
        "have": 2,
        "receipt": RECEIPT,
        "digest": "new",
        "language": "de",
        "reason": None,
        "uncertain_since": None,
        "attempt": 0,
    }


def test_an_older_revision_sent_is_followed_by_the_newer_at_once() -> None:
    columns = _attempt().settle(_sent(rev=1)).columns
    assert (columns["state"], columns["have"], columns["due"]) == (State.PENDING, 1, NOW)
    found = _attempt(replace(DELIVERY, uncertain_since=NOW)).settle(_sent(rev=0, digest=None)).columns
    assert (found["state"], found["have"], found["uncertain_since"]) == (State.PENDING, 0, None)


def test_a_deletion_leaves_nothing_out_and_starts_a_new_generation() -> None:
    result = _sent(receipt=None, digest=None, language=None, note="withdrawn")
    columns = _attempt(OUT, Operation.DELETE).settle(result).columns
    assert (columns["state"], columns["have"], columns["receipt"]) == (State.DONE, None, None)
    assert (columns["generation"], columns["reason"]) == (5, "withdrawn")
    assert "generation" not in _attempt(OUT, Operation.EDIT).settle(_sent()).columns


def test_suppressed_is_final_and_certain() -> None:
    change = _attempt(replace(DELIVERY, uncertain_since=NOW)).settle(Suppressed("too old"))
    assert change.columns == {"state": State.SUPPRESSED, "reason": "too old", "uncertain_since": None}
    assert (change.channel, change.lane) == ({}, {})


# Outcomes that do not count as attempts.


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(0), timedelta(seconds=1)),
        (-HOUR, timedelta(seconds=1)),
        (timedelta.max, timedelta(days=7)),
    ],
)
def test_pauses_are_as_long_as_the_platform_says_within_reason(after: timedelta, waits: timedelta) -> None:
    channel = _attempt().settle(errors.ChannelPaused("slow", after=after))
    lane = _attempt().settle(errors.LanePaused("flood", after=after))
    assert channel.channel == {"paused_until": NOW + waits, "note": "slow"}
    assert lane.lane == {"paused_until": NOW + waits, "note": "flood"}
    for change, words in ((channel, "slow"), (lane, "flood")):
        assert change.columns == {"state": State.PENDING, "due": NOW + waits, "attempt": 2, "reason": words}
    assert (channel.lane, lane.channel) == ({}, {})


def test_a_refused_credential_pauses_the_lane() -> None:
    change = _attempt().settle(errors.AccountRefused("Unauthorized"))
    assert change.lane == {"paused_until": NOW + REFUSED_PAUSE, "note": "credential refused: Unauthorized"}
    assert (change.columns["state"], change.columns["attempt"]) == (State.PENDING, 2)


def test_a_gone_channel_rests_with_its_deliveries() -> None:
    change = _attempt().settle(errors.ChannelGone("kicked"))
    assert change.channel == {"active": 0, "note": "kicked"}
    assert change.columns == {"state": State.PENDING, "due": NOW, "attempt": 2, "reason": "kicked"}


def test_a_moved_channel_is_tried_at_its_new_address_at_once() -> None:
    change = _attempt().settle(errors.ChannelMoved("migrated", address={"chat": -100}))
    assert change.channel == {"address": {"chat": -100}}
    assert (change.columns["state"], change.columns["due"], change.columns["attempt"]) == (State.PENDING, NOW, 3)


def test_a_channel_that_goes_on_moving_is_waited_for() -> None:
    often = replace(DELIVERY, attempt=4)
    columns = _attempt(often).settle(errors.ChannelMoved("migrated", address={"chat": -100})).columns
    assert columns["state"] is State.PENDING
    assert columns["due"] > NOW


@pytest.mark.parametrize(
    "outcome", [errors.LanePaused("w", after=HOUR), errors.ChannelGone("w"), errors.AccountRefused("w")]
)
def test_whatever_does_not_count_never_ends_a_delivery(outcome: errors.Outcome) -> None:
    old = replace(DELIVERY, since=NOW - 1000 * HOUR, attempt=1)
    columns = _attempt(old).settle(outcome).columns
    assert (columns["state"], columns["attempt"]) == (State.PENDING, 0)
    assert _attempt(replace(old, attempt=0)).settle(outcome).columns["attempt"] == 0


# Outcomes that end a delivery.


@pytest.mark.parametrize("doing", [Operation.POST, Operation.EDIT, Operation.DELETE])
def test_rejected_is_dead_and_what_is_out_stays_known(doing: Operation) -> None:
    change = _attempt(OUT, doing).settle(errors.Rejected("too long"))
    assert change.columns == {"state": State.DEAD, "reason": "too long"}


def test_a_post_that_somebody_took_away_is_not_put_back() -> None:
    columns = _attempt(OUT, Operation.EDIT).settle(errors.PostGone("not found")).columns
    assert (columns["state"], columns["reason"]) == (State.DEAD, "the post is gone: not found")
    assert (columns["have"], columns["receipt"], columns["digest"]) == (None, None, None)


def test_deleting_what_is_gone_is_done() -> None:
    columns = _attempt(OUT, Operation.DELETE).settle(errors.PostGone("not found")).columns
    assert (columns["state"], columns["have"], columns["receipt"]) == (State.DONE, None, None)
    assert (columns["generation"], columns["attempt"], columns["uncertain_since"]) == (5, 0, None)


def test_a_new_post_that_is_gone_is_dead() -> None:
    change = _attempt().settle(errors.PostGone("thread not found"))
    assert change.columns == {"state": State.DEAD, "reason": "thread not found"}


# Retrying.


@quick
@given(st.integers(-5, 10**6), st.floats(0, 1, exclude_max=True))
def test_backoff_is_jitter_below_a_doubling_bound(attempt: int, chance: float) -> None:
    bound = min(timedelta(seconds=5 * 2 ** min(max(attempt, 1) - 1, 30)), HOUR)
    assert timedelta(0) <= backoff(attempt, lambda: chance) <= bound
    assert backoff(attempt, lambda: 1.0) == bound


def test_a_retry_counts_and_waits() -> None:
    columns = _attempt().settle(errors.Retry("502")).columns
    assert columns == {"state": State.PENDING, "due": NOW + timedelta(seconds=10), "attempt": 3, "reason": "502"}


@pytest.mark.parametrize(
    ("after", "waits"),
    [(HOUR, HOUR), (timedelta(0), timedelta(seconds=1)), (timedelta.max, timedelta(days=7))],
)
def test_a_retry_waits_as_long_as_it_is_told_within_reason(after: timedelta, waits: timedelta) -> None:
    assert _attempt().settle(errors.Retry("503", after=after)).columns["due"] == NOW + waits


@pytest.mark.parametrize("doing", [Operation.POST, Operation.EDIT, Operation.DELETE])
@pytest.mark.parametrize(
    ("age", "attempt", "state"),
    [
        (24 * HOUR - timedelta(seconds=1), 99, State.PENDING),
        (24 * HOUR, FEWEST_ATTEMPTS, State.DEAD),
        # the wire room had been off for days: one hiccup after it is no end
        (99 * HOUR, FEWEST_ATTEMPTS - 1, State.PENDING),
    ],
)
def test_a_delivery_is_given_up_at_the_horizon(doing: Operation, age: timedelta, attempt: int, state: State) -> None:
    delivery = replace(DELIVERY, since=NOW - age, attempt=attempt)
    columns = _attempt(delivery, doing).settle(errors.Retry("502")).columns
    assert columns["state"] is state
    assert state is State.PENDING or columns["reason"] == f"given up after {attempt} attempts: 502"


def test_a_post_that_may_be_out_is_never_called_dead_by_the_horizon() -> None:
    late = replace(DELIVERY, since=NOW - 25 * HOUR, attempt=30, uncertain_since=NOW - 20 * HOUR)
    for outcome in (errors.Retry("cannot be looked for"), errors.Unknown("timeout")):
        columns = _attempt(late, abilities=FINDING).settle(outcome).columns
        assert columns["state"] is State.DOUBT
        assert columns["reason"].startswith("given up after 30 attempts")


# Nobody knows.


@pytest.mark.parametrize(
    ("abilities", "in_doubt", "age", "cure"),
    [
        (PLAIN, "hold", HOUR, "hold"),
        (PLAIN, "drop", HOUR, "drop"),
        (PLAIN, "resend", HOUR, "repeat"),
        *((FINDING, in_doubt, HOUR, "find") for in_doubt in ("hold", "drop", "resend")),
        *((KEYED, in_doubt, timedelta(minutes=49), "repeat") for in_doubt in ("hold", "drop", "resend")),
        (KEYED, "hold", timedelta(minutes=50), "hold"),
        (KEYED, "drop", HOUR, "drop"),
        (KEYED, "resend", HOUR, "repeat"),
        (Abilities(finds=True, same_key=HOUR), "hold", timedelta(minutes=59), "find"),
        (Abilities(finds=True, same_key=HOUR), "hold", HOUR, "find"),
    ],
)
def test_clearing_up(abilities: Abilities, in_doubt: InDoubt, age: timedelta, cure: str) -> None:
    assert clear_up(NOW - age, _policy(abilities, in_doubt), NOW) == cure


@pytest.mark.parametrize(
    ("abilities", "in_doubt", "state"),
    [
        (PLAIN, "hold", State.DOUBT),
        (PLAIN, "drop", State.DEAD),
        (PLAIN, "resend", State.PENDING),
        (FINDING, "hold", State.PENDING),
        (FINDING, "drop", State.PENDING),
        (KEYED, "hold", State.PENDING),
        (KEYED, "drop", State.PENDING),
    ],
)
def test_an_unknown_post_follows_policy_and_is_remembered(
    abilities: Abilities, in_doubt: InDoubt, state: State
) -> None:
    columns = _attempt(abilities=abilities, in_doubt=in_doubt).settle(errors.Unknown("timeout")).columns
    assert columns["state"] is state
    assert columns["uncertain_since"] == DELIVERY.started
    assert "timeout" in columns["reason"]
    assert state is not State.PENDING or (columns["attempt"], columns["due"]) == (3, NOW + timedelta(seconds=10))


def test_doubt_counts_from_the_first_attempt_that_may_have_posted() -> None:
    since = NOW - timedelta(minutes=51)
    again = replace(DELIVERY, uncertain_since=since)
    columns = _attempt(again, abilities=KEYED).settle(errors.Unknown("timeout")).columns
    assert (columns["state"], columns["uncertain_since"]) == (State.DOUBT, since)
    unstarted = replace(DELIVERY, started=None)
    assert _attempt(unstarted).settle(errors.Unknown("?")).columns["uncertain_since"] == NOW


@pytest.mark.parametrize("doing", [Operation.EDIT, Operation.DELETE])
@pytest.mark.parametrize("in_doubt", ["hold", "drop", "resend"])
def test_an_unknown_edit_or_deletion_is_done_again(doing: Operation, in_doubt: InDoubt) -> None:
    columns = _attempt(OUT, doing, in_doubt=in_doubt).settle(errors.Unknown("timeout")).columns
    assert (columns["state"], columns["attempt"]) == (State.PENDING, 3)
    assert "uncertain_since" not in columns


# A worker is gone.


@pytest.mark.parametrize(
    ("delivery", "withdrawn", "abilities", "state", "uncertain"),
    [
        (DELIVERY, False, PLAIN, State.DOUBT, True),
        (DELIVERY, False, KEYED, State.PENDING, True),
        (DELIVERY, False, FINDING, State.PENDING, True),
        (DELIVERY, True, PLAIN, State.DOUBT, True),
        (DELIVERY, True, FINDING, State.PENDING, True),
        (OUT, False, PLAIN, State.PENDING, False),
        (OUT, True, PLAIN, State.PENDING, False),
    ],
)
def test_orphaned(delivery: Delivery, abilities: Abilities, state: State, *, withdrawn: bool, uncertain: bool) -> None:
    change = orphaned(delivery, withdrawn=withdrawn, policy=_policy(abilities), now=NOW)
    assert change.columns["state"] is state
    assert ("uncertain_since" in change.columns) is uncertain
    assert "the worker that was sending it is gone" in change.columns["reason"]
    assert state is not State.PENDING or change.columns["due"] == NOW


# News, or not.


@pytest.mark.parametrize(
    ("seq", "age", "max_age", "words"),
    [
        (6, HOUR, 2 * HOUR, None),
        (6, 2 * HOUR, 2 * HOUR, None),
        (6, 3 * HOUR, 2 * HOUR, "too old: it appeared 2026-11-23 09:00 UTC, max_age is 2:00:00"),
        (6, 9999 * HOUR, None, None),
        (5, HOUR, None, "it appeared before the channel was added (2026-11-23 11:00 UTC"),
        (6, 101 * HOUR, 9999 * HOUR, "it appeared before the channel was added (2026-11-19 07:00 UTC"),
        (6, 100 * HOUR, 9999 * HOUR, None),
    ],
)
def test_stale(seq: int, age: timedelta, max_age: timedelta | None, words: str | None) -> None:
    told = stale(Novelty(appeared=NOW - age, seq=seq), start=Start(5, NOW - 100 * HOUR), max_age=max_age, now=NOW)
    assert told == words or (told and words and told.startswith(words))


OUTCOMES: list[Callable[[], errors.Outcome]] = [
    lambda: errors.Retry("w"),
    lambda: errors.ChannelPaused("w", after=HOUR),
    lambda: errors.LanePaused("w", after=HOUR),
    lambda: errors.AccountRefused("w"),
    lambda: errors.ChannelGone("w"),
    lambda: errors.ChannelMoved("w", address={}),
    lambda: errors.PostGone("w"),
    lambda: errors.Rejected("w"),
    lambda: errors.Unknown("w"),
]


@pytest.mark.parametrize("doing", [Operation.POST, Operation.EDIT, Operation.DELETE])
@pytest.mark.parametrize("make", OUTCOMES, ids=lambda make: type(make()).__name__)
def test_every_outcome_leaves_a_state_and_a_reason(make: Callable[[], errors.Outcome], doing: Operation) -> None:
    columns = _attempt(OUT, doing).settle(make()).columns
    assert columns["state"] in set(State) - {State.SENDING}
    assert "w" in columns["reason"]
    assert columns["state"] is not State.PENDING or columns["due"] >= NOW


def test_there_is_no_outcome_that_is_not_looked_at() -> None:
    assert {type(make()) for make in OUTCOMES} == set(errors.Outcome.__subclasses__())
