"""What an export wrote, kept beside it: so the next one knows what is ours, and what has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from newswire.api import Refused

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".newswire-export.json"
_FILES = "files-1"


@dataclass(frozen=True, slots=True)
class Written:
    """One document as it was written; its compressed twin goes with it."""

    stamp: str
    """What it was made of: while this is the same, so is the document."""
    digest: str
    """Of its bytes."""


@dataclass(slots=True)
class Manifest:
    """Every file of ours in a folder, without the endings of compressed twins."""

    authority: str
    """The site's tag authority: two sites do not share a folder."""
    files: dict[str, Written | None] = field(default_factory=dict)
    """By path below the folder. None: it is ours, but an export ended before it was written."""
    groups: dict[str, str] = field(default_factory=dict)
    """The stamps of the groups that are whole, by their keys."""

    def dump(self) -> bytes:
        """The text of it; the same files give the same bytes."""
        files = {path: [each.stamp, each.digest] if each else None for path, each in self.files.items()}
        document = {"site": self.authority, "groups": self.groups, _FILES: files}
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def read(folder: Path, authority: str) -> Manifest:
    """The manifest of a folder; an empty one where nothing was exported yet.

    Raises:
        Refused: it cannot be read, or is another site's.
    """
    path = folder / NAME
    try:
        document: dict[str, Any] = orjson.loads(path.read_bytes())
        # Under a name that says the form: what another version wrote is not there.
        files = {str(name): Written(*each) if each else None for name, each in document[_FILES].items()}
        found = Manifest(str(document["site"]), files, dict(document["groups"]))
    except FileNotFoundError:
        return Manifest(authority)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"{path} cannot be read ({type(error).__name__}); it tells which files are newswire's. Export into an "
            "empty folder instead"
        ) from error
    if found.authority != authority:
        raise Refused(
            f"{folder} holds the feeds of {found.authority}, not of {authority}; export into another folder, for this "
            "one would lose them"
        )
    return found
