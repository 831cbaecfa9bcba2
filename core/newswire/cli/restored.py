"""The first start after an old backup was restored: everything is read, and what may be out is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.logs import get_logger
from newswire.store.holding import hold

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from newswire.receiving import OpenedIntake
    from newswire.room import Room

log = get_logger(__name__)


def hold_back(room: Room, before: datetime, receive: Callable[[OpenedIntake], object]) -> None:
    """Holds what the database says is still to be posted, then the same of what the intakes bring. Blocking.

    Args:
        room: prepared; nothing is sent by it yet.
        before: the time of the restoring.
        receive: reads everything an intake has.
    """
    _hold(room, before)
    for opened in room.intakes():
        receive(opened)
    room.publisher.backfill()
    _hold(room, before)


def _hold(room: Room, before: datetime) -> None:
    with room.store.write() as connection:
        held = hold(connection, before, now=room.world.clock())
    for channel, number in sorted(held.items()):
        log.warning("held: it may have been posted already", channel=channel, deliveries=number)
