"""Leases of what only one process may do at a time, besides sending: kept where plugins keep their small state."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from newswire.store.schema import plugin_state

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.engine import Connection

_OURS = "newswire"


def take(connection: Connection, name: str, owner: str, *, now: datetime, ttl: timedelta) -> bool:
    """Takes or keeps a lease, unless somebody else has it.

    Args:
        connection: a writing transaction.
        name: of what.
        owner: who takes it; unique among all processes on the store.
        now: the time.
        ttl: how long it is taken for; at the moment it ends others can take it.

    Returns:
        Whether it is the owner's now.
    """
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == f"lease {name}")
    held = connection.execute(select(plugin_state.c.value).where(mine).with_for_update()).scalar_one_or_none()
    if held is not None and now < datetime.fromisoformat(held["until"]):
        if held["owner"] != owner:
            return False
        if datetime.fromisoformat(held["until"]) - now > ttl * 2 / 3:
            return True  # young enough: a rest of the process is no reason to write
    value = {"owner": owner, "until": (now + ttl).isoformat()}
    if held is None:
        connection.execute(insert(plugin_state).values(plugin=_OURS, key=f"lease {name}", value=value))
    else:
        connection.execute(update(plugin_state).where(mine).values(value=value))
    return True


def holder(connection: Connection, name: str, *, now: datetime) -> str | None:
    """Who has a lease at the moment; None: nobody."""
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == f"lease {name}")
    held = connection.scalar(select(plugin_state.c.value).where(mine))
    return held["owner"] if held is not None and now < datetime.fromisoformat(held["until"]) else None


def release(connection: Connection, name: str, owner: str, *, now: datetime) -> None:
    """Gives a lease back at once, if it is the owner's."""
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == f"lease {name}")
    held = connection.execute(select(plugin_state.c.value).where(mine).with_for_update()).scalar_one_or_none()
    if held is not None and held["owner"] == owner:
        connection.execute(update(plugin_state).where(mine).values(value=held | {"until": now.isoformat()}))
