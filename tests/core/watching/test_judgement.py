"""What follows from a look: each alert once, its end once, nothing to a channel that cannot be told, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newswire.alerts.alert import Alert, Key, Kind, LastNotice, Outlet, Sight, Symptom
from newswire.alerts.judgement import AFTER_FAILURE, Judgement, judge

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Room:
    """Looks in a row; what is told on a channel arrives at once unless it is said otherwise."""

    def __init__(self, *channels: str) -> None:
        self.now = NOON
        self.alerts: dict[Key, Alert] = {}
        self.outlets = {name: Outlet(channel=name, account=f"{name}-account", usable=True) for name in channels}
        self.arrives = "out"
        self.told: list[tuple[str, list[str], list[str]]] = []

    def look(self, *symptoms: Symptom, unclear: frozenset[Key] = frozenset(), after: timedelta = MINUTE) -> Judgement:
        self.now += after
        found = judge(
            self.alerts,
            Sight(symptoms, unclear),
            list(self.outlets.values()),
            min_interval=timedelta(seconds=1),
            now=self.now,
        )
        self.alerts = dict(found.alerts)
        for telling in found.tellings:
            name = telling.outlet.channel
            last = LastNotice(id=telling.notice, at=self.now, state=self.arrives)
            self.outlets[name] = replace(self.outlets[name], last=last)
            words = [sorted(one.subject for one in some) for some in (telling.raised, telling.over)]
            self.told.append((name, words[0], words[1]))
        return found

    def becomes(self, name: str, state: str) -> None:
        """What became of the notice that a channel was given last."""
        last = self.outlets[name].last
        assert last is not None
        self.outlets[name] = replace(self.outlets[name], last=replace(last, state=state))

    def usable(self, name: str, *, now: bool) -> None:
        self.outlets[name] = replace(self.outlets[name], usable=now)


def suspended(name: str) -> Symptom:
    return Symptom(kind=Kind.CHANNEL_SUSPENDED, subject=name, words="gone")


def paused(name: str, **length: float) -> Symptom:
    until = NOON + timedelta(**length) if length else None
    after = timedelta(minutes=15)
    return Symptom(kind=Kind.ACCOUNT_PAUSED, subject=name, words="asks to wait", until=until, after=after)


def test_an_alert_is_told_once_and_its_end_once() -> None:
    room = Room("ops")
    for _ in range(3):
        room.look(suspended("a"))
    for _ in range(3):
        room.look()
    assert room.told == [("ops", ["a"], []), ("ops", [], ["a"])]
    assert room.alerts == {}


def test_what_comes_together_is_told_together() -> None:
    room = Room("ops")
    room.look(*(suspended(f"channel-{number}") for number in range(5000)))
    room.look()
    assert [(len(raised), len(over)) for _, raised, over in room.told] == [(5000, 0), (0, 5000)]


def test_what_does_not_last_is_no_alert() -> None:
    room = Room("ops")
    room.look(paused("telegram"))
    room.look(paused("telegram"), after=timedelta(minutes=10))
    room.look()
    assert (room.told, room.alerts) == ([], {})


def test_what_lasts_becomes_an_alert() -> None:
    room = Room("ops")
    room.look(paused("telegram"))
    room.look(paused("telegram"), after=timedelta(minutes=15))
    assert room.told == [("ops", ["telegram"], [])]


def test_what_is_known_to_last_is_an_alert_at_once() -> None:
    room = Room("ops")
    room.look(paused("telegram", hours=1))
    assert room.told == [("ops", ["telegram"], [])]


def test_a_refused_account_that_is_tried_again_for_a_moment_is_not_well() -> None:
    room = Room("ops")
    room.look(paused("telegram", hours=1))
    room.look(after=timedelta(hours=1))
    for _ in range(3):
        room.look()
    room.look(paused("telegram", hours=2))
    assert room.told == [("ops", ["telegram"], [])]
    for _ in range(7):
        room.look()
    assert room.told == [("ops", ["telegram"], []), ("ops", [], ["telegram"])]


def test_what_cannot_be_told_leaves_an_alert_as_it_is() -> None:
    room = Room("ops")
    silent = Symptom(kind=Kind.CHANNEL_SILENT, subject="a", words="nothing")
    room.look(silent)
    room.look(unclear=frozenset({silent.key}))  # its quiet hours began
    room.look(silent)
    assert room.told == [("ops", ["a"], [])]


def test_nothing_is_told_about_a_channel_or_account_by_itself() -> None:
    room = Room("ops", "other")
    room.look(suspended("ops"), paused("ops-account", days=1), suspended("a"))
    assert sorted(room.told) == [("ops", ["a"], []), ("other", ["a", "ops", "ops-account"], [])]


def test_without_any_channel_alerts_stand_all_the_same() -> None:
    room = Room()
    assert [alert.subject for alert in room.look(suspended("a")).raised] == ["a"]
    assert list(room.alerts) == [(Kind.CHANNEL_SUSPENDED, "a")]
    assert [alert.subject for alert in room.look().over] == ["a"]
    assert room.alerts == {}


def test_a_channel_that_cannot_be_posted_to_is_told_later_of_what_stands_then() -> None:
    room = Room("ops")
    room.usable("ops", now=False)
    room.look(suspended("a"), suspended("b"))
    room.look(suspended("b"), suspended("c"))
    assert room.told == []
    room.usable("ops", now=True)
    room.look(suspended("b"), suspended("c"))
    assert room.told == [("ops", ["b", "c"], [])]


def test_one_notice_at_a_time_is_under_way() -> None:
    room = Room("ops")
    room.arrives = "under_way"
    room.look(suspended("a"))
    room.look(suspended("a"), suspended("b"))
    room.look(suspended("b"))
    assert room.told == [("ops", ["a"], [])]
    room.becomes("ops", "out")
    room.look(suspended("b"))
    assert room.told[1:] == [("ops", ["b"], ["a"])]


def test_a_notice_that_nobody_took_is_told_again_after_a_rest() -> None:
    room = Room("ops")
    room.arrives = "failed"
    room.look(suspended("a"))
    room.look(suspended("a"))
    assert room.told == [("ops", ["a"], [])]
    room.arrives = "out"
    room.look(suspended("a"), after=AFTER_FAILURE)
    assert room.told == [("ops", ["a"], [])] * 2
    room.arrives = "failed"
    room.look()
    room.arrives = "out"
    room.look(after=AFTER_FAILURE)
    assert room.told[2:] == [("ops", [], ["a"])] * 2
    room.look()
    assert room.alerts == {}


def test_further_doubts_are_gathered_and_told() -> None:
    room = Room("ops")

    def doubt(newest: datetime) -> Symptom:
        return Symptom(kind=Kind.DOUBT, subject="a", words="posts", since=NOON, newest=newest)

    room.look(doubt(NOON))
    later = NOON + timedelta(minutes=10)
    room.look(doubt(later), after=timedelta(minutes=10))
    assert len(room.told) == 1
    room.look(doubt(later), after=timedelta(hours=1))
    room.look(doubt(later), after=timedelta(hours=2))
    assert room.told == [("ops", ["a"], [])] * 2


def test_an_alert_that_is_back_before_its_end_was_told_is_no_news() -> None:
    room = Room("ops")
    room.look(suspended("a"))
    room.usable("ops", now=False)
    room.look()
    room.look(suspended("a"))
    room.usable("ops", now=True)
    room.look(suspended("a"))
    assert room.told == [("ops", ["a"], [])]
    room.look()
    assert room.told[1:] == [("ops", [], ["a"])]


@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.booleans(), st.sampled_from(["out", "failed"])), max_size=30)
)
def test_whatever_happens_in_the_end_the_admin_knows_what_stands(
    looks: list[tuple[set[str], bool, str]],
) -> None:
    room = Room("ops")
    for names, usable, arrives in looks:
        room.usable("ops", now=usable)
        room.arrives = arrives
        room.look(*map(suspended, sorted(names)), after=timedelta(minutes=7))
    final = looks[-1][0] if looks else set()
    room.usable("ops", now=True)
    room.arrives = "out"
    for _ in range(3):
        room.look(*map(suspended, sorted(final)), after=AFTER_FAILURE)
    before = len(room.told)
    room.look(*map(suspended, sorted(final)), after=AFTER_FAILURE)
    assert len(room.told) == before
    assert {alert.subject for alert in room.alerts.values() if alert.stands} == final
    assert all(set(alert.told) == {"ops"} for alert in room.alerts.values())
