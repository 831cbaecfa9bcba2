"""Events: what the log says happened to articles. One row, a rising number, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class EventKind(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    """A new article, or one that had been withdrawn and is back."""
    REVISED = "revised"
    """Something in it changed."""
    EDITION = "edition"
    """It gained editions, or bodies for editions that had none; nothing else changed."""
    WITHDRAWN = "withdrawn"
    """It is not to be read any more."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event log."""

    seq: int
    """Its number; later events have higher ones."""
    article_id: str
    rev: int
    """The article's revision after it."""
    kind: EventKind
    languages: tuple[str, ...]
    """The languages whose readers see a difference."""
    at: datetime
    """When it was written."""
