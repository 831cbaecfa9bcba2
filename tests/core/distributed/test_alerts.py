"""Alerts in a fleet: one process decides, another takes over when it dies, and the admin is told once."""

from __future__ import annotations

from typing import Any

from newswire.sandbox import Fault
from newswire.store.schema import plugin_state

ENGINES = ("postgresql",)
ALERTS = """
[alerts]
channel = "ops"
every = "1s"
min_interval = "1s"

[[channels]]
name = "ops"
account = "telegram"
chat = "@news_ops"
languages = ["en"]
articles = false
"""


def _lookout(fleet: Any) -> int | None:
    """The process that decides."""
    with fleet.room.store.read() as connection:
        held = plugin_state.c.key == "lease alerts"
        value = connection.execute(plugin_state.select().where(held)).mappings().one_or_none()
    return int(value["value"]["owner"].split(":")[1]) if value else None


def _refuse(fleet: Any, chat: str) -> None:
    fleet.sandbox.faults.add(
        Fault(
            effect="status",
            status=403,
            chat=chat,
            count=None,
            body={"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the channel chat"},
        )
    )


def test_each_alert_is_told_once_whoever_dies(fleet: Any) -> None:
    config = fleet.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + ALERTS, "utf-8")
    processes = {process.pid: process for process in (fleet.dispatcher(), fleet.dispatcher())}

    def told() -> list[str]:
        return list(fleet.posted("@news_ops"))

    _refuse(fleet, "@news_one")
    fleet.publish("a")
    first = ["Alert: channel telegram-news_one is suspended"]
    fleet.until(lambda: told() == first, "nobody was told")
    deciding = _lookout(fleet)
    assert deciding is not None
    processes.pop(deciding).kill()
    _refuse(fleet, "@news_two")
    fleet.publish("b")
    second = [*first, "Alert: channel telegram-news_two is suspended"]
    fleet.until(lambda: told() == second, "nobody was told after the first died")
    assert _lookout(fleet) in processes
    fleet.sandbox.faults.clear()
    fleet.start("--only", "dispatch")
    fleet.until(lambda: len(fleet.owners() & {process.pid for process in fleet.processes}) > 0, "nobody has lanes")
    assert told() == second
