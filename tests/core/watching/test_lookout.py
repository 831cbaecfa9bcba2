"""What the admin is told of, seen from the channel that alerts go to, through the real dispatcher."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire import errors
from newswire.hours import read_cadence, read_quiet_hours
from newswire.plugins import Plugins
from newswire.plugins.record import PluginRecord, PluginStatus
from newswire.secrets import remember
from newswire.store import channels, records

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ENGINES = ("sqlite",)
HOUR = timedelta(hours=1)
AWAY = errors.Retry("nobody is there", after=timedelta(minutes=2))


async def test_a_channel_nothing_matches_is_not_silent(watched: Any) -> None:
    assert await watched.look(days=9) == []


async def test_a_channel_that_posts_steadily_is_not_silent(watched: Any, an_article: Any) -> None:
    for number in range(5):
        watched.publish(an_article(f"a{number}"))
        watched.publish(an_article(f"b{number}"))
        await watched.deliver()
        assert await watched.look(hours=3) == []


async def test_quiet_hours_hold_back_and_are_no_silence(
    make_watched: Callable[..., Any], an_article: Any, shaping: Any
) -> None:
    watched = make_watched(shaping=shaping(quiet_hours=read_quiet_hours("13:00-11:00")), dead_man=HOUR)
    watched.clock.forward(hours=1)
    watched.publish(an_article("a"))
    await watched.deliver()
    for _ in range(10):
        assert await watched.look(hours=2) == []
    watched.board.fails["news"] = AWAY
    assert await watched.look(hours=2) == []  # it is 11:00, and what was held may go
    assert await watched.look(minutes=50) == []
    assert await watched.look(minutes=11) == []
    assert await watched.look(minutes=9) == []
    assert await watched.look(minutes=2) == ["Alert: channel news is silent"]
    assert await watched.look(hours=1) == []  # quiet hours again: it is neither silent nor well
    assert watched.standing == [("channel_silent", "news")]


async def test_what_waits_for_a_digest_is_no_silence(
    make_watched: Callable[..., Any], an_article: Any, shaping: Any
) -> None:
    watched = make_watched(shaping=shaping(digest=read_cadence("weekly monday 11:00")), dead_man=HOUR)
    watched.publish(an_article("a"))
    for _ in range(4):
        assert await watched.look(days=1) == []
    watched.clock.forward(days=2, hours=23)
    watched.board.fails["news"] = AWAY
    await watched.deliver()
    assert await watched.look(minutes=50) == []
    assert await watched.look(minutes=11) == []
    assert await watched.look(minutes=11) == ["Alert: channel news is silent"]


async def test_what_an_admin_paused_is_no_silence(watched: Any, an_article: Any) -> None:
    watched.publish(an_article("a"))
    with watched.store.write() as connection:
        until = watched.clock.now + timedelta(days=3)
        channels.pause(connection, ["news"], until=until, note=channels.BY_HAND)
    for _ in range(9):
        assert await watched.look(hours=10) == []
    with watched.store.write() as connection:
        channels.pause(connection, ["news"], until=None, note=None)
    watched.lookout.look()  # after days of waiting it has some minutes to post
    assert watched.standing == []
    await watched.deliver()
    assert await watched.look(minutes=11) == []


async def test_a_channel_that_is_gone_is_told_of_once(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.ChannelGone("403: bot was kicked")
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(seconds=30) == ["Alert: channel news is suspended"]
    assert "403: bot was kicked" in watched.told[0]
    for _ in range(9):
        assert await watched.look(hours=6) == []
    watched.board.fails.clear()
    with watched.store.write() as connection:
        channels.activate(connection, ["news"])
    assert await watched.look(seconds=30) == ["Over: channel news is suspended"]


async def test_a_refused_credential_is_told_of_at_once(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.AccountRefused("401: Unauthorized")
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(seconds=30) == ["Alert: account wire is paused"]
    assert "credential refused: 401: Unauthorized" in watched.told[0]
    for _ in range(12):
        assert await watched.look(minutes=40) == []
    watched.board.fails.clear()
    told = [(await watched.look(minutes=12)) for _ in range(9)]
    assert [one for one in told if one] == [["Over: account wire is paused"]]


async def test_a_short_wait_is_no_alert(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.LanePaused("429", after=timedelta(seconds=40))
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(seconds=30) == []


async def test_a_silent_intake_is_told_of(make_watched: Callable[..., Any], an_article: Any) -> None:
    watched = make_watched(silence=10 * HOUR)
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(hours=9) == []
    assert await watched.look(hours=2) == ["Alert: intake tray is silent"]
    assert "the last article came in 2026-11-23 12:00 UTC" in watched.told[0]
    watched.publish(an_article("b"), intake="other")
    assert await watched.look(minutes=1) == []
    watched.publish(an_article("c"))
    assert await watched.look(minutes=1) == ["Over: intake tray is silent"]


async def test_an_intake_that_never_brought_anything_is_silent_from_when_it_was_missed(
    make_watched: Callable[..., Any],
) -> None:
    watched = make_watched(silence=10 * HOUR)
    assert await watched.look(hours=11) == []
    assert await watched.look(hours=11) == ["Alert: intake tray is silent"]


async def test_an_intake_that_fails_is_told_of(watched: Any) -> None:
    with watched.store.write() as connection:
        report = {"counts": {"problem": 1}, "problems": ["tray: the intake failed: OSError: no such folder"]}
        records.record_intake(connection, "tray", report, success=False, now=watched.clock.now)
    assert await watched.look(minutes=1) == []
    assert await watched.look(minutes=15) == ["Alert: intake tray fails"]
    with watched.store.write() as connection:
        records.record_intake(connection, "tray", {"counts": {}, "problems": []}, success=True, now=watched.clock.now)
    assert await watched.look(minutes=1) == ["Over: intake tray fails"]


async def test_a_plugin_that_failed_is_told_of(make_watched: Callable[..., Any]) -> None:
    failed = PluginRecord("odd", None, None, PluginStatus.FAILED, "ImportError: no module named 'odd'")
    watched = make_watched(plugins=Plugins(records=(failed,)))
    assert await watched.look(minutes=1) == ["Alert: plugin odd failed to load"]


async def test_thousands_of_silent_channels_are_one_post(make_watched: Callable[..., Any], an_article: Any) -> None:
    names = tuple(f"c{number:04}" for number in range(100))
    watched = make_watched(channel_names=names)
    watched.board.fails |= dict.fromkeys(names, AWAY)
    watched.publish(an_article("a"))
    assert await watched.look(hours=7) == []
    assert await watched.look(minutes=11) == ["100 alerts"]
    assert "100 channels are silent: c0000, c0001" in watched.told[0]
    assert "and 80 more" in watched.told[0]
    assert await watched.look(minutes=30) == []


async def test_whoever_looks_after_a_restart_tells_nothing_again(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.ChannelGone("gone")
    watched.publish(an_article("a"))
    await watched.deliver()
    assert len(await watched.look(seconds=30)) == 1
    for number in range(3):
        watched.lookout = watched.another(f"process-{number}")
        assert await watched.look(minutes=5) == []


async def test_a_post_that_dies_with_its_process_is_told_all_the_same(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.ChannelGone("gone")
    watched.publish(an_article("a"))
    await watched.deliver()
    watched.clock.forward(seconds=30)
    assert watched.lookout.look()  # decided, written, and then the process is gone before it sends
    assert watched.told == []
    await watched.deliver()
    assert [text.split("\n")[0] for text in watched.told] == ["Alert: channel news is suspended"]


async def test_the_channel_for_alerts_gets_no_article(watched: Any, an_article: Any) -> None:
    watched.publish(an_article("a"))
    await watched.deliver()
    assert watched.board.out == {"news": ["Title of a (en)"]}


async def test_what_hinders_the_alerts_themselves_is_in_the_log_and_the_list(
    watched: Any, an_article: Any, caplog: pytest.LogCaptureFixture
) -> None:
    watched.board.fails |= {"ops": errors.AccountRefused("401"), "news": errors.ChannelGone("gone")}
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(seconds=30) == []
    assert await watched.look(seconds=30) == []
    assert watched.standing == [("account_paused", "house"), ("channel_suspended", "news")]
    assert "account_paused" in caplog.text
    watched.board.fails.clear()
    told = [title for _ in range(9) for title in await watched.look(minutes=12)]
    assert told == ["Alert: channel news is suspended"]  # and of its own account nothing, now that it is well


async def test_no_secret_is_told(watched: Any, an_article: Any) -> None:
    remember("the-secret-of-the-house")
    watched.board.fails["news"] = errors.ChannelGone("no access with the-secret-of-the-house")
    watched.publish(an_article("a"))
    await watched.deliver()
    await watched.look(minutes=1)
    assert "the-secret-of-the-house" not in watched.told[0]
    assert "no access with" in watched.told[0]
