from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from newswire.errors import SchemaOutdated
from newswire.store import Store, migrations
from newswire.store.schema import REVISION


def test_the_revisions_build_exactly_the_schema(store: Store) -> None:
    migrations.drift(store.engines.writer)


def test_upgrading_twice_is_harmless(store: Store) -> None:
    store.upgrade()
    assert store.revision() == REVISION


def test_the_newest_revision_is_the_one_the_program_names() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == REVISION


def test_another_schema_is_refused_with_the_cure(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaOutdated, match="run 'newswire migrate'"):
        store.require_current()
