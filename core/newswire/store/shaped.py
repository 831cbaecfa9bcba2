"""Channels that shape what goes out: which of their deliveries may go now. Others never come here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from newswire import subscription
from newswire.delivery import DROPPED, State, Urgency
from newswire.shaping import Drop, Gather, Hold, decide, hold
from newswire.store import digests
from newswire.store.digests import WAITING
from newswire.store.schema import AHEAD, article, channel, delivery, recent_post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, ScalarSelect, Select, TextClause
    from sqlalchemy.engine import Connection

    from newswire.digests import DigestPlan
    from newswire.shaping import Shaping
    from newswire.store.articles import StoredArticle
    from newswire.subscription import Subscription

SOON = timedelta(seconds=1)
"""When a digest is tried again that could not be made because somebody is publishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """A channel that shapes what goes out."""

    shaping: Shaping
    plan: DigestPlan | None
    """Its digests, where it has some."""
    subscription: Subscription

    def refuses(self, stored: StoredArticle) -> str | None:
        """Why an article that waits for a digest is not for the channel any more; None when it is."""
        verdict = subscription.judge(stored.content, self.subscription)
        return None if verdict.matched else f"it does not match any more: {verdict.because}"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is on a channel."""

    due: datetime | None
    """When there is something to do; None: nothing."""
    id: int | None = None
    """The delivery that goes when it is due; None: none yet."""
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    due: datetime
    since: datetime
    withdrawn: int

    @property
    def turn(self) -> Turn:
        return Turn(self.due, self.id, self.withdrawn)


def _first(condition: ColumnElement[bool] | TextClause) -> ScalarSelect[int]:
    mine = select(delivery.c.id).where(delivery.c.channel == channel.c.name, condition)
    return mine.order_by(delivery.c.id).limit(1).correlate(channel).scalar_subquery()


def _heads() -> Select[str, int, int, int]:
    # The condition of the partial index, word for word: an engine serves by it what it can read in it.
    digest = f"urgency = {Urgency.DIGEST.value} AND receipt IS NULL AND uncertain_since IS NULL"
    return select(
        channel.c.name,
        _first(text(f"{AHEAD} AND NOT ({digest})")),
        _first(text(f"{AHEAD} AND {digest}")),
        _first(WAITING),
    ).where(channel.c.name.in_(bindparam("names", expanding=True)))


def turns(
    connection: Connection,
    channels: Mapping[str, Shaped],
    *,
    now: datetime,
    alone: Callable[[], bool],
) -> dict[str, Turn]:
    """Whose turn it is on channels that have something pending, and send nothing at the moment.

    What is ahead of the line goes first, then a digest that was made, then the line, as far as shaping lets them.
    Where it is time, a digest is made of the line, or the line is dropped.

    Args:
        connection: a writing transaction.
        channels: the channels, by name.
        now: the time.
        alone: tries to make this the only transaction that publishes; False where it cannot be, for now.
    """
    names = {"names": list(channels)}
    heads = {name: keys for name, *keys in connection.execute(HEADS, names)}
    wanted = [key for keys in heads.values() for key in keys if key is not None]
    rows = {row.id: _Row(*row) for row in connection.execute(_ROWS, {"rows": wanted})}
    posted = recent(connection, {name: one.shaping.memory for name, one in channels.items()}, now=now)
    found = {}
    for name, (ahead, digest, waiting) in heads.items():
        if ahead is not None:
            found[name] = rows[ahead].turn
        elif digest is not None:
            held = hold(channels[name].shaping, posted[name], now, capped=False)
            found[name] = Turn(held.until) if held else rows[digest].turn
        elif waiting is not None:
            line = _Line(connection, name, channels[name], rows[waiting])
            found[name] = line.turn(posted[name], now, alone)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """What waits in line for a channel."""

    connection: Connection
    channel: str
    shaped: Shaped
    first: _Row

    def turn(self, posted: Sequence[datetime], now: datetime, alone: Callable[[], bool]) -> Turn:
        """Lets the first go, or what the shaping says; see `newswire.shaping.decide`."""
        plan = self.shaped.plan
        match decide(self.shaped.shaping, posted, waiting_since=self.first.since, now=now):
            case Hold(until=until):
                return Turn(until)
            case Drop(because):
                _drop(self.connection, self.channel, because, now=now)
                return Turn(None)
            case Gather(due, following) if plan is not None:
                if digests.is_made(self.connection, plan, due):
                    return Turn(following)
                if not alone():
                    return Turn(now + SOON)
                digests.gather(self.connection, plan, due, self.shaped.refuses, now=now)
                return Turn(now)
        return self.first.turn


def _drop(connection: Connection, name: str, because: str, *, now: datetime) -> None:
    reason = f"{DROPPED}: {because} (overflow is drop)"
    connection.execute(
        update(delivery)
        .where(delivery.c.channel == name, WAITING)
        .values(state=State.SUPPRESSED.value, reason=reason, changed=now)
    )


def recent(connection: Connection, channels: Mapping[str, timedelta], *, now: datetime) -> dict[str, list[datetime]]:
    """When channels posted lately, in order.

    Args:
        connection: any connection.
        channels: how long a post counts, by channel.
        now: the time.
    """
    found: dict[str, list[datetime]] = {name: [] for name in channels}
    mine = select(recent_post.c.channel, recent_post.c.at).where(recent_post.c.channel.in_(list(channels)))
    for name, at in connection.execute(mine.order_by(recent_post.c.at)):
        if at > now - channels[name]:
            found[name].append(at)
    return found


def waiting(connection: Connection, channels: Mapping[str, Shaping], *, now: datetime) -> dict[str, Hold]:
    """The channels on which something waits because of their shaping: what holds it, and until when."""
    first = (
        select(delivery.c.channel, func.min(delivery.c.since))
        .where(delivery.c.channel.in_(list(channels)), WAITING)
        .group_by(delivery.c.channel)
    )
    since = dict(connection.execute(first).all())
    posted = recent(connection, {name: channels[name].memory for name in since}, now=now)
    found = {name: decide(channels[name], posted[name], waiting_since=at, now=now) for name, at in since.items()}
    return {name: held for name, held in found.items() if isinstance(held, Hold)}


def note(connection: Connection, posts: Sequence[tuple[str, datetime, timedelta]]) -> None:
    """Remembers posts, and forgets those that count no longer.

    Args:
        connection: a writing transaction.
        posts: of each the channel, the time, and how long it counts.
    """
    for name, at, memory in posts:
        old = (recent_post.c.channel == name) & (recent_post.c.at <= at - memory)
        connection.execute(delete(recent_post).where(old))
    connection.execute(insert(recent_post), [{"channel": name, "at": at} for name, at, _ in posts])


HEADS = _heads()
"""By channel: the first that is ahead of the line, the first digest, and the first in line."""
_ROWS = (
    select(delivery.c.id, delivery.c.due, delivery.c.since, article.c.withdrawn)
    .join(article, article.c.id == delivery.c.article_id)
    .where(delivery.c.id.in_(bindparam("rows", expanding=True)))
)
