"""Posts of which nobody knows whether they went out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from newswire import errors
from newswire.delivery import Delivery, State
from newswire.model import Article
from newswire.store import deliveries, lanes

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
MakeWire = Callable[..., Any]
Subscribe = Callable[..., Any]


def _row(wire: Any, key: str = "a", channel: str = "news") -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)[channel]


@pytest.mark.parametrize("policy", ["hold", "drop", "resend"])
async def test_what_may_have_been_sent_follows_the_policy(
    policy: str, make_wire: MakeWire, an_article: MakeArticle
) -> None:
    wire = make_wire(in_doubt=policy)
    wire.channels["news"].after = [errors.Unknown("connection cut")]
    wire.publish(an_article("a"))
    wire.publish(an_article("b"))
    await wire.deliver()
    wire.clock.forward(hours=2)
    await wire.deliver()
    expected = {
        "hold": (State.DOUBT, ["Title of a (en)", "Title of b (en)"]),
        "drop": (State.DEAD, ["Title of a (en)", "Title of b (en)"]),
        "resend": (State.DONE, ["Title of a (en)", "Title of a (en)", "Title of b (en)"]),
    }
    assert (_row(wire).state, wire.channels["news"].shown) == expected[policy]


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_doubtful_post_is_looked_for_where_that_is_possible(
    accepted: bool,  # noqa: FBT001  # a parameter of the test
    make_wire: MakeWire,
    an_article: MakeArticle,
    channel_kinds: dict[str, Any],
    clock: Any,
) -> None:
    wire = make_wire(channels={"news": channel_kinds["finding"](clock)})
    channel = wire.channels["news"]
    (channel.after if accepted else channel.before).append(errors.Unknown("connection cut"))
    wire.publish(an_article())
    await wire.deliver()
    wire.clock.forward(minutes=1)
    await wire.deliver()
    assert channel.shown == ["Title of a (en)"]
    assert (_row(wire).state, _row(wire).have, _row(wire).uncertain_since) == (State.DONE, 1, None)
    expected = ["post", "find", "edit"] if accepted else ["post", "find", "post"]
    assert [operation for operation, _ in channel.calls] == expected


async def test_a_doubtful_post_is_repeated_while_its_key_is_known(
    make_wire: MakeWire, an_article: MakeArticle, channel_kinds: dict[str, Any], clock: Any
) -> None:
    wire = make_wire(channels={"news": channel_kinds["keyed"](clock)})
    channel = wire.channels["news"]
    channel.after = [errors.Unknown("connection cut")]
    wire.publish(an_article())
    await wire.deliver()
    wire.clock.forward(minutes=1)
    await wire.deliver()
    assert channel.shown == ["Title of a (en)"]
    assert [operation for operation, _ in channel.calls] == ["post", "replay", "edit"]


async def test_a_key_that_is_forgotten_is_not_relied_on(
    make_wire: MakeWire, an_article: MakeArticle, channel_kinds: dict[str, Any], clock: Any
) -> None:
    wire = make_wire(channels={"news": channel_kinds["keyed"](clock)})
    wire.channels["news"].after = [errors.Unknown("connection cut")]
    wire.publish(an_article())
    await wire.deliver()
    wire.clock.forward(hours=2)
    await wire.deliver()
    assert _row(wire).state is State.DOUBT
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post"]


async def test_a_doubtful_post_of_a_withdrawn_article_is_never_repeated(
    make_wire: MakeWire, an_article: MakeArticle, channel_kinds: dict[str, Any], clock: Any
) -> None:
    wire = make_wire(channels={"news": channel_kinds["finding"](clock)})
    channel = wire.channels["news"]
    channel.after = [errors.Unknown("connection cut")]
    wire.publish(an_article())
    await wire.deliver()
    wire.publisher.withdraw("a")
    wire.clock.forward(minutes=1)
    await wire.deliver()
    assert [operation for operation, _ in channel.calls] == ["post", "find", "delete"]
    assert channel.shown == []


async def test_a_worker_that_died_leaves_a_doubt_not_a_double(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    with wire.store.write() as connection:
        taken = lanes.step(
            connection,
            [
                lanes.Request(
                    lane="lane", finished=[], room=4, channels={"news"}, orphaned=lambda *_: pytest.fail("none")
                )
            ],
            "the dead",
            now=wire.clock.now,
            ttl=timedelta(seconds=15),
            known=lambda *_: False,
        )
    assert len(taken.steps["lane"].intents) == 1
    assert list(taken.loaded) == ["a"]
    wire.clock.forward(seconds=16)
    await wire.deliver()
    assert (_row(wire).state, wire.channels["news"].calls) == (State.DOUBT, [])


async def test_a_correction_after_a_repeated_post_reaches_it(
    make_wire: MakeWire,
    an_article: MakeArticle,
    an_edition: Callable[..., dict[str, Any]],
    channel_kinds: Any,
    clock: Any,
) -> None:
    wire = make_wire(channels={"news": channel_kinds["keyed"](clock)})
    wire.channels["news"].after = [errors.Unknown("connection cut")]
    wire.publish(an_article())
    await wire.deliver()
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    wire.clock.forward(minutes=1)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Corrected"]


async def test_a_post_that_was_taken_away_is_not_put_back_by_a_correction(
    wire: Any, an_article: MakeArticle, an_edition: Callable[..., dict[str, Any]]
) -> None:
    channel = wire.channels["news"]
    wire.publish(an_article())
    await wire.deliver()
    channel.before = [errors.PostGone("message to edit not found")]
    for title in ("Corrected", "Corrected again"):
        wire.publish(an_article(editions=[an_edition("en", title=title)]))
        await wire.deliver()
    assert [operation for operation, _ in channel.calls] == ["post", "edit"]
    assert (_row(wire).state, _row(wire).reason) == (State.DEAD, "the post is gone: message to edit not found")
