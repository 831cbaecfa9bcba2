"""How many articles there are per language, topic, source and month: counted as they come and go, never by a walk.

A number is kept for each set of languages, so that an article in a dozen languages counts in one row for everything,
one for each of its topics, one for its source, and one for each month in which editions of it first appeared.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from newswire.store import masks
from newswire.store.schema import tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection

    from newswire.store.articles import StoredArticle

EVERYTHING, TOPICS, SOURCES, MONTHS = "", "topics", "sources", "months"
"""The kinds of lists that are counted; those of everything have no name."""
Share = tuple[str, str, int]
"""The kind of a list, its name, and the mask of the languages an article stands in it."""


def shares(stored: StoredArticle, present: int, bits: Mapping[str, int]) -> list[Share]:
    """What an article counts in.

    Args:
        stored: the article as readers see it.
        present: the mask of the languages in whose lists it stands.
        bits: the bit of each language.
    """
    if not present:
        return []
    article, months = stored.content, dict[str, int]()
    for language, edition in stored.editions.items():
        month = f"{edition.appeared:%Y-%m}"
        months[month] = months.get(month, 0) | (bits[language] & present)
    found = [(EVERYTHING, "", present), *((TOPICS, topic, present) for topic in article.topics)]
    found += [(SOURCES, source.slug, present) for source in article.sources]
    return found + [(MONTHS, month, mask) for month, mask in months.items() if mask]


def recount(connection: Connection, before: Iterable[Share], now: Iterable[Share]) -> None:
    """Counts an article in what it is in now, and no longer in what it was in before."""
    change = Counter(now)
    change.subtract(before)
    changed = sorted((share, number) for share, number in change.items() if number)
    if not changed:
        return
    rows = [{"kind": kind, "name": name, "languages": mask, "number": by} for (kind, name, mask), by in changed]
    new = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(tally).values(rows)
    total = {"number": tally.c.number + new.excluded.number}
    connection.execute(new.on_conflict_do_update(index_elements=["kind", "name", "languages"], set_=total))
    left = [
        (tally.c.kind == kind) & (tally.c.name == name) & (tally.c.languages == mask)
        for (kind, name, mask), by in changed
        if by < 0
    ]
    if left:
        connection.execute(delete(tally).where(or_(*left), tally.c.number == 0))


def counted(connection: Connection, kind: str) -> dict[str, dict[str, int]]:
    """By language: how many articles each list of a kind has, the longest list first.

    Args:
        connection: to read with.
        kind: one of those above.
    """
    known = masks.masks(connection)
    found: dict[str, Counter[str]] = {}
    columns: tuple[Any, ...] = (tally.c.name, tally.c.languages, tally.c.number)
    for name, mask, number in connection.execute(select(*columns).where(tally.c.kind == kind)):
        for language in masks.tags(mask, known):
            found.setdefault(language, Counter())[name] += number
    return {
        language: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        for language, counts in found.items()
    }
