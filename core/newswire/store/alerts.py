"""Alerts as they are kept: each in a row of the small state, written when it changes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from newswire.alerts.alert import Alert, Kind, LastNotice, Told
from newswire.delivery import State
from newswire.store import notices
from newswire.store.schema import plugin_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from newswire.alerts.alert import Key

_OURS = "newswire"
_PREFIX = "alert "
_LAST = "alerts told"
_UNDER_WAY = {State.PENDING, State.SENDING}
_FAILED = {State.DEAD, State.SUPPRESSED}


def load(connection: Connection) -> dict[Key, Alert]:
    """Everything that is kept."""
    mine = (plugin_state.c.plugin == _OURS) & plugin_state.c.key.startswith(_PREFIX, autoescape=True)
    rows = connection.execute(select(plugin_state.c.value).where(mine).order_by(plugin_state.c.key)).scalars()
    return {alert.key: alert for alert in map(_alert, rows)}


def save(connection: Connection, before: Mapping[Key, Alert], after: Mapping[Key, Alert]) -> None:
    """Brings what is kept from one state to another. Needs a writing transaction."""
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == bindparam("of"))
    new = [_row(alert) for key, alert in after.items() if key not in before]
    changed = [_row(alert) for key, alert in after.items() if key in before and before[key] != alert]
    gone = [{"of": _key(alert)} for key, alert in before.items() if key not in after]
    if new:
        connection.execute(insert(plugin_state), new)
    if changed:
        values = [{"of": row["key"], "new_value": row["value"]} for row in changed]
        connection.execute(update(plugin_state).where(mine).values(value=bindparam("new_value")), values)
    if gone:
        connection.execute(delete(plugin_state).where(mine), gone)


def last_notices(connection: Connection) -> dict[str, LastNotice]:
    """The notice that each channel was given last, and how it stands."""
    kept = _last(connection)
    states = notices.states(connection, [one["id"] for one in kept.values()])
    return {
        name: LastNotice(id=one["id"], at=datetime.fromisoformat(one["at"]), state=_state(states.get(one["id"])))
        for name, one in kept.items()
    }


def note_notice(connection: Connection, channel: str, notice: str, at: datetime) -> None:
    """Remembers which notice a channel was given last. Needs a writing transaction."""
    kept = _last(connection)
    value = {**kept, channel: {"id": notice, "at": at.isoformat()}}
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == _LAST)
    if not connection.execute(update(plugin_state).where(mine).values(value=value)).rowcount:
        connection.execute(insert(plugin_state).values(plugin=_OURS, key=_LAST, value=value))


def _last(connection: Connection) -> dict[str, dict[str, str]]:
    mine = (plugin_state.c.plugin == _OURS) & (plugin_state.c.key == _LAST)
    return connection.scalar(select(plugin_state.c.value).where(mine)) or {}


def _state(state: State | None) -> str:
    if state in _UNDER_WAY:
        return "under_way"
    return "failed" if state in _FAILED else "out"


def _key(alert: Alert) -> str:
    return f"{_PREFIX}{alert.kind} {alert.subject}"


def _row(alert: Alert) -> dict[str, Any]:
    return {"plugin": _OURS, "key": _key(alert), "value": asdict(alert)}


def _alert(value: dict[str, Any]) -> Alert:
    return Alert(
        kind=Kind(value["kind"]),
        subject=value["subject"],
        words=value["words"],
        since=datetime.fromisoformat(value["since"]),
        **{name: _moment(value[name]) for name in ("raised", "gone", "over", "newest")},
        told={name: Told(**{**told, "at": datetime.fromisoformat(told["at"])}) for name, told in value["told"].items()},
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
