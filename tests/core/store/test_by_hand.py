"""What an admin does by hand, against a wire with channels in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from newswire import errors
from newswire.admin import Admin
from newswire.delivery import Delivery, State
from newswire.errors import Refused
from newswire.model import Article
from newswire.post import Receipt
from newswire.store import by_hand, channels, deliveries
from newswire.store.schema import delivery

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]


def _row(wire: Any, key: str = "a") -> Delivery:
    with wire.store.read() as connection:
        return deliveries.of_article(connection, key)["news"]


def _do(wire: Any, decide: Any, *keys: str) -> None:
    ids = [_row(wire, key).id for key in keys or ("a",)]
    with wire.store.write() as connection:
        by_hand.change(connection, ids, decide, by_hand.Hand("alice@desk", wire.clock()))


def _told(wire: Any) -> list[tuple[str, str, str | None]]:
    with wire.store.read() as connection:
        attempts = deliveries.attempts(connection, _row(wire).id)
    return [(row["operation"], row["outcome"], row["words"]) for row in attempts]


async def _doubt(wire: Any, article: Article, *, accepted: bool = True) -> None:
    channel = wire.channels["news"]
    (channel.after if accepted else channel.before).append(errors.Unknown("connection cut"))
    wire.publish(article)
    await wire.deliver()
    assert _row(wire, article.id).state is State.DOUBT


def _sent(wire: Any, remote_id: str = "1", *, withdrawn: bool = False) -> Any:
    receipt = Receipt(remote_id=remote_id, at=wire.clock())
    return partial(by_hand.resolve_sent, receipt=receipt, withdrawn=withdrawn, now=wire.clock())


async def test_what_was_given_up_is_tried_again_with_a_new_horizon(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.Rejected("too long")]
    wire.publish(an_article())
    await wire.deliver()
    assert _row(wire).state is State.DEAD
    wire.clock.forward(hours=30)
    _do(wire, partial(by_hand.retry, now=wire.clock()))
    assert (_row(wire).since, _row(wire).attempt) == (wire.clock(), 0)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]
    assert _told(wire) == [
        ("post", "rejected", "too long"),
        ("by hand", "retried", "by alice@desk"),
        ("post", "sent", None),
    ]


async def test_what_waits_for_its_next_attempt_is_tried_at_once(wire: Any, an_article: MakeArticle) -> None:
    wire.channels["news"].before = [errors.Retry("busy", after=timedelta(hours=1))]
    wire.publish(an_article())
    await wire.deliver()
    assert wire.channels["news"].shown == []
    _do(wire, partial(by_hand.retry, now=wire.clock()))
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]


async def test_a_post_that_is_out_is_edited_and_deleted_after_it_was_resolved(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    await _doubt(wire, an_article())
    _do(wire, _sent(wire))
    row = _row(wire)
    assert (row.state, row.have, row.uncertain_since) == (State.DONE, 1, None)
    await wire.deliver()
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post"]
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert wire.channels["news"].out == {"1": "Corrected\nSummary of a (en)"}
    wire.publisher.withdraw("a")
    await wire.deliver()
    assert wire.channels["news"].shown == []
    assert ("by hand", "resolved", "it was sent: 1; by alice@desk") in _told(wire)


async def test_an_article_that_changed_while_in_doubt_is_edited_once_resolved(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    await _doubt(wire, an_article())
    wire.clock.forward(minutes=1)
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    _do(wire, _sent(wire))
    await wire.deliver()
    assert wire.channels["news"].out == {"1": "Corrected\nSummary of a (en)"}
    assert (_row(wire).state, _row(wire).have) == (State.DONE, 2)


async def test_an_article_withdrawn_while_in_doubt_is_deleted_once_resolved(wire: Any, an_article: MakeArticle) -> None:
    await _doubt(wire, an_article())
    wire.publisher.withdraw("a")
    _do(wire, _sent(wire, withdrawn=True))
    await wire.deliver()
    assert wire.channels["news"].shown == []


async def test_a_post_that_is_not_out_goes_out_once_resolved(wire: Any, an_article: MakeArticle) -> None:
    await _doubt(wire, an_article(), accepted=False)
    _do(wire, partial(by_hand.resolve_not_sent, now=wire.clock()))
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]
    assert (_row(wire).state, _row(wire).uncertain_since) == (State.DONE, None)


async def test_a_post_dropped_by_policy_can_still_be_resolved(make_wire: Any, an_article: MakeArticle) -> None:
    wire = make_wire(in_doubt="drop")
    wire.channels["news"].after = [errors.Unknown("connection cut")]
    wire.publish(an_article())
    await wire.deliver()
    assert _row(wire).state is State.DEAD
    with pytest.raises(Refused, match="may have been sent"):
        _do(wire, partial(by_hand.retry, now=wire.clock()))
    _do(wire, _sent(wire))
    assert _row(wire).state is State.DONE


async def test_resending_makes_a_new_post_under_a_new_key(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article())
    await wire.deliver()
    key = _row(wire).key
    wire.clock.forward(days=30)
    with wire.store.read() as connection:
        since = by_hand.posted_since(connection, wire.clock() - timedelta(days=31))
        assert (since, by_hand.posted_since(connection, wire.clock())) == ([_row(wire).id], [])
        assert by_hand.posted_since(connection, wire.clock() - timedelta(days=31), "other") == []
    _do(wire, partial(by_hand.resend, withdrawn=False, now=wire.clock()))
    await wire.deliver()
    assert _row(wire).key != key
    assert wire.channels["news"].shown == ["Title of a (en)", "Title of a (en)"]
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)", "Corrected"]
    assert ("by hand", "resent", "the post 1 is not followed any more; by alice@desk") in _told(wire)


async def test_what_is_discarded_stays_away_whatever_comes(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article())
    _do(wire, by_hand.discard)
    assert (_row(wire).state, _row(wire).reason) == (State.SUPPRESSED, "discarded by hand")
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert wire.channels["news"].calls == []
    _do(wire, partial(by_hand.resend, withdrawn=False, now=wire.clock()))
    await wire.deliver()
    assert wire.channels["news"].shown == ["Corrected"]


async def test_discarding_an_edit_leaves_the_post_until_the_article_changes(
    wire: Any, an_article: MakeArticle, an_edition: MakeEdition
) -> None:
    wire.publish(an_article())
    await wire.deliver()
    wire.channels["news"].before = [errors.Rejected("too long")]
    wire.publish(an_article(editions=[an_edition("en", title="Long")]))
    await wire.deliver()
    _do(wire, by_hand.discard)
    await wire.deliver()
    assert wire.channels["news"].shown == ["Title of a (en)"]
    wire.publisher.withdraw("a")
    await wire.deliver()
    assert wire.channels["news"].shown == []


async def test_a_discarded_doubt_is_not_sent(wire: Any, an_article: MakeArticle, an_edition: MakeEdition) -> None:
    await _doubt(wire, an_article(), accepted=False)
    _do(wire, by_hand.discard)
    wire.publish(an_article(editions=[an_edition("en", title="Corrected")]))
    await wire.deliver()
    assert [operation for operation, _ in wire.channels["news"].calls] == ["post"]
    assert _row(wire).state is State.SUPPRESSED


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (State.PENDING, {"resend", "sent", "not_sent"}),
        (State.SENDING, {"retry", "resend", "sent", "not_sent", "discard"}),
        (State.DONE, {"retry", "sent", "not_sent", "discard"}),
        (State.DOUBT, {"retry", "resend"}),
        (State.DEAD, {"sent", "not_sent"}),
        (State.SUPPRESSED, {"retry", "sent", "not_sent"}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    state: State, refused: set[str], wire: Any, an_article: MakeArticle
) -> None:
    wire.publish(an_article())
    if state is State.DONE:
        await wire.deliver()
    with wire.store.write() as connection:
        connection.execute(update(delivery).values(state=state.value))
    verbs = {
        "retry": partial(by_hand.retry, now=wire.clock()),
        "resend": partial(by_hand.resend, withdrawn=False, now=wire.clock()),
        "sent": _sent(wire),
        "not_sent": partial(by_hand.resolve_not_sent, now=wire.clock()),
        "discard": by_hand.discard,
    }
    found = set()
    for name, decide in verbs.items():
        with wire.store.read() as connection:
            try:
                by_hand.examine(connection, [_row(wire).id], decide)
            except Refused:
                found.add(name)
    assert found == refused


async def test_one_refusal_leaves_everything_as_it_was(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article("a"))
    await wire.deliver()
    wire.publish(an_article("b"))
    with pytest.raises(Refused, match=r"delivery \d+ \(news, a\) is done"):
        _do(wire, by_hand.discard, "b", "a")
    assert _row(wire, "b").state is State.PENDING
    assert _told(wire) == [("post", "sent", None)]


async def test_the_withdrawn_is_not_resent_and_the_unknown_is_named(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    await wire.deliver()
    with pytest.raises(Refused, match="the article is withdrawn"):
        _do(wire, partial(by_hand.resend, withdrawn=True, now=wire.clock()))
    with pytest.raises(Refused, match="no delivery has the id 99"), wire.store.write() as connection:
        by_hand.change(connection, [99], by_hand.discard, by_hand.Hand("alice", wire.clock()))


async def test_the_same_click_twice_does_a_thing_once(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    await wire.deliver()
    with wire.store.read() as connection:
        seen = by_hand.marks(connection, [_row(wire)])
    alice = Admin(store=wire.store, clock=wire.clock, who="alice", seen=seen)
    assert [row.state for row in alice.resend([_row(wire).id]).changed] == [State.DONE]
    await wire.deliver()
    with pytest.raises(Refused, match=r"has changed since you looked, and is done now; nothing more was done"):
        alice.resend([_row(wire).id])
    await wire.deliver()
    assert len(wire.channels["news"].out) == 2


def test_who_was_slower_is_told_what_was_done(wire: Any, an_article: MakeArticle) -> None:
    wire.publish(an_article())
    key = _row(wire).id
    with wire.store.read() as connection:
        seen = by_hand.marks(connection, [_row(wire)])
    alice, bob = (Admin(store=wire.store, clock=wire.clock, who=who, seen=seen) for who in ("alice", "bob"))
    alice.discard([key])
    with pytest.raises(Refused, match=r"is suppressed now \(discarded by alice\); nothing more was done"):
        bob.retry([key])
    assert _told(wire) == [("by hand", "discarded", "by alice")]


def test_a_pause_names_whose_hand_it_was(wire: Any) -> None:
    alice = Admin(store=wire.store, clock=wire.clock, who="alice@desk")
    assert alice.pause(["news"], timedelta(hours=2)) == wire.clock() + timedelta(hours=2)
    with wire.store.read() as connection:
        assert channels.channel_rows(connection)[0]["note"] == "paused by hand (alice@desk)"
    alice.resume(["news"])
    with pytest.raises(Refused, match="there is no channel 'other'"):
        alice.pause(["news", "other"])
    with wire.store.read() as connection:
        assert channels.channel_rows(connection)[0]["paused_until"] is None
