"""Writing what came of attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Text, case, literal_column, select, update

from newswire.delivery import State
from newswire.store import deliveries, shaped
from newswire.store.columns import Big, Instant
from newswire.store.many import add_many, change_many
from newswire.store.schema import attempt, channel, delivery, lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Update
    from sqlalchemy.engine import Connection
    from sqlalchemy.types import TypeEngine

    from newswire.delivery import Change, Delivery

_WRITTEN = (
    "attempt",
    "have",
    "uncertain_since",
    "generation",
    "receipt",
    "digest",
    "language",
    "reason",
)
_GIVEN: dict[str, TypeEngine[Any]] = {
    "row": Big,
    "row_epoch": Big,
    "sent_rev": Integer(),
    "ended": Integer(),
    "new_state": Text(),
    "new_due": Instant(),
    "now": Instant(),
    **{f"new_{name}": delivery.c[name].type for name in _WRITTEN},
}


def _recorded(given: Mapping[str, ColumnElement[Any]]) -> Update:
    # The article may have moved on while this was being sent: what was wanted then is not what is wanted now. What
    # has ended is then to be done again; what waits, or is in doubt, goes on from where it is.
    moved_on = (delivery.c.want > given["sent_rev"]) & (given["ended"] == 1)
    return (
        update(delivery)
        .where(
            delivery.c.id == given["row"],
            delivery.c.epoch == given["row_epoch"],
            delivery.c.state.in_([literal_column("'sending'"), literal_column("'doubt'")]),
        )
        .values(
            state=case((moved_on, literal_column("'pending'")), else_=given["new_state"]),
            due=case((moved_on, given["now"]), else_=given["new_due"]),
            changed=given["now"],
            **{name: given[f"new_{name}"] for name in _WRITTEN},
        )
    )


_RECORD = change_many(_recorded, _GIVEN)
_KEEP = add_many(attempt, "delivery_id", "rev", "operation", "started", "ended", "outcome", "words")
_ENDED = frozenset({State.DONE, State.DEAD, State.SUPPRESSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An attempt that has ended."""

    delivery: Delivery
    epoch: int
    operation: str
    rev: int
    started: datetime
    ended: datetime
    outcome: str
    words: str | None
    change: Change
    counts_for: timedelta | None = None
    """How long the post counts, where the channel shapes what goes out and a new post is, or may be, out."""


def record(connection: Connection, finished: Sequence[Finished], *, now: datetime) -> None:
    """Writes results. A row that is in other hands by now is left to them, unless they only wonder about it."""
    if not finished:
        return
    _RECORD.make(connection, [_row(item, now) for item in finished])
    _KEEP.make(connection, [_attempt_row(item) for item in finished])
    counted = [(one.delivery.channel, one.ended, one.counts_for) for one in finished if one.counts_for is not None]
    if counted:
        shaped.note(connection, counted)
    for item in finished:
        if item.change.channel:
            own = channel.c.name == item.delivery.channel
            if "note" in item.change.channel:
                own &= channel.c.active != 0  # why it is not active any more stays
            connection.execute(update(channel).where(own).values(**item.change.channel))
        if item.change.lane:
            name = select(channel.c.lane).where(channel.c.name == item.delivery.channel).scalar_subquery()
            connection.execute(update(lane).where(lane.c.name == name).values(**item.change.lane))


def _row(item: Finished, now: datetime) -> dict[str, Any]:
    before, columns = item.delivery, item.change.columns
    row = {f"new_{name}": columns[name] if name in columns else getattr(before, name) for name in _WRITTEN}
    row["new_receipt"] = deliveries.receipt_document(row["new_receipt"])
    return row | {
        "row": before.id,
        "row_epoch": item.epoch,
        "sent_rev": item.rev,
        "ended": int(columns["state"] in _ENDED),
        "new_state": State(columns["state"]).value,
        "new_due": columns.get("due", before.due),
        "now": now,
    }


def _attempt_row(item: Finished) -> dict[str, Any]:
    return {
        "delivery_id": item.delivery.id,
        "rev": item.rev,
        "operation": item.operation,
        "started": item.started,
        "ended": item.ended,
        "outcome": item.outcome,
        "words": item.words,
    }


def stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A change's columns as they are kept."""
    values = {**columns, "state": State(columns["state"]).value}
    if "receipt" in values:
        values["receipt"] = deliveries.receipt_document(values["receipt"])
    return values
