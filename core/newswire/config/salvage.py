"""Where the database is, read out of a file that cannot be used otherwise: for who wants to know what goes on."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from newswire.config.environment import layered
from newswire.config.problems import Report
from newswire.config.tables import StoreSettings
from newswire.secrets import base_folder

if TYPE_CHECKING:
    from pathlib import Path


def salvage_store(path: Path) -> StoreSettings | None:
    """``[store]`` of a file with mistakes, the environment above it; None where nobody can tell.

    A file that is no TOML from some line on is read up to there; then only an address that was found counts, for
    another might stand below.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    tables, whole = _readable(text)
    token = base_folder.set(path.absolute().parent.resolve())
    try:
        report = Report(str(path))
        found: StoreSettings | None = layered("store", StoreSettings, tables.get("store"), report)
    finally:
        base_folder.reset(token)
    return found if found is not None and (whole or "url" in found.model_fields_set) else None


def _readable(text: str) -> tuple[dict[str, Any], bool]:
    """The tables of the longest beginning of a text that is TOML, and whether that is all of it."""
    lines = text.split("\n")
    most = len(lines)
    while most > 0:
        try:
            found = tomllib.loads("\n".join(lines[:most]))
        except tomllib.TOMLDecodeError as error:
            place = error.args[0].rpartition("(at line ")[2].partition(",")[0]
            # What is unfinished at the end may have begun on any line above.
            most = min(int(place) - 1, most - 1) if place.isdecimal() else most - 1
        else:
            return found, most == len(lines)
    return {}, False
