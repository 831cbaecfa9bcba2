"""Reading how the room stands; see `newswire.standing`.

It is asked every few seconds, of thousands of channels. What is open has indexes of its own and is counted for all;
what takes a look at every delivery of a channel (the last post, how many are done) is left to `closer`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from newswire.delivery import State
from newswire.standing import (
    LATE,
    AccountStanding,
    ChannelStanding,
    Counts,
    IntakeStanding,
    Standing,
    holder,
    pause,
)
from newswire.store import channels, deliveries, events, records, shaped
from newswire.store.schema import attempt, delivery

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config import Config
    from newswire.shaping import Hold

_NEW = "it is new: 'newswire run' takes it in"
# In the words of the partial indexes, for an engine serves a query by what it can read in it.
_PENDING = select(delivery.c.channel, func.count(), func.min(delivery.c.due)).where(text("state = 'pending'"))
_SENDING = select(delivery.c.channel, func.count()).where(text("state = 'sending'"))
_TROUBLE = select(delivery.c.channel, delivery.c.state, func.count()).where(text("state IN ('doubt', 'dead')"))


def read(connection: Connection, config: Config, *, now: datetime) -> Standing:
    """How the room stands; of the channels all, but without what `closer` adds.

    Args:
        connection: to read with.
        config: what is enabled.
        now: the time.
    """
    found = _channels(connection, config, now)
    return Standing(
        at=now,
        latest_event=events.latest(connection),
        last_post=_last_post(connection),
        accounts=_accounts(connection, config, found, now),
        channels=sorted(found, key=lambda one: one.rank),
        intakes=_intakes(connection, config),
    )


def closer(connection: Connection, chosen: Sequence[ChannelStanding]) -> list[ChannelStanding]:
    """Channels with their last post, and with the number of deliveries in each state."""
    found = deliveries.tally(connection, [one.name for one in chosen])
    none = deliveries.Tally({}, None)
    return [
        replace(one, last_post=tally.last_post, states=tally.states)
        for one in chosen
        for tally in [found.get(one.name, none)]
    ]


def _channels(connection: Connection, config: Config, now: datetime) -> list[ChannelStanding]:
    enabled = {one.name for one in config.enabled_channels}
    shapings = {one.name: one.shaping for one in config.enabled_channels if one.shaping is not None}
    lanes = {row["name"]: pause(row["paused_until"], row["note"], now) for row in channels.lane_rows(connection)}
    counts, due = _open(connection)
    waits = shaped.waiting(connection, {name: shapings[name] for name in counts.keys() & shapings}, now=now)
    rows = channels.channel_rows(connection)
    known = {row["name"] for row in rows}
    # What is new in the config comes into the store with the next start of whatever publishes or sends.
    new = [one for one in config.enabled_channels if one.name not in known]
    rows += [{"name": one.name, "lane": one.account, "active": 0, "paused_until": None, "note": _NEW} for one in new]
    return [
        _channel(
            row,
            counts.get(row["name"], Counts()),
            due.get(row["name"]),
            waits.get(row["name"]),
            enabled=row["name"] in enabled,
            account_rests=lanes.get(row["lane"]) is not None,
            now=now,
        )
        for row in rows
    ]


def _channel(
    row: Mapping[str, Any],
    counts: Counts,
    due: datetime | None,
    waits: Hold | None,
    *,
    enabled: bool,
    account_rests: bool,
    now: datetime,
) -> ChannelStanding:
    rests = pause(row["paused_until"], row["note"], now)
    held = bool(rests or waits or account_rests or not row["active"])
    due_since = due if due is not None and due <= now else None
    return ChannelStanding(
        name=row["name"],
        account=row["lane"],
        enabled=enabled,
        inactive=None if row["active"] else row["note"] or "nobody said why",
        pause=rests,
        counts=counts,
        due_since=due_since,
        waits=waits,
        late=not held and due_since is not None and now - due_since > LATE,
    )


def _open(connection: Connection) -> tuple[dict[str, Counts], dict[str, datetime]]:
    """By channel: what something is still to be done about, and when the first of what is pending was due."""
    numbers: dict[str, dict[str, int]] = {}
    due = {}
    for name, number, first in connection.execute(_PENDING.group_by(delivery.c.channel)):
        numbers.setdefault(name, {})[State.PENDING.value] = number
        due[name] = first
    for name, number in connection.execute(_SENDING.group_by(delivery.c.channel)):
        numbers.setdefault(name, {})[State.SENDING.value] = number
    for name, state, number in connection.execute(_TROUBLE.group_by(delivery.c.channel, delivery.c.state)):
        numbers.setdefault(name, {})[state] = number
    return {name: Counts(**found) for name, found in numbers.items()}, due


def _last_post(connection: Connection) -> datetime | None:
    sent = select(attempt.c.ended).where(attempt.c.operation == "post", attempt.c.outcome == "sent")
    return connection.scalar(sent.order_by(attempt.c.id.desc()).limit(1))


def _accounts(
    connection: Connection, config: Config, found: Collection[ChannelStanding], now: datetime
) -> list[AccountStanding]:
    configured = {one.name: one for one in config.accounts}
    mine: dict[str, list[ChannelStanding]] = {}
    for one in found:
        mine.setdefault(one.account, []).append(one)
    result = []
    for row in channels.lane_rows(connection):
        account = configured.get(row["name"])
        of = mine.get(row["name"], [])
        result.append(
            AccountStanding(
                name=row["name"],
                kind=account.type.kind if account else None,
                enabled=account is not None and account.enabled,
                holder=holder(row["owner"], row["since"], row["until"], now),
                pause=pause(row["paused_until"], row["note"], now),
                channels=sum(one.enabled for one in of),
                counts=sum((one.counts for one in of), Counts()),
            )
        )
    return result


def _intakes(connection: Connection, config: Config) -> list[IntakeStanding]:
    known = {row["name"]: row for row in records.intake_rows(connection)}
    enabled = [one.name for one in config.intakes if one.enabled]
    names = [*enabled, *(name for name in known if name not in enabled)]
    return [_intake(name, known.get(name, {}), enabled=name in enabled) for name in names]


def _intake(name: str, row: Mapping[str, Any], *, enabled: bool) -> IntakeStanding:
    return IntakeStanding(
        name=name,
        enabled=enabled,
        last_run=row.get("last_run"),
        last_success=row.get("last_success"),
        report=row.get("report") or {},
    )
