"""What an admin does to deliveries by hand: one transaction, and an attempt row that tells of it.

The decisions are pure: each takes a delivery and gives the columns that change, or refuses with the cure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from newswire.delivery import Delivery, State, Urgency
from newswire.errors import Refused
from newswire.store import deliveries, folded, wakeups
from newswire.store.results import stored
from newswire.store.schema import article, attempt, delivery

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.post import Receipt

OPERATION = "by hand"
"""The operation of an attempt row that tells of a hand."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand, and when."""

    who: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What a hand changes, and how the attempt row tells it."""

    columns: dict[str, Any]
    outcome: str
    words: str | None = None


Decide = Callable[[Delivery], Settled]
"""Decides on one delivery, or raises Refused."""


def retry(row: Delivery, *, now: datetime) -> Settled:
    """Tries at once what was given up, or waits for its next attempt.

    Raises:
        Refused: nobody knows whether it was sent, or there is nothing to try.
    """
    _certain(row)
    if row.state is State.DONE:
        raise Refused(f"{_name(row)} is done; 'resend' makes a new post of it")
    if row.state is State.SUPPRESSED:
        raise Refused(f"{_name(row)} is not sent on purpose ({row.reason}); 'resend' posts it all the same")
    return Settled(_pending(now) | {"urgency": Urgency.URGENT}, "retried")


def resend(row: Delivery, *, withdrawn: bool, now: datetime) -> Settled:
    """Lets a new post be made, whatever became of the old one; the old one is not followed any more.

    A new generation gives it a new idempotency key, so that no platform takes it for the old one.

    Raises:
        Refused: the article is withdrawn, nobody knows whether it was sent, or it is about to be sent anyway.
    """
    if row.state is State.DOUBT:
        _certain(row)
    if withdrawn:
        raise Refused(f"{_name(row)}: the article is withdrawn; 'newswire publish --reinstate' brings it back")
    if row.state is State.PENDING and row.receipt is None:
        raise Refused(f"{_name(row)} is still to be sent; 'retry' sends it at once")
    nothing_out = {"have": None, "receipt": None, "digest": None, "language": None, "uncertain_since": None}
    again = {"generation": row.generation + 1, "forced": 1, "urgency": Urgency.URGENT}
    columns = _pending(now) | nothing_out | again
    old = row.receipt.url or row.receipt.remote_id if row.receipt else None
    return Settled(columns, "resent", f"the post {old} is not followed any more" if old else None)


def resolve_sent(row: Delivery, receipt: Receipt, *, withdrawn: bool, now: datetime) -> Settled:
    """Takes note that a doubtful post is out. If the article has changed since, an edit or a deletion follows.

    Raises:
        Refused: there is no doubt about it.
    """
    _doubtful(row)
    began = row.uncertain_since
    moved = withdrawn or row.started is None or began is None or row.since > began
    columns = _pending(now) | {"receipt": receipt, "digest": None, "uncertain_since": None}
    # Where nobody knows which revision went out, 0 lets the present one follow as an edit.
    columns |= {"have": 0} if moved else {"have": row.want, "state": State.DONE}
    return Settled(columns, "resolved", f"it was sent: {receipt.url or receipt.remote_id}")


def resolve_not_sent(row: Delivery, *, now: datetime) -> Settled:
    """Takes note that a doubtful post is not out: it is pending as if it had never been sent.

    Raises:
        Refused: there is no doubt about it.
    """
    _doubtful(row)
    return Settled(_pending(now) | {"uncertain_since": None}, "resolved", "it was not sent")


def discard(row: Delivery) -> Settled:
    """Lets a delivery be. What is not out is never posted; what is out stays as it is until the article changes.

    Raises:
        Refused: it is done.
    """
    if row.state is State.DONE:
        raise Refused(f"{_name(row)} is done; 'newswire withdraw {row.article_id}' deletes what is out of the article")
    return Settled({"state": State.SUPPRESSED, "reason": deliveries.DISCARDED}, "discarded", row.reason)


def change(connection: Connection, ids: Sequence[int], decide: Decide, hand: Hand) -> list[Delivery]:
    """Changes deliveries, all of them or none.

    Args:
        connection: a writing transaction in which nobody else publishes.
        ids: of the deliveries, folded or not.
        decide: what becomes of each.
        hand: whose hand it is.

    Returns:
        The deliveries as they were.

    Raises:
        Refused: some cannot be changed so; the text has a line for each.
    """
    found = _decided(ids, decide, lambda key: _locked(connection, key))
    for row, settled in found:
        columns = stored(settled.columns)
        connection.execute(update(delivery).where(delivery.c.id == row.id).values(**columns, changed=hand.now))
        connection.execute(insert(attempt).values(**_told(row, settled, hand)))
    wakeups.announce(connection)
    return [row for row, _ in found]


def examine(connection: Connection, ids: Sequence[int], decide: Decide) -> list[Delivery]:
    """What `change` would change, without changing it.

    Raises:
        Refused: some cannot be changed so.
    """
    return [row for row, _ in _decided(ids, decide, lambda key: deliveries.by_id(connection, key))]


def _decided(
    ids: Sequence[int], decide: Decide, load: Callable[[int], Delivery | None]
) -> list[tuple[Delivery, Settled]]:
    found: list[tuple[Delivery, Settled]] = []
    refusals: list[str] = []
    for key in dict.fromkeys(ids):
        try:
            found.append(_decide(key, load(key), decide))
        except Refused as refused:
            refusals.append(str(refused))
    if refusals:
        raise Refused("\n".join(refusals))
    return found


def _decide(key: int, row: Delivery | None, decide: Decide) -> tuple[Delivery, Settled]:
    if row is None:
        raise Refused(f"no delivery has the id {key}; 'newswire deliveries list' shows what there is")
    if row.state is State.SENDING:
        raise Refused(f"{_name(row)} is being sent right now; try again when that has ended")
    return row, decide(row)


def _locked(connection: Connection, key: int) -> Delivery | None:
    mine = select(*deliveries.COLUMNS).where(delivery.c.id == key).with_for_update()
    row = connection.execute(mine).one_or_none()
    if row is None:
        article_id = folded.article_of(connection, key)
        if article_id is None:
            return None
        folded.unfold(connection, article_id)
        row = connection.execute(mine).one()
    return deliveries.from_values(row)


def marks(connection: Connection, rows: Sequence[Delivery]) -> dict[int, str]:
    """By delivery what differs from what it was whenever something has happened to it since."""
    last = select(attempt.c.delivery_id, func.max(attempt.c.id)).where(
        attempt.c.delivery_id.in_([row.id for row in rows])
    )
    known = dict(connection.execute(last.group_by(attempt.c.delivery_id)).all())
    return {row.id: f"{known.get(row.id, 0)}-{row.state}-{row.changed.timestamp()}" for row in rows}


def require_unchanged(connection: Connection, row: Delivery, seen: str) -> None:
    """Makes sure that a delivery is as somebody saw it.

    Raises:
        Refused: something has happened to it since; the text says what.
    """
    if marks(connection, [row])[row.id] == seen:
        return
    told = f"{_name(row)} has changed since you looked, and is {row.state} now"
    tried = deliveries.attempts(connection, row.id)
    if tried and tried[-1]["operation"] == OPERATION:
        told += f" ({tried[-1]['outcome']} {tried[-1]['words']})"
    raise Refused(f"{told}; nothing more was done")


def posted_since(connection: Connection, since: datetime, channel: str | None = None) -> list[int]:
    """The deliveries whose posts went out since a time and are still out, of articles that are not withdrawn."""
    statement = (
        select(delivery.c.id)
        .join(attempt, attempt.c.delivery_id == delivery.c.id)
        .join(article, article.c.id == delivery.c.article_id)
        .where(
            attempt.c.operation == "post",
            attempt.c.outcome == "sent",
            attempt.c.ended >= since,
            delivery.c.state == State.DONE.value,
            delivery.c.receipt.is_not(None),
            article.c.withdrawn == 0,
        )
    )
    if channel is not None:
        statement = statement.where(delivery.c.channel == channel)
    return sorted(set(connection.scalars(statement)))


def withdrawn(connection: Connection, article_id: str) -> bool:
    """Whether an article is withdrawn."""
    return bool(connection.scalar(select(article.c.withdrawn).where(article.c.id == article_id)))


def _pending(now: datetime) -> dict[str, Any]:
    return {"state": State.PENDING, "due": now, "since": now, "attempt": 0, "reason": None}


def _told(row: Delivery, settled: Settled, hand: Hand) -> dict[str, Any]:
    words = f"{settled.words}; by {hand.who}" if settled.words else f"by {hand.who}"
    return {
        "delivery_id": row.id,
        "rev": row.want,
        "operation": OPERATION,
        "started": hand.now,
        "ended": hand.now,
        "outcome": settled.outcome,
        "words": words,
    }


def _name(row: Delivery) -> str:
    return f"delivery {row.id} ({row.channel}, {row.article_id})"


def _certain(row: Delivery) -> None:
    if _in_doubt(row):
        raise Refused(
            f"{_name(row)} may have been sent: look for it, then 'newswire deliveries resolve {row.id}' "
            "with --sent and its id, or with --not-sent"
        )


def _doubtful(row: Delivery) -> None:
    if not _in_doubt(row):
        raise Refused(f"{_name(row)} is {row.state}: there is no doubt whether it was sent")


def _in_doubt(row: Delivery) -> bool:
    given_up = row.state in {State.DEAD, State.SUPPRESSED} and row.uncertain_since is not None
    return row.receipt is None and (row.state is State.DOUBT or given_up)
