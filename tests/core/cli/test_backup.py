"""Backups of a database in use, and starting again from an old one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from newswire.cli.backup import back_up
from newswire.cli.times import Moment
from newswire.errors import StoreError
from newswire.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def _numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM counted ORDER BY number")]


def test_a_database_is_copied_whole_while_it_is_written(tmp_path: Path) -> None:
    database, copy = tmp_path / "newswire.db", tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    stop, begun = threading.Event(), threading.Event()
    with Store(f"sqlite:///{database}") as store:
        with store.write() as connection:
            connection.exec_driver_sql("CREATE TABLE counted (number INTEGER, twice INTEGER, filler TEXT)")

        def count() -> None:
            for number in range(100_000):
                with store.write() as connection:
                    row = (number, "x" * 500)
                    connection.exec_driver_sql("INSERT INTO counted (number, filler) VALUES (?, ?)", row)
                    connection.exec_driver_sql("UPDATE counted SET twice = number * 2 WHERE number = ?", (number,))
                if number == 50:
                    begun.set()
                if stop.is_set():
                    return

        writer = threading.Thread(target=count)
        writer.start()
        try:
            assert begun.wait(30)
            for _ in range(3):
                taken = back_up(database, copy)
                assert abs(copy.stat().st_mtime - taken.timestamp()) < 0.01
                numbers = _numbers(copy)
                assert numbers == list(range(len(numbers)))
                assert len(numbers) > 50
        finally:
            stop.set()
            writer.join()
        assert len(_numbers(database)) > len(numbers)
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT count(*) FROM counted WHERE twice IS NOT number * 2").fetchone() == (0,)
        assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    database, copy = tmp_path / "newswire.db", tmp_path / "copy.db"
    with Store(f"sqlite:///{database}") as store:
        store.upgrade()
    copy.write_text("yesterday's", "utf-8")
    content = bytearray(database.read_bytes())
    content[8192:8300] = os.urandom(108)
    database.write_bytes(content)
    with pytest.raises(StoreError, match="no backup was made"):
        back_up(database, copy)
    assert copy.read_text("utf-8") == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "newswire.db"]


def test_nothing_is_replaced_without_being_asked_to(desk: Any, admin: Any) -> None:
    assert admin("migrate").exit_code == 0
    assert admin("backup", "copy.db").output.startswith("copy.db: ")
    assert str(admin("backup", "copy.db").exception) == "copy.db is there already; --force replaces it"
    assert json.loads(admin("backup", "--force", "copy.db", "--json").output)["file"] == "copy.db"
    assert str(admin("backup", "--force", "newswire.db").exception) == "newswire.db is the database itself"
    config = desk.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + '\n[store]\nurl = "postgresql://u@h/db"\n', "utf-8")
    assert "pg_dump" in str(admin("backup", "other.db").exception)


def test_after_an_old_backup_nothing_is_posted_a_second_time(desk: Any, admin: Any) -> None:
    desk.article("de", "before", "Zuvor")
    assert admin("run", "--once").exit_code == 0
    desk.article("de", "pending", "Unterwegs")
    assert admin("publish", "articles/de/pending.md").exit_code == 0
    assert admin("backup", "old.db").exit_code == 0
    desk.article("de", "unknown", "Danach")
    assert admin("run", "--once").exit_code == 0
    shown = desk.sandbox.telegram.texts("@news_de")
    assert sorted(text.split("\n")[0] for text in shown) == ["Danach", "Unterwegs", "Zuvor"]

    shutil.copy(desk.folder / "old.db", desk.folder / "newswire.db")
    assert admin("run", "--once", "--only", "dispatch", "--hold-before", "now").exit_code == 2
    assert admin("run", "--once", "--hold-before", "now").exit_code == 0
    assert desk.sandbox.telegram.texts("@news_de") == shown
    rows = json.loads(admin("deliveries", "list", "--json", "-C", "telegram-de").output)
    states = {row["article_id"]: row["state"] for row in rows}
    assert states == {"before": "done", "pending": "doubt", "unknown": "doubt"}
    assert admin("run", "--once").exit_code == 0
    assert desk.sandbox.telegram.texts("@news_de") == shown


@pytest.mark.parametrize("hold_before", ["now", "old.db", "2026-11-23T12:00:00Z", "2026-11-23 12:00", "90m"])
def test_a_time_can_be_written_in_several_ways(hold_before: str, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "old.db").touch()
    moment = Moment(files=True).convert(hold_before, None, None)
    assert moment.tzinfo is UTC
    if hold_before.startswith("2026"):
        assert moment == datetime(2026, 11, 23, 12, tzinfo=UTC)
    else:
        assert timedelta(minutes=-1) < datetime.now(UTC) - moment < timedelta(minutes=91)


def test_a_time_that_is_none_says_what_is_one() -> None:
    with pytest.raises(click.BadParameter, match="write 2026-11-23T12:00"):
        Moment(files=True).convert("yesterday", None, None)
