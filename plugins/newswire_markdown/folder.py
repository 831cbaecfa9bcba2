"""The folder: which files below it are articles, and of which article each is an edition. Reads names only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newswire.api import Left, Problem
from newswire_markdown.paths import PathPattern, fill, first_match, fits_glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newswire_markdown.options import MarkdownOptions

_UNFINISHED = ("~", ".tmp", ".part", ".swp", ".crdownload")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is an edition of an article, going by its path."""

    path: Path
    place: str
    """The path as problems name it: as the config writes the folder."""
    values: dict[str, str]
    """The placeholders of its pattern."""
    article_id: str


Signature = tuple[int, int, int] | None
"""What changes when a file does: its time in nanoseconds, its size in bytes, its number; None: there is no file."""


def signature(path: Path) -> Signature:
    """The signature of a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def signatures(found: Iterable[Candidate | Left | Problem]) -> dict[Path, Signature]:
    """The signatures of all articles' files."""
    return {item.path: signature(item.path) for item in found if isinstance(item, Candidate)}


def is_unfinished(name: str) -> bool:
    """Whether a file or folder name says: not for you (hidden, or a program is still writing)."""
    return name.startswith(".") or name.endswith(_UNFINISHED)


class Folder:
    """The folder of one intake."""

    def __init__(self, options: MarkdownOptions) -> None:
        self.root = options.path
        self._patterns = tuple(PathPattern.compile(text) for text in options.pattern)
        self._skip = options.skip
        self._id = options.id

    def look(self) -> Iterator[Candidate | Left | Problem]:
        """Everything in the folder that is, or by its place would be, an article; in the order of the paths.

        Folders that are links are not entered, and links to files outside are not followed.
        """
        if not self.root.is_dir():
            yield Problem(str(self.root), "there is no such folder; correct the intake's path, or make the folder")
            return
        problems: list[Problem] = []

        def unreadable(error: OSError) -> None:
            problems.append(Problem(str(error.filename), f"the folder cannot be read ({error.strerror})"))

        for folder, names, files in os.walk(self.root, onerror=unreadable):
            names[:] = sorted(name for name in names if not is_unfinished(name))
            for name in sorted(files):
                found = self.classify(Path(folder, name))
                if found:
                    yield found
        yield from problems

    def classify(self, path: Path) -> Candidate | Left | None:
        """What a file is by its path; None where it is none of this intake's business."""
        relative = self.relative(path)
        if relative is None or any(is_unfinished(part) for part in relative.split("/")):
            return None
        place = str(self.root / relative)
        if any(fits_glob(glob, relative) for glob in self._skip):
            return Left(place, "skipped")
        values = first_match(self._patterns, relative)
        if values is None:
            return None
        return Candidate(path, place, values, fill(self._id, values))

    def relative(self, path: Path) -> str | None:
        """The path below the folder, with ``/``; None for one outside, links followed."""
        root = self.root.resolve()
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError):
            return None
        if not resolved.is_relative_to(root):
            return None
        for base, whole in ((self.root, path), (self.root.absolute(), path.absolute()), (root, path.absolute())):
            if whole.is_relative_to(base):
                return whole.relative_to(base).as_posix()
        return resolved.relative_to(root).as_posix()
