"""After an old backup was restored, nothing that may be out is sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from newswire.delivery import Delivery, State
from newswire.model import Article
from newswire.post import Receipt
from newswire.store import by_hand, deliveries
from newswire.store.holding import HELD, hold
from newswire.store.schema import delivery

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]


def _row(wire: Any, key: str = "a") -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)["news"]


def _hold(wire: Any, before: Any = None) -> dict[str, int]:
    with wire.store.write() as connection:
        return hold(connection, before or wire.clock(), now=wire.clock())


def _operations(wire: Any) -> list[str]:
    return [operation for operation, _ in wire.channels["news"].calls]


@pytest.mark.parametrize(("state", "policy"), [("pending", "hold"), ("sending", "resend"), ("retried", "resend")])
async def test_what_arose_before_is_held_and_not_sent(
    state: str, policy: str, make_wire: Any, an_article: MakeArticle
) -> None:
    wire = make_wire(in_doubt=policy)
    wire.publish(an_article())
    states: dict[str, dict[str, Any]] = {
        "pending": {},
        "sending": {"state": "sending", "epoch": 0},
        "retried": {"attempt": 3},
    }
    with wire.store.write() as connection:
        connection.execute(update(delivery).values(**states[state], changed=wire.clock()))
    wire.clock.forward(minutes=1)
    assert _hold(wire) == {"news": 1}
    assert _hold(wire) == {}
    await wire.deliver()
    assert _operations(wire) == []
    assert (_row(wire).state, _row(wire).reason) == (State.DOUBT, HELD)


async def test_an_article_the_backup_does_not_know_is_held_when_an_intake_brings_it(
    wire: Any, an_article: MakeArticle
) -> None:
    wire.clock.forward(days=1)
    restored = wire.clock()
    wire.publish(an_article("lost", published=restored - timedelta(hours=1)))
    wire.clock.forward(minutes=1)
    wire.publish(an_article("new", published=wire.clock()))
    assert _hold(wire, restored) == {"news": 1}
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of new (en)"]
    assert _row(wire, "lost").state is State.DOUBT


async def test_edits_and_deletions_go_on(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    for key in "ab":
        wire.publish(an_article(key))
    await wire.deliver()
    wire.publish(an_article("a", editions=[an_edition("en", title="Corrected")]))
    wire.publisher.withdraw("b")
    wire.clock.forward(minutes=1)
    assert _hold(wire) == {}
    await wire.deliver()
    assert wire.channels["news"].shown == ["Corrected"]


async def test_what_was_held_is_settled_by_hand(wire: Any, an_article: MakeArticle) -> None:
    for key in "ab":
        wire.publish(an_article(key))
    wire.channels["news"].out["7"] = "As it was posted after the backup"
    wire.clock.forward(minutes=1)
    _hold(wire)
    receipt = Receipt(remote_id="7", at=wire.clock())
    sent = partial(by_hand.resolve_sent, receipt=receipt, withdrawn=False, now=wire.clock())
    not_sent = partial(by_hand.resolve_not_sent, now=wire.clock())
    with wire.store.write() as connection:
        hand = by_hand.Hand("alice", wire.clock())
        by_hand.change(connection, [_row(wire, "a").id], sent, hand)
        by_hand.change(connection, [_row(wire, "b").id], not_sent, hand)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of b (en)"]
    assert _operations(wire) == ["edit", "post"]
