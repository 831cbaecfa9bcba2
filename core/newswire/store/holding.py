"""Holding back, after an old backup was restored, what may have been posted since the backup was taken.

The restored database does not know what happened after the backup: a delivery that it calls pending may be out. So
may an article that it does not know at all, and that an intake now brings as if it were new. Both are put in doubt;
a person, who can look at the platform, settles them. Edits and deletions go on: done twice, they do no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from newswire.delivery import State
from newswire.store.schema import article, delivery

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

HELD = "held: it may have been posted after the backup was taken"


def hold(connection: Connection, before: datetime, *, now: datetime) -> dict[str, int]:
    """Puts in doubt every post still to be made that arose, or whose article appeared, before a time.

    To be called before anything is sent, and once more when every intake was read for the first time.

    Args:
        connection: a writing transaction.
        before: the time of the restoring: what is older may have been posted by what was restored over.
        now: the time.

    Returns:
        How many deliveries were held, by channel.
    """
    older = select(article.c.id).where(article.c.published < before)
    chosen = (
        delivery.c.state.in_([State.PENDING.value, State.SENDING.value]),
        delivery.c.receipt.is_(None),
        or_(delivery.c.since < before, delivery.c.article_id.in_(older)),
    )
    held = connection.scalars(
        update(delivery)
        .where(*chosen)
        .values(
            state=State.DOUBT.value,
            reason=HELD,
            uncertain_since=delivery.c.since,
            started=None,  # no attempt of this database's: which revision may be out is not known either
            changed=now,
        )
        .returning(delivery.c.channel)
    )
    counted: dict[str, int] = {}
    for channel in held:
        counted[channel] = counted.get(channel, 0) + 1
    return counted
