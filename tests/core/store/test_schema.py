from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from newswire.errors import SchemaOutdated, StoreError
from newswire.store import Store, migrations
from newswire.store.schema import REVISION, metadata


def test_the_revisions_build_exactly_the_schema(store: Store) -> None:
    migrations.drift(store.engines.writer)


def test_upgrading_twice_is_harmless(store: Store) -> None:
    store.upgrade()
    assert store.revision() == REVISION


def test_the_newest_revision_is_the_one_the_program_names() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == REVISION


def test_an_empty_database_gets_the_schema(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/deeper/new.db") as store:
        store.require_current()
        assert store.revision() == REVISION


def test_another_schema_is_refused_with_the_cure(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaOutdated, match="run 'newswire migrate'"):
        store.require_current()


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
