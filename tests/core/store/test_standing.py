"""How the room stands, as the store tells it; on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newswire import errors
from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel, ConfiguredIntake
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings
from newswire.plugins import Plugins
from newswire.shaping import Shaping
from newswire.standing import UNTIL_RESUMED, Counts
from newswire.store import by_hand, channels, deliveries, records, standing
from newswire.taxonomy import Taxonomy
from newswire.testing.services import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newswire.model import Article
    from newswire.standing import ChannelStanding, Standing

    MakeArticle = Callable[..., Article]


def config_of(wire: Any, *, disabled: Sequence[str] = ()) -> Config:
    """The config that a wire in small would come from."""
    one = next(iter(wire.worker().channels.values()))
    return Config(
        path=Path("config.toml"),
        plugins=Plugins(),
        site=SITE,
        taxonomy=Taxonomy(),
        store=StoreSettings(),
        http=HttpSettings(),
        logging=LoggingSettings(),
        dispatch=DispatchSettings(),
        intakes=(ConfiguredIntake(name="folder", type=None, options=None),),  # type: ignore[arg-type]  # not looked at
        accounts=(ConfiguredAccount(name="lane", type=one.type, options=one.options),),
        channels=tuple(
            ConfiguredChannel(
                name=subscriber.name,
                account="lane",
                subscription=subscriber.subscription,
                options=one.options,
                max_age=None,
                shaping=wire.shapings.get(subscriber.name),
                enabled=subscriber.name not in disabled,
            )
            for subscriber in wire.subscribers
        ),
    )


def stands(wire: Any, **changes: Any) -> Standing:
    with wire.store.read() as connection:
        return standing.read(connection, config_of(wire, **changes), now=wire.clock())


def channel(wire: Any, name: str = "news") -> ChannelStanding:
    with wire.store.read() as connection:
        found = standing.read(connection, config_of(wire), now=wire.clock())
        (one,) = standing.closer(connection, [one for one in found.channels if one.name == name])
    return one


async def test_who_holds_a_lane_since_when_and_nobody_after_its_lease(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    worker = wire.worker("desk1.example:4711:abcd")
    begun = wire.clock()
    await worker.clerk.step(_nothing(worker))
    (account,) = stands(wire).accounts
    assert account.holder is not None
    assert (account.holder.host, account.holder.process) == ("desk1.example", "4711:abcd")
    assert (account.holder.since, account.holder.until) == (begun, begun + timedelta(seconds=15))
    wire.clock.forward(seconds=10)
    await worker.clerk.step(_nothing(worker))
    (account,) = stands(wire).accounts
    assert account.holder is not None
    assert (account.holder.since, account.holder.until) == (begun, begun + timedelta(seconds=25))
    wire.clock.forward(seconds=16)
    (account,) = stands(wire).accounts
    assert account.holder is None
    assert account.trouble == ("nobody sends for it: is 'newswire run' running?",)


def _nothing(worker: Any) -> Any:
    from newswire.store.lanes import Request  # noqa: PLC0415  # only here

    return Request(lane="lane", finished=(), room=0, channels=worker.channels, orphaned=worker._orphaned)


async def test_a_lane_that_was_given_back_is_held_by_nobody(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    await wire.deliver()
    (account,) = stands(wire).accounts
    assert (account.holder, account.trouble, account.counts) == (None, (), Counts())


async def test_a_pause_is_told_while_it_lasts_and_not_a_moment_longer(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    wire.channels["news"].before = [errors.LanePaused("flood control", after=timedelta(hours=1))]
    await wire.deliver()
    (account,) = stands(wire).accounts
    assert account.pause is not None
    assert (account.pause.because, account.trouble) == ("flood control", ("paused: flood control",))
    assert not channel(wire).late
    wire.clock.forward(hours=1, seconds=1)
    (account,) = stands(wire).accounts
    assert account.pause is None
    assert "flood control" not in str(account)
    await wire.deliver()
    (account,) = stands(wire).accounts
    assert (account.pause, account.trouble) == (None, ())


async def test_a_pause_of_the_platform_is_not_told_in_the_words_of_an_older_one(
    wire: Any, an_article: MakeArticle
) -> None:
    with wire.store.write() as connection:
        channels.pause(connection, ["news"], until=wire.clock() + timedelta(hours=1), note="paused by hand")
    assert channel(wire).trouble == ("paused: paused by hand",)
    wire.clock.forward(hours=2)
    assert channel(wire).trouble == ()
    wire.publish(an_article())
    wire.channels["news"].before = [errors.ChannelPaused("slow mode", after=timedelta(hours=3))]
    await wire.deliver()
    assert channel(wire).trouble == ("paused: slow mode",)


async def test_a_channel_that_was_switched_off_meanwhile_keeps_the_reason_for_that(
    wire: Any, an_article: MakeArticle
) -> None:
    wire.publish(an_article())

    wire.channels["news"].hold = asyncio.Event()
    wire.channels["news"].before = [errors.ChannelPaused("slow mode", after=timedelta(hours=3))]
    delivering = asyncio.create_task(wire.deliver())
    await wire.channels["news"].reached.wait()
    with wire.store.write() as connection:
        channels.deactivate(connection, "news", channels.NOT_ENABLED)
    wire.channels["news"].hold.set()
    await delivering
    assert channel(wire).inactive == channels.NOT_ENABLED


async def test_a_channel_paused_until_it_is_resumed(wire: Any) -> None:
    with wire.store.write() as connection:
        channels.pause(connection, ["news"], until=UNTIL_RESUMED, note="paused by hand")
    rests = channel(wire).pause
    assert rests is not None
    assert not rests.ends


async def test_what_was_posted_waits_is_in_doubt_or_was_given_up(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("fine"), subscriber("torn"), subscriber("idle", "fr"), subscriber("gone")])
    wire.channels["torn"].before = [errors.Rejected("too long"), errors.Unknown("no answer")]
    wire.channels["gone"].before = [errors.ChannelGone("kicked out")]
    for key in "ab":
        wire.publish(an_article(key))
    await wire.deliver()
    found = stands(wire)
    assert [one.name for one in found.channels] == ["gone", "torn", "fine", "idle"]
    assert {one.name: one.trouble for one in found.troubled} == {
        "gone": ("not active: kicked out",),
        "torn": ("1 in doubt", "1 given up"),
    }
    assert found.counts == Counts(pending=2, doubt=1, dead=1)
    assert found.accounts[0].counts == found.counts
    assert (found.accounts[0].channels, found.latest_event, found.last_post) == (4, 2, wire.clock())
    fine = channel(wire, "fine")
    assert (fine.states, fine.last_post) == ({"done": 2}, wire.clock())
    assert channel(wire, "torn").states == {"dead": 1, "doubt": 1}
    assert (channel(wire, "idle").states, channel(wire, "idle").last_post) == ({}, None)


async def test_what_is_due_for_long_without_a_reason_is_late(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    since = wire.clock()
    wire.clock.forward(minutes=14)
    assert (channel(wire).due_since, channel(wire).late) == (since, False)
    wire.clock.forward(minutes=2)
    assert channel(wire).trouble == ("late: due since 2026-11-23 12:00 UTC",)


async def test_what_shaping_holds_back_is_no_trouble(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    shaping = Shaping(zone=ZoneInfo("UTC"), min_interval=timedelta(hours=2))
    wire = make_wire([subscriber("news")], shapings={"news": shaping})
    for key in "abc":
        wire.publish(an_article(key))
    await wire.deliver()
    wire.clock.forward(hours=1)
    one = channel(wire)
    assert one.waits is not None
    assert (one.waits.rule, one.waits.until) == ("min_interval", wire.clock() + timedelta(hours=1))
    assert (one.trouble, one.counts.backlog) == ((), 2)


async def test_channels_that_are_not_enabled_come_last_and_are_no_trouble(
    make_wire: Callable[..., Any], subscriber: Callable[..., Any], an_article: MakeArticle
) -> None:
    wire = make_wire([subscriber("a"), subscriber("b")])
    wire.channels["a"].before = [errors.Rejected("too long")]
    wire.publish(an_article())
    await wire.deliver()
    found = stands(wire, disabled=["a"])
    assert [(one.name, one.enabled, one.trouble) for one in found.channels] == [("b", True, ()), ("a", False, ())]


async def test_a_channel_that_is_new_in_the_config_is_not_hidden(wire: Any) -> None:
    before = config_of(wire)
    config = replace(before, channels=(*before.channels, replace(before.channels[0], name="new")))
    with wire.store.read() as connection:
        new, known = standing.closer(connection, standing.read(connection, config, now=wire.clock()).channels)
    assert (new.name, new.trouble) == ("new", ("not active: it is new: 'newswire run' takes it in",))
    assert (known.name, known.trouble) == ("news", ())


async def test_what_is_given_up_is_forgotten_when_a_hand_lets_it_be(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.Rejected("too long")]
    wire.publish(an_article())
    await wire.deliver()
    with wire.store.write() as connection:
        row = deliveries.of_article(connection, "a")["news"]
        by_hand.change(connection, [row.id], by_hand.discard, by_hand.Hand("me", wire.clock()))
    assert channel(wire).trouble == ()


async def test_intakes_are_told_with_their_last_success(wire: Any) -> None:
    def run(success: bool, problems: list[str]) -> tuple[str, ...]:  # noqa: FBT001  # as a report has it
        with wire.store.write() as connection:
            report = {"counts": {}, "problems": problems}
            records.record_intake(connection, "folder", report, success=success, now=wire.clock())
        wire.clock.forward(minutes=5)
        (intake,) = stands(wire).intakes
        assert (intake.name, intake.enabled) == ("folder", True)
        assert replace(intake, enabled=False).trouble == ()
        return intake.trouble

    assert stands(wire).intakes[0].trouble == ()
    assert run(False, []) == ("it fails: no success since ever",)
    assert run(True, []) == ()
    assert run(True, ["a.md: bad"]) == ("1 not taken",)
    assert run(False, ["it failed"]) == ("it fails: no success since 2026-11-23 12:10 UTC",)
