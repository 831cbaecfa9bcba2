"""What running processes last said of their config: kept where plugins keep their small state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.store import Store

_OURS = "newswire"
_PREFIX = "config "


@dataclass(frozen=True, slots=True)
class ConfigWord:
    """The last word of a process on its config."""

    place: str
    """The machine and the file."""
    part: str
    """What the process does of the room's work: of those that do the same by the same file the last one counts."""
    at: datetime
    problems: str | None = None
    """Why the file as it is now was not taken; None where it was."""
    restart: Sequence[str] = ()
    """What in it takes effect with a restart only."""


def keep(store: Store, word: ConfigWord) -> None:
    """Keeps a word in the place of the one before. Blocking."""
    document: dict[str, Any] = {
        "place": word.place,
        "part": word.part,
        "at": word.at.isoformat(),
        "problems": word.problems,
        "restart": list(word.restart),
    }
    store.state(_OURS).set(f"{_PREFIX}{word.place} {word.part}", document)


def words(store: Store) -> list[ConfigWord]:
    """The last words of all processes. Blocking."""
    found = []
    for key, kept in sorted(store.state(_OURS).all().items()):
        if key.startswith(_PREFIX) and isinstance(kept, dict):
            document: dict[str, Any] = kept
            found.append(ConfigWord(**document | {"at": datetime.fromisoformat(document["at"])}))
    return found
