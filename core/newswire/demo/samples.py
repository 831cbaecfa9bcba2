"""Where the sample articles are: beside the source, or where an installed wheel puts them."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from newswire.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


def folder() -> Path:
    """The folder of examples.

    Raises:
        ConfigError: it is in neither place.
    """
    places = (
        Path(__file__).parents[3] / "examples",
        Path(sysconfig.get_path("data")) / "share" / "newswire" / "examples",
    )
    for place in places:
        if (place / "articles").is_dir() and (place / "demo").is_dir():
            return place
    raise ConfigError(f"the sample articles are missing; looked in {' and '.join(str(place) for place in places)}")


def lay_out(target: Path) -> None:
    """Copies the sample articles to where the demo works on them."""
    shutil.copytree(folder() / "articles", target / "articles")


def change(act: str, target: Path) -> list[Path]:
    """Copies the changed files of an act (``corrected``, ``translated``) over the articles; returns them.

    A file is written beside its place and then moved, as careful editors do.
    """
    return [_move_in(path, target / "articles" / path.relative_to(folder() / "demo" / act)) for path in _files(act)]


def _files(act: str) -> Iterator[Path]:
    return (folder() / "demo" / act).rglob("*.md")


def _move_in(source: Path, target: Path) -> Path:
    beside = target.with_name(f".{target.name}.tmp")
    shutil.copyfile(source, beside)
    beside.replace(target)
    return target


def withdrawn() -> str:
    """The id of the article that the demo withdraws."""
    return (folder() / "demo" / "withdrawn.txt").read_text("utf-8").strip()
