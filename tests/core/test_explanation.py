"""Explanations of what really happened in a wire, moment by moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newswire import errors
from newswire.api import Options
from newswire.config import ConfiguredChannel
from newswire.explanation import Explanation, Stage, explain
from newswire.hours import read_cadence, read_quiet_hours
from newswire.model import Article
from newswire.shaping import Shaping
from newswire.store.situations import situations

MakeArticle = Callable[..., Article]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def told(make_wire: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a wire with a shaped channel, and lets it be asked about an article."""

    def make(**rules: Any) -> Any:
        shaping = Shaping(zone=BERLIN, **rules)
        wire = make_wire(shapings={"news": shaping})
        (one,) = wire.subscribers
        channel = ConfiguredChannel(
            name="news",
            account="lane",
            subscription=one.subscription,
            options=Options(),
            max_age=one.max_age,
            shaping=shaping,
        )
        config: Any = SimpleNamespace(enabled_channels=(channel,))

        def ask(key: str) -> Explanation:
            with wire.store.read() as connection:
                (situation,) = situations(connection, config, key, [channel], now=wire.clock.now)
            return explain(situation)

        wire.ask = ask
        return wire

    return make


def _stage(explanation: Explanation, name: str) -> Stage:
    return next(stage for stage in explanation.stages if stage.name == name)


async def test_a_digest_before_in_and_after(told: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = told(digest=read_cadence("daily 18:00"))
    wire.publish(an_article())
    because = "digest: daily 18:00, of everything; the next one is due 2026-11-23 18:00 CET"
    assert wire.ask("a").verdict == f"it waits until 2026-11-23 18:00 CET: {because}"
    wire.clock.forward(hours=5)
    assert _stage(wire.ask("a"), "overflow").because == "it goes into the digest of 2026-11-23 18:00 CET"
    await wire.deliver()
    digest = "digest/news/20261123T1700Z"
    assert wire.ask("a").verdict == f"it is in the digest {digest}, which is out"
    whole = wire.ask(digest)
    assert whole.verdict == "out since 2026-11-23 17:00 UTC, post 1; it shows revision 1 of 1"
    assert _stage(whole, "digest") == Stage("digest", "yes", "it is a digest for news")
    wire.clock.forward(days=9)
    assert _stage(wire.ask("a"), "age").answer == "yes"


async def test_caps_and_what_passes_them(told: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = told(max_per_hour=1, max_per_day=5, min_interval=timedelta(minutes=10))
    for key in "ab":
        wire.publish(an_article(key))
    wire.publish(an_article("u", urgent=True))
    await wire.deliver()
    waits = wire.ask("a")
    assert waits.verdict.startswith(
        "it waits until 2026-11-23 14:00 CET: min_interval: it is 10 min; the last post was "
    )
    assert _stage(waits, "max_per_hour").because == "1 of 1 in the last hour"
    assert _stage(waits, "max_per_day").answer == "yes"
    wire.clock.forward(minutes=30)
    assert wire.ask("a").verdict == "it waits until 2026-11-23 14:00 CET: max_per_hour: 1 of 1 in the last hour"
    wire.clock.forward(minutes=30)
    assert wire.ask("a").verdict == "it goes out now"
    wire.publish(an_article("a", urgent=True))
    assert _stage(wire.ask("a"), "shaping").answer == "yes"


async def test_a_retry_a_doubt_and_a_refusal(told: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = told(quiet_hours=read_quiet_hours("22:00-07:00"))
    wire.channels["news"].before = [errors.Retry("busy", after=timedelta(minutes=5)), errors.Unknown("cut")]
    wire.publish(an_article())
    await wire.deliver()
    assert wire.ask("a").verdict == (
        "it waits until 2026-11-23 13:05 CET: delivery: a post is pending after 1 attempts: busy"
    )
    wire.clock.forward(minutes=5)
    await wire.deliver()
    assert wire.ask("a").verdict == "in doubt ('newswire deliveries resolve 1' settles it): cut"
    wire.channels["news"].before = [errors.Rejected("too long")]
    wire.publish(an_article("b"))
    await wire.deliver()
    assert wire.ask("b").verdict == "dead: too long"


async def test_what_is_too_old_or_withdrawn(told: Callable[..., Any], an_article: MakeArticle) -> None:
    wire = told(max_per_hour=1)
    wire.clock.forward(days=9)
    wire.publish(an_article())
    assert wire.ask("a").verdict.startswith("suppressed: too old: it appeared 2026-11-23 12:00 UTC")
    assert _stage(wire.ask("a"), "age").answer == "no"
    wire.publisher.withdraw("a")
    assert _stage(wire.ask("a"), "article").because == "it is withdrawn (revision 2)"
