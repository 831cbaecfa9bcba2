"""What waits, what failed, and what came of the last attempts: asked often, so by indexes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, func, literal_column, select

from newswire.delivery import POST_GONE, State, Urgency
from newswire.notice import INTAKE
from newswire.store.schema import article, attempt, channel, delivery

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

# Literals, not parameters: a partial index serves a query only if its condition can be read from the text.
_PENDING = delivery.c.state == literal_column("'pending'", Text)
_TROUBLE = delivery.c.state.in_([literal_column("'doubt'", Text), literal_column("'dead'", Text)])


@dataclass(frozen=True, slots=True)
class Head:
    """The first delivery that is pending on a channel."""

    channel: str
    since: datetime
    """When the present want arose."""
    due: datetime
    new_post: bool
    """Whether it is a new post, that shaping may hold back."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The deliveries of a channel that are in doubt, or dead."""

    channel: str
    state: State
    count: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """An attempt that has ended."""

    id: int
    channel: str
    operation: str
    outcome: str
    started: datetime
    ended: datetime


def heads(connection: Connection) -> list[Head]:
    """The first pending delivery of each active channel that has one."""
    first = (
        select(func.min(delivery.c.id))
        .where(delivery.c.channel == channel.c.name, _PENDING)
        .correlate(channel)
        .scalar_subquery()
    )
    statement = (
        select(
            channel.c.name,
            delivery.c.since,
            delivery.c.due,
            and_(delivery.c.urgency == Urgency.ORDINARY.value, delivery.c.receipt.is_(None)),
        )
        .select_from(channel)
        .join(delivery, delivery.c.id == first)
        .where(channel.c.active != 0)
    )
    return [Head(name, since, due, bool(new)) for name, since, due, new in connection.execute(statement)]


def backlog(connection: Connection) -> dict[str, int]:
    """How many deliveries are pending, by channel; channels without any are missing."""
    statement = select(delivery.c.channel, func.count()).where(_PENDING).group_by(delivery.c.channel)
    return dict(connection.execute(statement).all())


def troubles(connection: Connection) -> list[Trouble]:
    """What is in doubt or dead, by channel and state.

    A post that somebody deleted on the platform is no trouble, and nor is a notice that nobody took.
    """
    gone = func.coalesce(delivery.c.reason, "").startswith(POST_GONE, autoescape=True)
    notice = (article.c.intake == INTAKE) & (delivery.c.state == State.DEAD.value)
    statement = (
        select(
            delivery.c.channel,
            delivery.c.state,
            func.count(),
            func.min(delivery.c.changed),
            func.max(delivery.c.changed),
        )
        .join(article, article.c.id == delivery.c.article_id)
        .where(_TROUBLE, ~gone, ~notice)
        .group_by(delivery.c.channel, delivery.c.state)
    )
    return [Trouble(name, State(state), *rest) for name, state, *rest in connection.execute(statement)]


def attempts_after(connection: Connection, last: int, *, limit: int) -> list[Made]:
    """The attempts that were kept after one, in order."""
    statement = _attempts().where(attempt.c.id > last).order_by(attempt.c.id).limit(limit)
    return [Made(*row) for row in connection.execute(statement)]


def last_attempts(connection: Connection, limit: int) -> list[Made]:
    """The newest attempts, in order."""
    statement = _attempts().order_by(attempt.c.id.desc()).limit(limit)
    return [Made(*row) for row in reversed(connection.execute(statement).all())]


def _attempts() -> Select[Any]:
    columns = (attempt.c.id, delivery.c.channel, attempt.c.operation, attempt.c.outcome)
    return select(*columns, attempt.c.started, attempt.c.ended).join(delivery, delivery.c.id == attempt.c.delivery_id)
