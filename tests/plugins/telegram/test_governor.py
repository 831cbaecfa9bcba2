"""The governor: never more than Telegram takes, no more pauses than it asks for, nothing forgotten at a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.api import ChannelPaused, LanePaused
from newswire.sandbox.telegram.limits import FloodLimits
from newswire_telegram.governor import Governor

if TYPE_CHECKING:
    import random

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
GROUP = -1001


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sent_until(governor: Governor, chat: int | str, begin: float, end: float, **how: Any) -> list[float]:
    """When messages to a chat leave, if each pause is waited out."""
    sent, now = [], begin
    while now < end:
        try:
            governor.admit(chat, at(now), **how)
            sent.append(now)
        except (ChannelPaused, LanePaused) as pause:
            now += max(pause.after.total_seconds(), 0.001)
    return sent


def through_json(governor: Governor, now: float, *, closed: bool) -> Governor:
    """A governor of another process, which is given what this one kept."""
    other = Governor()
    other.restore(orjson.loads(orjson.dumps(governor.kept(at(now), closed=closed))))
    return other


@pytest.mark.parametrize("chat", [GROUP, 42, "@example_news"])
def test_a_chat_that_gets_all_it_can_is_never_refused(chat: int | str) -> None:
    limits, group = FloodLimits(), chat != 42
    sent = sent_until(Governor(), chat, 0, 400)
    assert [limits.retry_after(1, 1, second, group=group) for second in sent] == [0] * len(sent)
    assert len(sent) >= (120 if group else 360)


def test_a_server_that_takes_more_gets_more() -> None:
    sent = sent_until(Governor(per_second=1000, per_minute=1200), GROUP, 0, 120)
    assert len(sent) >= 2000


def test_a_bot_that_gets_all_it_can_is_never_refused() -> None:
    governor, limits, now, sent = Governor(), FloodLimits(), 0.0, 0
    for chat in range(1, 501):
        for _ in range(3):
            try:
                governor.admit(chat, at(now))
            except LanePaused as pause:
                now += pause.after.total_seconds()
                governor.admit(chat, at(now))
            assert limits.retry_after(1, chat, now, group=False) == 0
            sent += 1
    assert sent / now > 20


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 6), st.booleans()), max_size=120), st.randoms())
def test_whatever_comes_no_limit_is_broken(calls: list[tuple[float, int, bool]], chance: random.Random) -> None:
    governor, limits, now = Governor(), FloodLimits(), 0.0
    for wait, chat, bulk in calls:
        now += wait
        number = chat if chat < 3 else -1000 - chat
        try:
            governor.admit(number, at(now), bulk=bulk)
        except (ChannelPaused, LanePaused):
            continue
        assert limits.retry_after(1, number, now, group=number < 0) == 0
        if chance.random() < 0.1:
            governor = through_json(governor, now, closed=chance.random() < 0.5)


def test_edits_leave_room_to_posts() -> None:
    governor = Governor()
    for chat in range(1, 21):
        governor.admit(chat, START, bulk=True)
    with pytest.raises(ChannelPaused, match="25 messages a second"):
        governor.admit(100, START, bulk=True)
    for chat in range(200, 205):
        governor.admit(chat, START)
    with pytest.raises(LanePaused):
        governor.admit(300, START)


def test_one_chats_wait_is_no_others() -> None:
    governor = Governor()
    pause = governor.refused(GROUP, "retry after 43837", timedelta(seconds=43_837), START)
    assert (type(pause), pause.after) == (ChannelPaused, timedelta(seconds=43_837))
    governor.admit(-1002, START)
    with pytest.raises(ChannelPaused, match="asked this chat to wait") as paused:
        governor.admit(GROUP, at(43_836))
    assert paused.value.after == timedelta(seconds=1)
    governor.admit(GROUP, at(43_837))


def test_several_chats_that_are_refused_mean_the_bot() -> None:
    governor, short, long = Governor(), timedelta(seconds=38), timedelta(seconds=43_837)
    assert type(governor.refused(-1, "", long, START)) is ChannelPaused
    assert type(governor.refused(-2, "", short, at(1))) is ChannelPaused
    assert type(governor.refused(-2, "", short, at(2))) is ChannelPaused, "the same chat again"
    bot = governor.refused(-3, "", short, at(3))
    assert (type(bot), bot.after) == (LanePaused, timedelta(seconds=37)), "the shortest of what its chats were told"
    with pytest.raises(LanePaused):
        governor.admit(-4, at(39))
    governor.admit(-4, at(40))
    with pytest.raises(ChannelPaused):
        governor.admit(-1, at(50))


def test_only_refusals_that_are_near_in_time_count_together() -> None:
    governor, short = Governor(), timedelta(seconds=2)
    pauses = [
        type(governor.refused(chat, "", short, at(second)))
        for chat, second in [(1, 0), (2, 4), (3, 11), (2, 12), (1, 13), (4, 30)]
    ]
    assert pauses == [ChannelPaused, ChannelPaused, ChannelPaused, ChannelPaused, LanePaused, ChannelPaused]


def test_a_name_and_a_number_are_one_chat() -> None:
    governor = Governor()
    assert len(sent_until(governor, "@News", 0, 60)) == 20
    governor.seen(GROUP, "news", 20)
    for chat in (GROUP, "@news", "@NEWS"):
        with pytest.raises(ChannelPaused):
            governor.admit(chat, at(60))
    assert governor.last("@news") == governor.last(GROUP) == 20
    other = through_json(governor, 60, closed=True)
    with pytest.raises(ChannelPaused):
        other.admit("@news", at(60))


def test_a_restart_forgets_nothing() -> None:
    governor = Governor()
    before = sent_until(governor, GROUP, 0, 30)
    governor.refused(-1002, "", timedelta(seconds=500), at(30))
    governor.seen(GROUP, None, 77)
    other = through_json(governor, 30, closed=True)
    after = sent_until(other, GROUP, 30, 200)
    limits = FloodLimits()
    assert [limits.retry_after(1, 1, second, group=True) for second in before + after] == [0] * len(before + after)
    assert len(before + after) >= 63
    assert other.last(GROUP) == 77
    with pytest.raises(ChannelPaused):
        other.admit(-1002, at(529))


def test_what_a_crash_may_have_lost_is_counted() -> None:
    kept = Governor()
    sent = sent_until(kept, GROUP, 0, 10)
    lost = [*sent, 10.1, 11.2]  # they left, and the process died before it kept them
    other = through_json(kept, 10, closed=False)
    limits = FloodLimits()
    everything = lost + sent_until(other, GROUP, 12, 100)
    assert [limits.retry_after(1, 1, second, group=True) for second in everything] == [0] * len(everything)


def test_what_was_refused_did_not_count() -> None:
    governor = Governor()
    for _ in range(100):
        governor.admit(GROUP, START)
        governor.give_back(GROUP)
    assert len(sent_until(governor, GROUP, 0, 60)) == 20


def test_there_is_something_to_keep_only_when_something_happened() -> None:
    governor = Governor()
    assert not governor.changed
    governor.admit(GROUP, START)
    assert governor.changed
    governor.kept(START, closed=False)
    assert not governor.changed
    governor.restore(None)
    assert governor.kept(at(100), closed=True) == {
        "chats": {},
        "names": {},
        "until": 0.0,
        "at": at(100).timestamp(),
        "closed": True,
    }
