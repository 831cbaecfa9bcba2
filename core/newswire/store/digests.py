"""Digests in the store: making them of what waits, and keeping them true to what they list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, func, literal_column, select, update

from newswire.delivery import State, Urgency
from newswire.digests import MOST
from newswire.store import articles, deliveries
from newswire.store.schema import article, delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.delivery import Delivery
    from newswire.digests import DigestPlan
    from newswire.model import Article
    from newswire.store.articles import StoredArticle

WAITING = (
    (delivery.c.state == literal_column("'pending'", Text))
    & (delivery.c.urgency == Urgency.ORDINARY.value)
    & delivery.c.receipt.is_(None)
    & delivery.c.uncertain_since.is_(None)
)
"""The articles that wait in line for a channel."""


def is_made(connection: Connection, plan: DigestPlan, due: datetime) -> bool:
    """Whether the digest of a time was made."""
    return connection.scalar(select(article.c.id).where(article.c.id == plan.id_at(due))) is not None


def gather(
    connection: Connection,
    plan: DigestPlan,
    due: datetime,
    refuses: Callable[[StoredArticle], str | None],
    *,
    now: datetime,
) -> None:
    """Makes the digest of a time of all that waits for a channel, and takes that out of the line.

    Args:
        connection: a writing transaction in which nobody else publishes.
        plan: the channel's digests.
        due: the digest's time; it was not made yet.
        refuses: says why an article is not for the channel any more, or None.
        now: the time.
    """
    waiting = connection.execute(
        select(delivery.c.id, delivery.c.article_id)
        .where(delivery.c.channel == plan.channel, WAITING)
        .order_by(delivery.c.id)
    ).all()
    found = articles.load_many(connection, [row.article_id for row in waiting])
    members = []
    for row in waiting:
        reason = refuses(found[row.article_id])
        if reason is None:
            members.append(row.article_id)
        else:
            deliveries.suppress(connection, row.article_id, [plan.channel], reason, now=now)
    parts = [members[start : start + MOST] for start in range(0, len(members), MOST)]
    for number, part in enumerate(parts, start=1):
        _make(connection, plan, plan.article(due, part, number, len(parts)), now=now)


def _make(connection: Connection, plan: DigestPlan, made: Article, *, now: datetime) -> None:
    articles.add_made(connection, made, plan.channel, now=now)
    deliveries.add(connection, made.id, 1, [(plan.channel, None)], urgency=Urgency.DIGEST, now=now)
    connection.execute(
        update(delivery)
        .where(delivery.c.channel == plan.channel, delivery.c.article_id.in_(made.related))
        .values(state=State.SUPPRESSED.value, within=made.id, reason=f"it is in the digest {made.id}", changed=now)
    )


def follow(connection: Connection, members: Iterable[Delivery], *, now: datetime) -> None:
    """Lets the digests that list an article follow its change. One that lists nothing any more is withdrawn.

    Args:
        connection: a writing transaction.
        members: the article's deliveries, as they were.
        now: the time.
    """
    for key in sorted({row.within for row in members if row.within is not None}):
        stored = articles.load(connection, key)
        if stored is None:
            continue
        rev, withdrawn = stored.rev + 1, not _live(connection, stored.content.related)
        connection.execute(update(article).where(article.c.id == key).values(rev=rev, withdrawn=int(withdrawn)))
        rows = deliveries.to_change(connection, key)
        if withdrawn:
            deliveries.suppress(connection, key, rows, "withdrawn before it was posted", now=now)
        told = [name for name, row in rows.items() if row.may_be_out or not (withdrawn or row.taken_away)]
        deliveries.raise_wanted(connection, key, told, rev, urgency=Urgency.DIGEST, now=now)


def _live(connection: Connection, members: Sequence[str]) -> int:
    mine = select(func.count()).where(article.c.id.in_(members), article.c.withdrawn == 0)
    return connection.scalar(mine) or 0
