from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from newswire.cli import remembered
from newswire.plugins.loader import SAFE_MODE

HEAVY = {
    "pydantic",
    "pluggy",
    "structlog",
    "sqlalchemy",
    "alembic",
    "telegram",
    "mastodon",
    "feedgen",
    "asyncio",
    "rich",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is remembered what plugins' commands are called; nobody's home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(SAFE_MODE, raising=False)
    return tmp_path / "cache"


def _help() -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("newswire")
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=True)


def _imported_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('<modules>', *sys.modules, sep='\\n')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".", maxsplit=1)[0] for name in result.stdout.partition("<modules>")[2].split()}


def test_help_imports_nothing_heavy() -> None:
    assert "export-feeds" in _help().stdout  # from now on it is remembered
    imported = _imported_by("from newswire.cli import program\nprogram(['--help'], standalone_mode=False)")
    assert "click" in imported
    assert imported & HEAVY == set()


def test_help_lists_what_plugins_have(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _help()
    assert first.stderr == ""
    for line in ("export-feeds  Write all feeds", "mastodon      Get a token", "telegram      Set up Telegram bots."):
        assert f"\n  {line}" in first.stdout
    (file,) = (cache / "newswire").iterdir()
    file.write_text(file.read_text("utf-8").replace("Set up Telegram bots.", "As remembered."), "utf-8")
    assert "  telegram      As remembered.\n" in _help().stdout
    monkeypatch.setenv(SAFE_MODE, "telegram")
    assert "telegram  " not in _help().stdout


def test_what_is_remembered_holds_until_packages_or_the_commands_change(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    command = click.Command("carry", callback=lambda: None, help="Carry letters. And parcels.")
    assert remembered.recall() is None
    assert remembered.remember([command]) == [("carry", "Carry letters.")]
    assert remembered.recall() == [("carry", "Carry letters.")]
    (packages / "another.dist-info").mkdir()
    assert remembered.recall() is None
    remembered.remember([])
    assert remembered.recall() == []
    for broken in ("", "[]", "{}", '{"of": 1, "files": {}, "commands": []}', "\0"):
        (file,) = (cache / "newswire").iterdir()
        file.write_text(broken, "utf-8")
        assert remembered.recall() is None


def test_help_needs_no_place_to_remember(cache: Path) -> None:
    cache.write_text("a file where a folder should be", "utf-8")
    assert remembered.remember([click.Command("carry", help="Carry.")]) == [("carry", "Carry.")]
    assert remembered.recall() is None


def test_status_imports_no_platform_library() -> None:
    imported = _imported_by("import newswire.cli.status")
    assert imported & {"telegram", "mastodon", "feedgen", "alembic"} == set()


@pytest.mark.parametrize(("typed", "meant"), [("chekc", "check"), ("exprot-feeds", "export-feeds")])
def test_a_misspelt_command_is_suggested(typed: str, meant: str) -> None:
    program = f"from newswire.cli import main; main(['{typed}'])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in result.stderr


def test_every_command_has_help() -> None:
    from newswire.cli import COMMANDS, program  # noqa: PLC0415  # the other tests start a process

    for name in COMMANDS:
        command = program.get_command(None, name)  # type: ignore[arg-type]  # the context is not looked at
        assert command is not None
        assert command.help, name
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == [], name
