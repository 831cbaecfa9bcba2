"""Notices in the store: each is kept as an article of its channel, and goes out by the ordinary deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from newswire.delivery import State, Urgency
from newswire.notice import INTAKE, notice_article
from newswire.store import articles, deliveries
from newswire.store.schema import delivery

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.notice import Notice


def add(connection: Connection, notice: Notice, channel: str, *, now: datetime) -> None:
    """Lets a channel want a notice, ahead of everything that waits there. Needs a writing transaction."""
    articles.add_made(connection, notice_article(notice), channel, intake=INTAKE, now=now)
    deliveries.add(connection, notice.id, 1, [(channel, None)], urgency=Urgency.URGENT, now=now)


def states(connection: Connection, ids: Iterable[str]) -> dict[str, State]:
    """How the deliveries of notices stand, by id; those that are folded by now, or unknown, are missing."""
    mine = select(delivery.c.article_id, delivery.c.state).where(delivery.c.article_id.in_(list(ids)))
    return {key: State(state) for key, state in connection.execute(mine)}
