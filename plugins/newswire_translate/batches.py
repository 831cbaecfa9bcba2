"""Batches: pieces that are sent together, cut between paragraphs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 60
"""Pieces in a batch: models lose count of more."""


def batches(wires: Iterable[str], size: int) -> list[list[str]]:
    """Pieces in batches of so many characters; one that is longer goes by itself."""
    made: list[list[str]] = []
    room = 0
    for wire in wires:
        if not made or len(wire) > room or len(made[-1]) == MOST:
            made.append([])
            room = size
        made[-1].append(wire)
        room -= len(wire)
    return made
