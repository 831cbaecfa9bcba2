"""Lanes: the right to send for an account, and the step that sends by it.

A step renews the lane's lease, writes the results of the last attempts and the intents of the next, all in one commit.
So every attempt is preceded by a durable intent, and only one worker sends for an account. The steps of several lanes
of one worker share a transaction: what a commit costs, and what a statement costs, is paid once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Text, and_, bindparam, case, exists, func, literal_column, or_, select, update

from newswire.delivery import Change, Delivery, State
from newswire.store import articles, deliveries, results, shaped
from newswire.store.columns import Big, Instant
from newswire.store.many import change_many
from newswire.store.schema import article, channel, delivery, lane

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from newswire.store.articles import StoredArticle
    from newswire.store.results import Finished
    from newswire.store.shaped import Shaped

# Literals, not parameters: a partial index serves a query only if its condition can be read from the text.
_PENDING = literal_column("'pending'", Text)
_SENDING = literal_column("'sending'", Text)


def _heads() -> Select[str, str, int, datetime, datetime | None, int]:
    inner, busy = delivery.alias("inner_delivery"), delivery.alias("busy_delivery")
    head = (
        select(inner.c.id)
        .where(inner.c.channel == channel.c.name, inner.c.state == _PENDING)
        .order_by(inner.c.id)
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    being_sent = exists().where(busy.c.channel == channel.c.name, busy.c.state == _SENDING).correlate(channel)
    # News and withdrawals go before corrections, and before what somebody asked for afterwards (backfill): those come
    # in bulk.
    edit = and_(delivery.c.have.is_not(None), article.c.withdrawn == 0)
    bulk = case((or_(edit, delivery.c.forced != 0), 1), else_=0)
    return (
        select(
            channel.c.lane,
            channel.c.name,
            delivery.c.id,
            delivery.c.due,
            channel.c.paused_until,
            article.c.withdrawn,
        )
        .select_from(channel)
        .join(delivery, delivery.c.id == head)
        .join(article, article.c.id == delivery.c.article_id)
        .where(channel.c.lane.in_(bindparam("lanes", expanding=True)), channel.c.active != 0, ~being_sent)
        .order_by(bulk, delivery.c.due, delivery.c.id)
    )


# Made once: what building a statement costs is a good part of what a step costs.
_HEADS = _heads()
_LANES = (
    select(lane.c.name, lane.c.owner, lane.c.epoch, lane.c.until, lane.c.paused_until)
    .where(lane.c.name.in_(bindparam("names", expanding=True)))
    .order_by(lane.c.name)
    .with_for_update()
)
_ANNOUNCE = change_many(
    lambda given: (
        update(delivery)
        .where(delivery.c.id == given["row"])
        .values(
            state=_SENDING,
            epoch=given["row_epoch"],
            deleting=given["withdrawn"],
            attempt=delivery.c.attempt + 1,
            started=given["now"],
            changed=given["now"],
        )
    ),
    {"row": Big, "row_epoch": Big, "withdrawn": Integer(), "now": Instant()},
)
_ANNOUNCED = (
    select(*deliveries.COLUMNS, article.c.rev, article.c.withdrawn, channel.c.address)
    .join(article, article.c.id == delivery.c.article_id)
    .join(channel, channel.c.name == delivery.c.channel)
    .where(delivery.c.id.in_(bindparam("rows", expanding=True)))
)


_FREE = {"owner": None, "since": None, "until": None}
Orphaned = Callable[[Delivery, bool], Change | None]
"""Decides on an attempt of a former owner, by the delivery and whether its article was withdrawn; None leaves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the worker of a lane asks of a step."""

    lane: str
    finished: Sequence[Finished]
    """Attempts that have ended since the last step."""
    room: int
    """How many attempts may be announced."""
    channels: Container[str]
    """The channels that the worker has open; it is given nothing of others."""
    orphaned: Orphaned
    shaped: Mapping[str, Shaped] = field(default_factory=dict)
    """Those of the channels that shape what goes out."""
    sending: frozenset[int] | None = None
    """After a step that failed: the deliveries the worker is sending. Whether that step was written is not known, so
    what else is announced in the worker's name goes back: nobody was told of it."""
    adopts: frozenset[int] | None = None
    """When channels have come to the lane: the deliveries the worker is sending. What else is being sent to its
    channels is nobody's."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A delivery that is announced to be sent."""

    delivery: Delivery
    rev: int
    """The article's revision."""
    withdrawn: bool
    address: dict[str, str | int] | None
    """Where the channel's destination has moved, if it has."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step found."""

    epoch: int
    until: datetime
    """When the lease runs out."""
    intents: Sequence[Intent]
    next_due: datetime | None
    """When the lane has something to do next, if nothing new comes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a transaction of steps gave."""

    steps: Mapping[str, Step]
    """By lane; a lane that is somebody else's is missing."""
    free_at: Mapping[str, datetime]
    """When the leases of others run out, by lane."""
    loaded: Mapping[str, StoredArticle]
    """The articles of the intents, and those related to them, as far as they were not known."""


@dataclass(frozen=True, slots=True)
class _Held:
    epoch: int
    until: datetime
    paused_until: datetime | None
    fresh: bool
    """Whether it was taken just now."""


@dataclass(frozen=True, slots=True)
class _Head:
    id: int
    withdrawn: int


def step(
    connection: Connection,
    requests: Sequence[Request],
    owner: str,
    *,
    now: datetime,
    ttl: timedelta,
    known: Callable[[str, int], bool],
    alone: Callable[[], bool] = lambda: False,
) -> Taken:
    """Takes or keeps lanes, writes results, announces the next attempts.

    Args:
        connection: a writing transaction.
        requests: at most one a lane.
        owner: who takes the lanes.
        now: the time.
        ttl: how long a lane is taken for.
        known: whether the caller has an article (by id) in a revision at hand.
        alone: tries to make this the only transaction that publishes; False where it cannot be, for now.
    """
    results.record(connection, [item for request in requests for item in request.finished], now=now)
    held, free_at = _take(connection, sorted(request.lane for request in requests), owner, now=now, ttl=ttl)
    for request in requests:
        if request.lane in held and held[request.lane].fresh:
            _adopt_orphans(connection, request, now=now)
        elif request.lane in held and request.sending is not None:
            _take_back(connection, request, request.sending, held[request.lane].epoch, now=now)
        if request.lane in held and not held[request.lane].fresh and request.adopts is not None:
            _adopt_orphans(connection, request, now=now, but=request.adopts)
    running = {name: one for name, one in held.items() if one.paused_until is None or one.paused_until <= now}
    chosen, next_due = _choose(connection, {item.lane: item for item in requests if item.lane in running}, now, alone)
    intents = _announce(connection, chosen, {name: one.epoch for name, one in running.items()}, now=now)
    steps = {
        name: Step(
            one.epoch,
            one.until,
            intents.get(name, ()),
            next_due.get(name) if name in running else one.paused_until,
        )
        for name, one in held.items()
    }
    return Taken(steps, free_at, _load(connection, [item for some in intents.values() for item in some], known))


def release(connection: Connection, name: str, owner: str) -> None:
    """Gives a lane back at once."""
    connection.execute(update(lane).where(lane.c.name == name, lane.c.owner == owner).values(**_FREE))


def _take(
    connection: Connection, names: Sequence[str], owner: str, *, now: datetime, ttl: timedelta
) -> tuple[dict[str, _Held], dict[str, datetime]]:
    held, free_at = {}, {}
    for name, holder, epoch, until, paused_until in connection.execute(_LANES, {"names": list(names)}).all():
        alive = until is not None and until >= now
        if alive and holder not in {None, owner}:
            free_at[name] = until
            continue
        kept = alive and holder == owner
        if kept and until - now > ttl * 2 / 3:
            held[name] = _Held(epoch, until, paused_until, fresh=False)
            continue
        mine = _Held(epoch if kept else epoch + 1, now + ttl, paused_until, fresh=not kept)
        values: dict[str, Any] = {"owner": owner, "epoch": mine.epoch, "until": mine.until}
        if not kept:
            values["since"] = now
        connection.execute(update(lane).where(lane.c.name == name).values(**values))
        held[name] = mine
    return held, free_at


def _adopt_orphans(
    connection: Connection, request: Request, *, now: datetime, but: frozenset[int] = frozenset()
) -> None:
    """Settles what a former owner was sending: all of it, for whoever takes a lane is sending nothing yet."""
    rows = connection.execute(
        select(*deliveries.COLUMNS, delivery.c.deleting)
        .join(channel, channel.c.name == delivery.c.channel)
        .where(channel.c.lane == request.lane, delivery.c.state == _SENDING)
    )
    for *values, deleting in rows.all():
        found = deliveries.from_values(values)
        change = request.orphaned(found, bool(deleting)) if found.id not in but else None
        if change is not None:
            columns = results.stored(change.columns)
            connection.execute(update(delivery).where(delivery.c.id == found.id).values(**columns, changed=now))
            shaping = request.shaped.get(found.channel)
            if shaping is not None and change.columns.get("uncertain_since") is not None:
                shaped.note(connection, [(found.channel, now, shaping.shaping.memory)])


def _take_back(connection: Connection, request: Request, sending: frozenset[int], epoch: int, *, now: datetime) -> None:
    own = select(channel.c.name).where(channel.c.lane == request.lane)
    connection.execute(
        update(delivery)
        .where(
            delivery.c.channel.in_(own),
            delivery.c.state == _SENDING,
            delivery.c.epoch == epoch,
            delivery.c.id.not_in(sending),
        )
        .values(state=State.PENDING.value, attempt=delivery.c.attempt - 1, changed=now)
    )


def _choose(
    connection: Connection, requests: Mapping[str, Request], now: datetime, alone: Callable[[], bool]
) -> tuple[dict[str, list[_Head]], dict[str, datetime]]:
    """The heads to send now, by lane, and when each lane's next one is due.

    The head of a channel is its oldest pending delivery: one that is not due yet holds its channel, and no other.
    """
    chosen: dict[str, list[_Head]] = {name: [] for name in requests}
    next_due: dict[str, datetime] = {}
    heads = connection.execute(_HEADS, {"lanes": list(requests)}).all()
    if any(request.shaped for request in requests.values()):
        heads = _shaped_heads(connection, requests, heads, now, alone)
    for name, own, key, due, paused_until, withdrawn in heads:
        request = requests[name]
        if own not in request.channels:
            continue
        ready = due if paused_until is None else max(due, paused_until)
        if ready > now or key is None:
            next_due[name] = min(ready, next_due.get(name, ready))
        elif len(chosen[name]) < request.room:
            chosen[name].append(_Head(key, withdrawn))
    return chosen, next_due


def _shaped_heads(
    connection: Connection,
    requests: Mapping[str, Request],
    heads: Sequence[Any],
    now: datetime,
    alone: Callable[[], bool],
) -> list[Any]:
    """The heads in their order, those of channels that shape what goes out replaced by whose turn it is there."""
    asked = {
        own: requests[name].shaped[own]
        for name, own, _, _, paused_until, _ in heads
        if own in requests[name].shaped and (paused_until is None or paused_until <= now)
    }
    turns = shaped.turns(connection, asked, now=now, alone=alone) if asked else {}
    found = []
    for head in heads:
        turn = turns.get(head[1])
        if turn is None:
            found.append(tuple(head))
        elif turn.due is not None:
            found.append((head[0], head[1], turn.id, turn.due, head[4], turn.withdrawn))
    return found


def _announce(
    connection: Connection, chosen: Mapping[str, Sequence[_Head]], epochs: Mapping[str, int], *, now: datetime
) -> dict[str, list[Intent]]:
    keys = [head.id for some in chosen.values() for head in some]
    if not keys:
        return {}
    _ANNOUNCE.make(
        connection,
        [
            {"row": head.id, "row_epoch": epochs[name], "withdrawn": head.withdrawn, "now": now}
            for name, some in chosen.items()
            for head in some
        ],
    )
    found = {}
    for row in connection.execute(_ANNOUNCED, {"rows": keys}):
        *values, rev, withdrawn, address = row
        found[values[0]] = Intent(deliveries.from_values(values), rev, bool(withdrawn), address)
    return {name: [found[head.id] for head in some if head.id in found] for name, some in chosen.items()}


def _load(
    connection: Connection, intents: Sequence[Intent], known: Callable[[str, int], bool]
) -> dict[str, StoredArticle]:
    missing = {intent.delivery.article_id for intent in intents if not known(intent.delivery.article_id, intent.rev)}
    loaded = articles.load_many(connection, sorted(missing))
    beside = {key for stored in loaded.values() for key in stored.related} - loaded.keys()
    return loaded | articles.load_many(connection, sorted(beside))


def due_by(connection: Connection, name: str, until: datetime) -> bool:
    """Whether a lane has, or will have by a time, something to do, whoever holds it."""
    active = and_(channel.c.lane == name, channel.c.active != 0)
    waiting = (
        select(delivery.c.id)
        .join(channel, channel.c.name == delivery.c.channel)
        .join(lane, lane.c.name == channel.c.lane)
        .where(
            active,
            or_(lane.c.paused_until.is_(None), lane.c.paused_until <= until),
            or_(channel.c.paused_until.is_(None), channel.c.paused_until <= until),
            or_(delivery.c.state == _SENDING, and_(delivery.c.state == _PENDING, delivery.c.due <= until)),
        )
    )
    return bool(connection.scalar(select(waiting.exists())))


def backlog(connection: Connection) -> int:
    """How many deliveries are pending or being sent, over all lanes."""
    waiting = delivery.c.state.in_([State.PENDING.value, State.SENDING.value])
    return connection.scalar(select(func.count()).select_from(delivery).where(waiting)) or 0


def pause(connection: Connection, name: str, owner: str, *, until: datetime, note: str, now: datetime) -> None:
    """Lets a lane rest, unless another worker holds it and may be sending happily."""
    free = or_(lane.c.owner.is_(None), lane.c.owner == owner, lane.c.until.is_(None), lane.c.until < now)
    connection.execute(update(lane).where(lane.c.name == name, free).values(paused_until=until, note=note))
