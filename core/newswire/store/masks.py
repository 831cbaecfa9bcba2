"""Sets of languages as bit masks; each language keeps its bit for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import insert, select

from newswire.errors import StoreError
from newswire.store.schema import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, Engine

_BITS = 62  # a signed 64-bit integer, with room to spare for arithmetic


def masks(connection: Connection) -> dict[str, int]:
    """The mask of every known language."""
    return {tag: 1 << bit for tag, bit in connection.execute(select(language.c.tag, language.c.bit))}


_committed: WeakKeyDictionary[Engine, dict[str, int]] = WeakKeyDictionary()


def committed(connection: Connection, *, of: str | None = None) -> dict[str, int]:
    """The same for a connection that only reads: what is committed stays, and need not be asked for again.

    Args:
        connection: one that reads what is committed.
        of: a language whose mask must be among them, if there is one.
    """
    known = _committed.get(connection.engine, {})
    if not known or (of is not None and of not in known):
        known = _committed[connection.engine] = masks(connection)
    return known


def mask(connection: Connection, tags: Iterable[str]) -> int:
    """The mask of a set of languages; new ones get their bit. Needs a writing transaction."""
    known = masks(connection)
    result = 0
    for tag in sorted(tags):
        if tag not in known:
            if len(known) >= _BITS:
                raise StoreError(f"there are {_BITS} languages already; {tag} finds no place")
            connection.execute(insert(language).values(tag=tag, bit=len(known)))
            known[tag] = 1 << len(known)
        result |= known[tag]
    return result


def tags(mask_value: int, known: dict[str, int]) -> tuple[str, ...]:
    """The languages of a mask, sorted."""
    return tuple(sorted(tag for tag, bit in known.items() if mask_value & bit))
