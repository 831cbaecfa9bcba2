"""Where the database is can mostly be told of a file that cannot be used otherwise; else nobody guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newswire.config.salvage import salvage_store

if TYPE_CHECKING:
    from pathlib import Path

STORE = "[store]\nurl = 'sqlite:///wire.db'\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STORE + "[site]\nnmae = 1\n", "wire.db"),
        (STORE + "[site]\nname = \n", "wire.db"),
        (STORE + "[site]\nname = [\n'a',\n'b'\n[http]\n", "wire.db"),
        ("[site]\nname = \n" + STORE, None),
        ("[site]\nnmae = 1\n", "newswire.db"),
        ("[store]\nurl = 'mysql://x'\n", None),
        ("\x00", None),
        ("", "newswire.db"),
    ],
)
def test_the_address_counts_only_where_it_was_read(tmp_path: Path, text: str, found: str | None) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    settings = salvage_store(path)
    assert (settings.url if settings else None) == (f"sqlite:///{tmp_path}/{found}" if found else None)


def test_the_environment_knows_better_than_a_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_STORE__URL", "sqlite:////srv/wire.db")
    path = tmp_path / "config.toml"
    path.write_text("[site\n", "utf-8")
    settings = salvage_store(path)
    assert settings is not None
    assert settings.url == "sqlite:////srv/wire.db"


def test_no_file_no_address(tmp_path: Path) -> None:
    assert salvage_store(tmp_path / "config.toml") is None
