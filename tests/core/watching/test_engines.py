"""The lookout on both engines: what it reads from logs, and what it writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from newswire import errors
from newswire.store import leases

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = timedelta(hours=1)
AWAY = errors.Retry("nobody is there", after=timedelta(minutes=2))


async def test_an_intake_that_only_adds_editions_is_not_silent(
    make_watched: Callable[..., Any], an_article: Any
) -> None:
    watched = make_watched(silence=10 * HOUR)
    watched.publish(an_article("a"), intake="other")
    watched.clock.forward(hours=8)
    watched.publish(an_article("b"))
    await watched.look(minutes=1)
    watched.lookout = watched.another("me")  # a new process, which remembers nothing
    assert await watched.look(hours=9) == []
    assert await watched.look(hours=2) == ["Alert: intake tray is silent"]


async def test_doubts_and_what_was_given_up_are_told_of_together(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.Unknown("connection lost")
    watched.publish(an_article("a"))
    await watched.deliver()
    watched.board.fails["news"] = errors.Rejected("400: too odd")
    watched.publish(an_article("b"))
    await watched.deliver()
    assert await watched.look(minutes=1) == ["Alert: channel news has posts that were given up"]
    assert await watched.look(minutes=20) == ["Alert: channel news has posts in doubt"]
    watched.publish(an_article("c"))
    await watched.deliver()
    assert await watched.look(minutes=5) == []
    assert await watched.look(hours=1) == ["Alert: channel news has posts that were given up"]
    assert "2 were given up" in watched.told[-1]


async def test_one_process_of_all_looks(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = errors.ChannelGone("gone")
    watched.publish(an_article("a"))
    await watched.deliver()
    with watched.store.write() as connection:
        now = watched.clock.now
        assert leases.take(connection, "alerts", "another", now=now, ttl=timedelta(minutes=1))
    assert await watched.look(seconds=30) == []
    assert await watched.look(minutes=1) == ["Alert: channel news is suspended"]


async def test_a_silent_channel_is_told_of_and_so_is_its_end(watched: Any, an_article: Any) -> None:
    watched.board.fails["news"] = AWAY
    watched.publish(an_article("a"))
    await watched.deliver()
    assert await watched.look(hours=5) == []
    assert await watched.look(hours=1) == []
    assert await watched.look(minutes=11) == ["Alert: channel news is silent"]
    assert "articles wait since 2026-11-23 12:00 UTC, nothing went out (dead_man is 6h)" in watched.told[0]
    watched.board.fails.clear()
    watched.clock.forward(minutes=3)
    await watched.deliver()
    assert await watched.look(minutes=1) == ["Over: channel news is silent"]
    assert await watched.look(hours=30) == []
