from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from newswire.config import HttpSettings, StoreSettings
from newswire.secrets import base_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _base(tmp_path: Path) -> Iterator[None]:
    token = base_folder.set(tmp_path)
    yield
    base_folder.reset(token)


def test_a_relative_file_starts_at_the_config(tmp_path: Path) -> None:
    assert StoreSettings().url == f"sqlite:///{tmp_path}/newswire.db"
    assert StoreSettings(url="sqlite:///var/a.db?mode=rw").url == f"sqlite:///{tmp_path}/var/a.db?mode=rw"
    assert StoreSettings(url="sqlite:////var/a.db").url == "sqlite:////var/a.db"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_gets_its_driver(scheme: str) -> None:
    assert StoreSettings(url=f"{scheme}://u@h:5432/db?sslmode=require").url == (
        "postgresql+psycopg://u@h:5432/db?sslmode=require"
    )


def test_a_reference_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://u:p%40ssword-in-a-file@h/db\n", "utf-8")
    settings = StoreSettings(url="file:url")
    assert settings.url == "postgresql+psycopg://u:p%40ssword-in-a-file@h/db"
    assert settings.shown == "postgresql+psycopg://u:**********@h/db"
    monkeypatch.setenv("DATABASE_URL", "sqlite:////x.db")
    assert StoreSettings(url="env:DATABASE_URL").url == "sqlite:////x.db"


@pytest.mark.parametrize("url", ["mysql://h/db", "x.db", "sqlite:x.db", "sqlite://", "postgresql+asyncpg://h/d", ""])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        StoreSettings(url=url)


@pytest.mark.parametrize(
    ("bind", "host", "port", "public"),
    [
        ("127.0.0.1:8300", "127.0.0.1", 8300, "http://127.0.0.1:8300"),
        ("0.0.0.0:80", "0.0.0.0", 80, "http://localhost:80"),
        ("[::]:80", "::", 80, "http://localhost:80"),
        ("[::1]:9", "::1", 9, "http://[::1]:9"),
        ("wire.example:1", "wire.example", 1, "http://wire.example:1"),
    ],
)
def test_where_the_web_app_is(bind: str, host: str, port: int, public: str) -> None:
    settings = HttpSettings(bind=bind)
    assert (settings.host, settings.port, settings.public_url) == (host, port, public)
    assert HttpSettings(bind=bind, public_url="https://w.example/x/").public_url == "https://w.example/x"


def test_the_archive_is_beside_the_database_unless_it_is_named(tmp_path: Path) -> None:
    assert StoreSettings().archive_folder == tmp_path / "archive"
    assert StoreSettings(url="sqlite:///var/a.db?mode=rw").archive_folder == tmp_path / "var/archive"
    assert StoreSettings(url="postgresql://u@h/db").archive_folder == tmp_path / "archive"
    assert StoreSettings(url="sqlite:////var/a.db", archive="old").archive_folder == tmp_path / "old"


def test_what_is_kept_for_ever_is_kept_for_ever() -> None:
    assert StoreSettings.model_validate({"keep": "off"}).keep is None
    assert StoreSettings.model_validate({}).keep == timedelta(days=400)
