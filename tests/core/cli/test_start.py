from __future__ import annotations

import subprocess
import sys

import click

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


def _imported_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".", maxsplit=1)[0] for name in result.stdout.split()}


def test_help_imports_nothing_heavy() -> None:
    imported = _imported_by("from newswire.cli import program\nprogram(['--help'], standalone_mode=False)")
    assert "click" in imported
    assert imported & HEAVY == set()


def test_status_imports_no_platform_library() -> None:
    imported = _imported_by("import newswire.cli.status")
    assert imported & {"telegram", "mastodon", "feedgen", "alembic"} == set()


def test_a_misspelt_command_is_suggested() -> None:
    program = "from newswire.cli import main; main(['chekc'])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "No such command 'chekc'. Did you mean 'check'?" in result.stderr


def test_every_command_has_help() -> None:
    from newswire.cli import COMMANDS, program  # noqa: PLC0415  # the other tests start a process

    for name in COMMANDS:
        command = program.get_command(None, name)  # type: ignore[arg-type]  # the context is not looked at
        assert command is not None
        assert command.help, name
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == [], name
