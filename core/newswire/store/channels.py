"""Channels and lanes as the store knows them: kept in step with the config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from newswire.delivery import Start, State
from newswire.store import events
from newswire.store.schema import channel, delivery, lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


NOT_ENABLED = "not enabled in the config"
"""The note of a channel that the config does not have, or not enabled."""
BY_HAND = "paused by hand"
"""How the note of a channel begins that somebody let rest."""
CANNOT_OPEN = "cannot be opened"
"""How the note of a channel begins whose plugin failed to open it; every start tries again."""


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """A channel as the config has it."""

    name: str
    lane: str
    fingerprint: str
    """Changes when its destination does."""


@dataclass(frozen=True, slots=True)
class InStep:
    """Lanes and channels as the store has them now."""

    starts: Mapping[str, Start]
    """When each enabled channel was added."""
    moving: tuple[ChannelEntry, ...] = ()
    """Those that still belong to another lane, for it is sending to them; see `move`."""


def sync(
    connection: Connection, lanes: Mapping[str, str], channels: Sequence[ChannelEntry], *, now: datetime
) -> InStep:
    """Brings lanes and channels in step with the config.

    A lane or channel whose fingerprint changed loses its pause: a new token or destination is worth a try. A channel
    that is not in the config any more is deactivated; its deliveries stay, so coming back repeats nothing. A channel
    that has another account now stays in the lane of the former as long as that is sending to it.

    Args:
        connection: a writing transaction.
        lanes: fingerprint by name of the lane.
        channels: the enabled channels.
        now: the time.
    """
    known_lanes = dict(connection.execute(select(lane.c.name, lane.c.fingerprint)).all())
    for name, fingerprint in lanes.items():
        if name not in known_lanes:
            connection.execute(insert(lane).values(name=name, epoch=0, fingerprint=fingerprint))
        elif known_lanes[name] != fingerprint:
            connection.execute(
                update(lane).where(lane.c.name == name).values(fingerprint=fingerprint, paused_until=None, note=None)
            )
    known = {row["name"]: row for row in connection.execute(select(channel)).mappings()}
    start = events.latest(connection)
    for entry in channels:
        row = known.get(entry.name)
        if row is None:
            connection.execute(
                insert(channel).values(
                    name=entry.name,
                    lane=entry.lane,
                    active=1,
                    backfilled=0,
                    start_seq=start,
                    started=now,
                    fingerprint=entry.fingerprint,
                )
            )
        else:
            _update(connection, entry, row)
    wanted = {entry.name for entry in channels}
    for name in known.keys() - wanted:
        connection.execute(update(channel).where(channel.c.name == name).values(active=0, note=NOT_ENABLED))
    new = Start(start, now)
    starts = {
        entry.name: Start(known[entry.name]["start_seq"], known[entry.name]["started"]) if entry.name in known else new
        for entry in channels
    }
    moving = [entry for entry in channels if entry.name in known and known[entry.name]["lane"] != entry.lane]
    return InStep(starts, move(connection, moving, now=now))


def move(connection: Connection, entries: Sequence[ChannelEntry], *, now: datetime) -> tuple[ChannelEntry, ...]:
    """Lets channels belong to the lanes of their accounts, as far as nobody is sending to them by another lane.

    Who takes a lane settles what is being sent in it, for nobody can be sending there: so a channel must not come to
    a lane while somebody is.

    Returns:
        Those that have to wait for that.
    """
    if not entries:
        return ()
    # Locked: else a step of the old lane could announce something while this is being decided.
    names = select(channel.c.lane).where(channel.c.name.in_([entry.name for entry in entries]))
    held = select(lane.c.name, lane.c.owner, lane.c.until).where(lane.c.name.in_(names)).order_by(lane.c.name)
    alive = [
        name
        for name, owner, until in connection.execute(held.with_for_update()).all()
        if owner is not None and until is not None and until >= now
    ]
    sending = (
        select(channel.c.name)
        .join(delivery, delivery.c.channel == channel.c.name)
        .where(channel.c.lane.in_(alive), delivery.c.state == State.SENDING.value)
    )
    busy = set(connection.scalars(sending))
    for entry in entries:
        if entry.name not in busy:
            connection.execute(update(channel).where(channel.c.name == entry.name).values(lane=entry.lane))
    return tuple(entry for entry in entries if entry.name in busy)


def take_unfilled(connection: Connection) -> set[str]:
    """The channels that were not backfilled yet; from now on they count as such."""
    names = set(connection.scalars(select(channel.c.name).where(channel.c.backfilled == 0)))
    connection.execute(update(channel).where(channel.c.name.in_(names)).values(backfilled=1))
    return names


def _update(connection: Connection, entry: ChannelEntry, row: Mapping[Any, Any]) -> None:
    values: dict[str, Any] = {}
    if row["fingerprint"] != entry.fingerprint:
        values |= {"fingerprint": entry.fingerprint, "active": 1, "note": None, "address": None, "paused_until": None}
    elif row["note"] == NOT_ENABLED or str(row["note"]).startswith(CANNOT_OPEN):
        values |= {"active": 1, "note": None}
    if values:
        connection.execute(update(channel).where(channel.c.name == entry.name).values(**values))


def lane_rows(connection: Connection) -> list[dict[str, Any]]:
    """Every lane: who holds it, since when and until when; its last pause and why, be it over or not."""
    columns = (lane.c.name, lane.c.owner, lane.c.epoch, lane.c.since, lane.c.until, lane.c.paused_until, lane.c.note)
    return [dict(row) for row in connection.execute(select(*columns).order_by(lane.c.name)).mappings()]


def brief_rows(connection: Connection) -> list[dict[str, Any]]:
    """Every channel, by name: whether it is active, paused, and why; of thousands, too, at little cost."""
    columns = (channel.c.name, channel.c.lane, channel.c.active, channel.c.paused_until, channel.c.note)
    return [dict(row) for row in connection.execute(select(*columns).order_by(channel.c.name)).mappings()]


def channel_rows(connection: Connection) -> list[dict[str, Any]]:
    """Every channel: whether it is active and why not; its last pause and why, be it over or not."""
    columns = (
        channel.c.name,
        channel.c.lane,
        channel.c.active,
        channel.c.paused_until,
        channel.c.note,
        channel.c.start_seq,
        channel.c.started,
    )
    return [dict(row) for row in connection.execute(select(*columns).order_by(channel.c.name)).mappings()]


def names(connection: Connection) -> list[str]:
    """The names of all channels, in order."""
    return list(connection.scalars(select(channel.c.name).order_by(channel.c.name)))


def find(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """Channels by their names: whether each is active, paused, and where it has moved."""
    columns = (channel.c.name, channel.c.active, channel.c.paused_until, channel.c.note, channel.c.address)
    statement = select(*columns).where(channel.c.name.in_(list(names))).order_by(channel.c.name)
    return [dict(row) for row in connection.execute(statement).mappings()]


def pause(connection: Connection, names: Sequence[str], *, until: datetime | None, note: str | None) -> None:
    """Lets channels rest until a time, or go on again."""
    connection.execute(update(channel).where(channel.c.name.in_(list(names))).values(paused_until=until, note=note))


def deactivate(connection: Connection, name: str, note: str) -> None:
    """Leaves a channel out until the next start, or until somebody activates it."""
    connection.execute(update(channel).where(channel.c.name == name).values(active=0, note=note))


def activate(connection: Connection, names: Sequence[str]) -> None:
    """Lets channels that were gone be posted to again; what has waited meanwhile goes out if it is still news."""
    connection.execute(
        update(channel).where(channel.c.name.in_(list(names))).values(active=1, paused_until=None, note=None)
    )
