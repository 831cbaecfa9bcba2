from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from newswire import errors
from newswire.delivery import Delivery, State
from newswire.dispatch.lane import Pace
from newswire.model import Article
from newswire.store import channels, deliveries

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
MakeWire = Callable[..., Any]
Subscribe = Callable[..., Any]


def _row(wire: Any, key: str = "a", channel: str = "news") -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)[channel]


def _attempts(wire: Any, key: str = "a") -> list[tuple[str, str]]:
    with wire.store.read() as connection:
        rows = deliveries.attempts(connection, _row(wire, key).id)
    return [(row["operation"], row["outcome"]) for row in rows]


def _lane(wire: Any) -> dict[str, Any]:
    with wire.store.read() as connection:
        return channels.lane_rows(connection)[0]


async def _until(reached: Callable[[], bool]) -> None:
    while not reached():  # noqa: ASYNC110  # it is the database that changes
        await asyncio.sleep(0.01)


def _channel(wire: Any) -> dict[str, Any]:
    with wire.store.read() as connection:
        return channels.channel_rows(connection)[0]


async def test_articles_go_out_once_and_in_order(wire: Any, an_article: MakeArticle) -> None:
    for key in "abc":
        wire.publish(an_article(key))
    await wire.deliver()
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of b (en)", "Title of c (en)"]
    row = _row(wire)
    assert (row.state, row.want, row.have, row.attempt, row.language) == (State.DONE, 1, 1, 0, "en")
    assert row.receipt is not None
    assert row.receipt.remote_id == "1"
    assert _attempts(wire) == [("post", "sent")]


async def test_a_correction_edits_what_is_out(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    wire.publish(an_article())
    await wire.deliver()
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert wire.channels["news"].out == {"1": "Corrected\nSummary of a (en)"}
    assert _row(wire).have == 2


async def test_corrections_coalesce(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    wire.publish(an_article())
    await wire.deliver()
    for number in range(5):
        wire.publish(an_article(editions=[an_edition("en", title=f"Version {number}")]))
    await wire.deliver()
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post", "edit"]
    assert wire.channels["news"].shown == ["Version 4"]


async def test_an_edit_that_changes_nothing_is_not_sent(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article())
    await wire.deliver()
    wire.publish(an_article(editions=[an_edition("en", body="Another body, which this channel does not show")]))
    await wire.deliver()
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post"]
    assert (_row(wire).state, _row(wire).have) == (State.DONE, 2)


async def test_a_late_translation_upgrades_the_same_post(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire = make_wire([subscriber("news", "de", "en")])
    wire.publish(an_article())
    await wire.deliver()
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de")]))
    await wire.deliver()
    assert wire.channels["news"].out == {"1": "Title of a (de)\nSummary of a (de)"}
    assert _row(wire).language == "de"


async def test_a_withdrawal_deletes_the_post(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    await wire.deliver()
    wire.publisher.withdraw("a")
    await wire.deliver()
    row = _row(wire)
    assert wire.channels["news"].shown == []
    assert (row.state, row.have, row.receipt, row.generation) == (State.DONE, None, None, 1)
    wire.publisher.publish(an_article(), intake="test", reinstate=True)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]
    assert wire.channels["news"].calls[-1][0] == "post"


async def test_an_edit_during_a_send_waits_for_it(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    channel = wire.channels["news"]
    channel.hold = asyncio.Event()
    wire.publish(an_article())
    worker, stop = wire.worker(), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await channel.reached.wait()
    wire.publish(an_article(editions=[an_edition("en", title="Corrected meanwhile")]))
    assert _row(wire).state is State.SENDING
    worker.wake.set()
    await asyncio.sleep(0.1)
    assert channel.calls == [("post", "Title of a (en)\nSummary of a (en)")]
    channel.hold.set()
    await _until(lambda: _row(wire).have == 2)
    stop.set()
    await running
    assert channel.busiest == 1
    assert channel.out == {"1": "Corrected meanwhile\nSummary of a (en)"}


async def test_a_withdrawal_during_a_send_deletes_right_after(wire: Any, an_article: MakeArticle) -> None:
    channel = wire.channels["news"]
    channel.hold = asyncio.Event()
    wire.publish(an_article())
    worker, stop = wire.worker(), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await channel.reached.wait()
    wire.publisher.withdraw("a")
    channel.hold.set()
    await _until(lambda: _row(wire).generation == 1)
    stop.set()
    await running
    assert [operation for operation, _ in channel.calls] == ["post", "delete"]


async def test_a_retry_comes_later_and_holds_only_its_channel(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news"), subscriber("other")])
    wire.channels["news"].before = [errors.Retry("not now")]
    wire.publish(an_article("a"))
    wire.publish(an_article("b"))
    await wire.deliver()
    assert wire.channels["news"].shown == []
    assert wire.channels["other"].shown == ["Title of a (en)", "Title of b (en)"]
    assert (_row(wire).state, _row(wire).attempt, _row(wire).reason) == (State.PENDING, 1, "not now")
    wire.clock.forward(seconds=3)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of b (en)"]


async def test_a_paused_channel_waits_without_using_up_attempts(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.ChannelPaused("slow down", after=timedelta(hours=12))]
    wire.publish(an_article("a"))
    wire.publish(an_article("b"))
    await wire.deliver()
    assert _row(wire).attempt == 0
    assert _channel(wire)["paused_until"] == wire.clock.now + timedelta(hours=12)
    wire.clock.forward(hours=11)
    await wire.deliver()
    assert wire.channels["news"].shown == []
    wire.clock.forward(hours=1)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of b (en)"]


async def test_a_paused_lane_stops_all_its_channels_and_survives_a_restart(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news"), subscriber("other")])
    wire.channels["news"].before = [errors.LanePaused("limit reached", after=timedelta(hours=3))]
    wire.channels["other"].before = [errors.LanePaused("limit reached", after=timedelta(hours=3))]
    wire.publish(an_article())
    await wire.deliver()
    wire.clock.forward(hours=2)
    await wire.deliver()
    assert (wire.channels["news"].shown, wire.channels["other"].shown) == ([], [])
    assert _lane(wire)["note"] == "limit reached"
    wire.clock.forward(hours=1)
    await wire.deliver()
    assert (wire.channels["news"].shown, wire.channels["other"].shown) == (["Title of a (en)"], ["Title of a (en)"])


async def test_a_refused_account_says_so(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.AccountRefused("Unauthorized")]
    wire.publish(an_article())
    await wire.deliver()
    assert _lane(wire)["note"] == "credential refused: Unauthorized"
    assert _row(wire).state is State.PENDING


async def test_a_gone_channel_is_deactivated_and_keeps_its_rows(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news"), subscriber("other")])
    wire.channels["news"].before = [errors.ChannelGone("bot was kicked")]
    for key in "ab":
        wire.publish(an_article(key))
    await wire.deliver()
    assert (_channel(wire)["active"], _channel(wire)["note"]) == (0, "bot was kicked")
    assert _row(wire).state is State.PENDING
    assert wire.channels["other"].shown == ["Title of a (en)", "Title of b (en)"]


async def test_a_moved_channel_is_followed(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.ChannelMoved("upgraded", address={"place": "there"})]
    wire.publish(an_article())
    await wire.deliver()
    assert wire.types["news"].opened_at == ["there"]
    assert wire.channels["news"].shown == ["Title of a (en)"]


async def test_rejected_content_is_dead_and_blocks_nothing(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.channels["news"].before = [errors.Rejected("too long")]
    for key in "ab":
        wire.publish(an_article(key))
    await wire.deliver()
    assert (_row(wire).state, _row(wire).reason) == (State.DEAD, "too long")
    assert wire.channels["news"].shown == ["Title of b (en)"]
    wire.publish(an_article("a", editions=[an_edition("en", title="Shorter")]))
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of b (en)", "Shorter"]


async def test_a_lane_has_one_owner(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    stop = asyncio.Event()
    first = asyncio.create_task(wire.worker("first").run(stop))
    await _until(lambda: bool(wire.channels["news"].shown))
    assert _lane(wire)["owner"] == "first"
    wire.publish(an_article("b"))
    await wire.worker("second").run(asyncio.Event(), patience=timedelta(0))
    assert _lane(wire)["owner"] == "first"
    stop.set()
    await first
    assert _lane(wire)["owner"] is None


async def test_a_plugin_that_raises_or_hangs_loses_nothing(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("news"), subscriber("other")])
    wire.channels["news"].before = [ZeroDivisionError("oops")]
    wire.publish(an_article())
    await wire.deliver()
    assert _row(wire).state is State.DOUBT
    assert _row(wire).reason == "the plugin failed: ZeroDivisionError: oops"
    assert wire.channels["other"].shown == ["Title of a (en)"]


async def test_a_platform_that_does_not_answer_is_in_doubt(make_wire: MakeWire, an_article: MakeArticle) -> None:
    from newswire.dispatch.lane import Pace  # noqa: PLC0415  # only this test sets a pace

    wire = make_wire(pace=Pace(send_timeout=timedelta(seconds=0.05)))
    wire.channels["news"].hold = asyncio.Event()
    wire.publish(an_article())
    await wire.deliver()
    assert (_row(wire).state, _row(wire).reason) == (State.DOUBT, "no answer within 0.05 s")


async def test_a_formatter_that_fails_is_a_dead_delivery_with_the_reason(wire: Any, an_article: MakeArticle) -> None:
    class Broken(type(wire.channels["news"])):  # type: ignore[misc]  # a class of the fixture
        def compose(self, story: Any) -> Any:
            raise KeyError(story.article_id)

    wire.channels["news"] = Broken(wire.clock)
    wire.publish(an_article())
    await wire.deliver()
    assert (_row(wire).state, _row(wire).reason) == (State.DEAD, "the formatter failed: KeyError: 'a'")


async def test_an_account_that_does_not_start_is_tried_again(wire: Any, an_article: MakeArticle) -> None:
    wire.account.start_errors = [errors.Retry("server down")]
    wire.publish(an_article())
    await wire.deliver()
    assert wire.channels["news"].calls == []
    assert _lane(wire)["note"] == "the account does not start: server down"
    wire.clock.forward(seconds=5)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]


async def test_news_that_grew_old_in_the_queue_is_not_news(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    wire.clock.forward(days=4)
    await wire.deliver()
    assert wire.channels["news"].calls == []
    assert _row(wire).state is State.SUPPRESSED


async def test_news_goes_before_corrections_in_bulk(
    make_wire: MakeWire, subscriber: Subscribe, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    names = ["first", "second", "third"]
    wire = make_wire([subscriber(name, "en", topics=name) for name in names], pace=Pace(concurrency=1))
    for name in names[:2]:
        wire.publish(an_article(f"old-{name}", topics=[name]))
    wire.publish(an_article("gone", topics=["third"]))
    await wire.deliver()
    calls: list[tuple[str, str]] = []
    for name in names:
        wire.channels[name].calls = calls
    for name in names[:2]:
        wire.publish(an_article(f"old-{name}", topics=[name], editions=[an_edition("en", title="Corrected")]))
    wire.clock.forward(minutes=1)
    wire.publisher.withdraw("gone")
    wire.clock.forward(minutes=1)
    wire.publish(an_article("new", topics=["third"]))
    await wire.deliver()
    assert [operation for operation, _ in calls] == ["delete", "post", "edit", "edit"]
