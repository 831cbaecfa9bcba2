"""Small things that are kept: plugins' own state, and what intakes last reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newswire.store.again import made_again
from newswire.store.schema import intake, plugin_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.post import Json
    from newswire.store.engine import Engines


class PluginState:
    """A plugin's own small key-value store."""

    def __init__(self, engines: Engines, plugin: str) -> None:
        self._engines = engines
        self._plugin = plugin

    def get(self, key: str) -> Json:
        """The value of a key, or None."""
        mine = (plugin_state.c.plugin == self._plugin) & (plugin_state.c.key == key)
        with self._engines.read() as connection:
            value: Json = connection.scalar(select(plugin_state.c.value).where(mine))
            return value

    def all(self) -> dict[str, Json]:
        """Everything the plugin keeps."""
        mine = select(plugin_state.c.key, plugin_state.c.value).where(plugin_state.c.plugin == self._plugin)
        with self._engines.read() as connection:
            return dict(connection.execute(mine).all())

    def set(self, key: str, value: Json) -> None:
        """Keeps a value; None forgets the key."""
        self.update({key: value})

    @made_again
    def update(self, values: Mapping[str, Json]) -> None:
        """Keeps several values in one transaction; None forgets a key."""
        # In one order, so that of two processes that keep the same keys one waits for the other.
        kept = [
            {"plugin": self._plugin, "key": key, "value": value}
            for key, value in sorted(values.items())
            if value is not None
        ]
        gone = [{"of": self._plugin, "name": key} for key, value in sorted(values.items()) if value is None]
        mine = (plugin_state.c.plugin == bindparam("of")) & (plugin_state.c.key == bindparam("name"))
        with self._engines.write() as connection:
            if kept:
                new = (sqlite if self._engines.sqlite else postgresql).insert(plugin_state)
                changed = {"value": new.excluded.value}
                connection.execute(new.on_conflict_do_update(index_elements=["plugin", "key"], set_=changed), kept)
            if gone:
                connection.execute(delete(plugin_state).where(mine), gone)


def record_intake(connection: Connection, name: str, report: dict[str, Any], *, success: bool, now: datetime) -> None:
    """Keeps what an intake last reported."""
    values: dict[str, Any] = {"last_run": now, "report": report}
    if success:
        values["last_success"] = now
    if not connection.execute(update(intake).where(intake.c.name == name).values(**values)).rowcount:
        connection.execute(insert(intake).values(name=name, **values))


def intake_rows(connection: Connection) -> list[dict[str, Any]]:
    """Every intake that ever ran: when, and what it reported."""
    return [dict(row) for row in connection.execute(select(intake).order_by(intake.c.name)).mappings()]
