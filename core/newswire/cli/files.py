"""Files that an admin names: what articles are in them, and under which name they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.errors import ConfigError, InvalidArticle
from newswire.intake import Arrival, Problem
from newswire.reading import read_article

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from newswire.intake import Delivered
    from newswire.room import Room

BY_HAND = "publish"
"""The name that articles come in under that belong to no intake."""


def articles_of(room: Room, path: Path) -> tuple[str, Iterable[Delivered]]:
    """What an intake makes of a file, or an article as JSON, and the name it comes in under.

    Raises:
        ConfigError: the file is neither.
    """
    for opened in room.intakes():
        if opened.intake.covers(path):
            return opened.name, opened.intake.read_files([path])
    if path.suffix != ".json":
        names = ", ".join(intake.name for intake in room.config.intakes if intake.enabled) or "none"
        raise ConfigError(f"{path} belongs to no enabled intake ({names}) and is no .json file of an article")
    return BY_HAND, [_read_json(path)]


def _read_json(path: Path) -> Arrival | Problem:
    try:
        return Arrival(read_article(path))
    except InvalidArticle as error:
        return Problem(str(path), str(error.args[0]), error.line)
