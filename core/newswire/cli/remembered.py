"""The names of plugins' commands, remembered from the last time they were loaded: ``--help`` need not load them."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswire import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click


def recall() -> list[tuple[str, str]] | None:
    """Each command's name and what it does; None where nothing is remembered, or it may not be so any more."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(_place().read_text("utf-8"))
        if found["of"] == _installed() and found["files"] == _stamps(found["files"]):
            return [(name, summary) for name, summary in found["commands"]]
    return None


def remember(commands: Iterable[click.Command]) -> list[tuple[str, str]]:
    """Keeps what the commands are called and do, if there is a place to keep it.

    Returns:
        Each command's name and what it does.
    """
    found = [(command.name or "", command.get_short_help_str(limit=80)) for command in commands]
    files = [command.callback.__code__.co_filename for command in commands if command.callback]
    place = _place()
    with contextlib.suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps({"of": _installed(), "files": _stamps(files), "commands": found}), "utf-8")
        beside.replace(place)
    return found


def _place() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME")
    cache = Path(folder) if folder else Path.home() / ".cache"
    return cache / "newswire" / f"commands{sys.prefix.replace(os.sep, '-')}.json"


def _installed() -> list[Any]:
    """What changes when a package comes or goes: the folders packages are in, and which plugins are left out."""
    folders = [path for path in sys.path if path.endswith("-packages")]
    return [__version__, os.environ.get("NEWSWIRE_DISABLED_PLUGINS"), _stamps(folders)]


def _stamps(paths: Iterable[str]) -> dict[str, int]:
    return {path: Path(path).stat().st_mtime_ns for path in paths if Path(path).exists()}
