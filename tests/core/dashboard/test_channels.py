"""The first page and the pages of channels."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from newswire import errors
from newswire.alerts.alert import Alert, Kind
from newswire.store import alerts, channels, reloads


def _plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_overview_shows_what_needs_a_hand(served: Any, alice: Any, an_article: Any) -> None:
    page = alice.page()
    assert "No channel needs a hand" in page
    assert "The Secluded Wire" in page
    served.deliver(an_article(), errors.Rejected("no"))
    served.deliver(an_article("b"), errors.Unknown("cut"))
    told = _plain(alice.page())
    assert "1 in doubt" in told
    assert "1 given up" in told
    assert "news lane" in told


def test_a_config_that_was_not_taken_is_told(served: Any, alice: Any) -> None:
    problems = "config.toml:9: channels[1].langauges: unknown key\n    hint: did you mean 'languages'?"
    word = reloads.ConfigWord("desk:config.toml", "everything", served.clock(), problems, ("http.bind",))
    reloads.keep(served.room.store, word)
    page = alice.page()
    assert "The file was not taken" in page
    assert "langauges: unknown key" in page
    assert "with a restart only: http.bind" in page
    assert "all well" not in page


def test_what_is_alerted_now_is_shown(served: Any, alice: Any) -> None:
    began = served.clock() - timedelta(hours=3)
    silent = Alert(kind=Kind.CHANNEL_SILENT, subject="news", words="nothing <b>went</b> out", since=began, raised=began)
    coming = Alert(kind=Kind.DOUBT, subject="news", words="not for long enough", since=began)
    over = replace(silent, kind=Kind.DEAD, words="it is over", over=served.clock())
    with served.room.store.write() as connection:
        alerts.save(connection, {}, {one.key: one for one in (silent, coming, over)})
    told = _plain(alice.page())
    assert "channel silent news since 3 h ago nothing &lt;b&gt;went&lt;/b&gt; out" in told
    assert ("not for long enough" in told, "it is over" in told) == (False, False)


def test_a_paused_account_is_told_with_its_reason_until_it_is_over(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article(), errors.LanePaused("flood control", after=timedelta(hours=1)))
    assert "paused: flood control" in alice.page()
    assert "its account lane is paused: flood control" in alice.page("channels/news")
    served.clock.forward(hours=2)
    assert "flood control" not in alice.page()


def test_a_channel_says_what_it_takes_and_when_it_may_post(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article())
    told = _plain(alice.page("channels/news"))
    for words in (
        "en, ar: title and summary in one of them are enough",
        "topics science",
        "at most 3d",
        "quiet hours they are 22:00-07:00 (UTC); it is 12:00 there",
        "of 40 in the last 24 hours",
        "https://t.me/news",
        "Title of a (en)",
        "done 1",
        "last post",
    ):
        assert words in told, words
    assert "not enabled" in _plain(alice.page("channels/quiet"))
    assert alice.get("channels/none").status_code == 404


def test_a_channel_is_paused_and_resumed(served: Any, alice: Any, an_article: Any) -> None:
    assert "must be a duration" in alice.said(
        "channels/news/pause", {"for": "soon", "back": "/dashboard/channels/news"}
    )
    assert alice.said("channels/news/pause", {"for": ""}) == "news is paused until it is resumed."
    page = _plain(alice.page("channels/news"))
    assert "until it is resumed: paused by hand (alice (dashboard))" in page
    served.wire.publish(an_article())
    served.work()
    assert served.wire.channels["news"].out == {}
    assert alice.said("channels/news/pause", {"for": "3h"}) == "news is paused until 2026-11-23 15:00 UTC."
    assert alice.said("channels/news/resume", {}) == "news goes on."
    served.work()
    assert served.wire.channels["news"].shown == ["Title of a (en)"]
    assert "there is no channel" in alice.said("channels/none/pause", {})


def test_a_channel_that_is_gone_is_activated(served: Any, alice: Any) -> None:
    with served.room.store.write() as connection:
        channels.deactivate(connection, "news", "chat <b>not</b> found")
    page = alice.page("channels/news")
    assert "not active: chat &lt;b&gt;not&lt;/b&gt; found" in page
    assert "is not active" in alice.said("channels/news/resume", {})
    assert alice.said("channels/news/activate", {}) == "news is active."


def test_channels_are_found_by_a_part_of_their_name(alice: Any) -> None:
    assert re.findall(r'href="/dashboard/channels/(\w+)"', alice.page("channels", name="NEW")) == ["news"]
    assert "0 channels" in alice.page("channels", name="zebra")
