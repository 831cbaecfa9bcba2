"""The library, with a memory for the months of one feed: its documents ask for them again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from newswire.api import Departure, Entry, Expression, Library, Services

_KEPT = 200
"""Months; of one list at a time there are hardly more."""


class _RememberingLibrary:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._months: dict[tuple[Any, ...], Sequence[Entry | Departure]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def month(
        self, language: str, first_day: date, *, topics: Expression | None = None, sources: Collection[str] = ()
    ) -> Sequence[Entry | Departure]:
        key = (language, first_day, str(topics), tuple(sources))
        if key not in self._months:
            if len(self._months) >= _KEPT:
                self._months.pop(next(iter(self._months)))
            self._months[key] = self._library.month(language, first_day, topics=topics, sources=sources)
        return self._months[key]


class _RememberingServices:
    def __init__(self, services: Services) -> None:
        self._services = services
        self.library = _RememberingLibrary(services.library)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services, name)


def remembering(services: Services) -> Services:
    """Services whose library remembers months. What it remembers is as of its first question."""
    return cast("Services", _RememberingServices(services))
