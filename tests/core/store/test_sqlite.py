"""What is true of SQLite only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from newswire.errors import StoreError
from newswire.store import Store
from newswire.store.schema import REVISION, metadata

if TYPE_CHECKING:
    from pathlib import Path

ENGINES = ("sqlite",)


def test_an_empty_database_gets_the_schema(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/deeper/new.db") as store:
        store.require_current()
        assert store.revision() == REVISION


def test_every_table_is_strict(store: Store) -> None:
    with store.read() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    ours = {name: sql for name, sql in rows if name not in {"alembic_version", "sqlite_sequence"}}
    assert set(ours) == set(metadata.tables)
    assert [name for name, sql in ours.items() if "STRICT" not in sql] == []


def test_commits_survive_power_loss(store: Store) -> None:
    with store.write() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_a_read_only_database_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "new.db"
    folder.mkdir()
    with Store(f"sqlite:///{folder}") as store, pytest.raises(StoreError, match="the database refused"), store.read():
        pass
