"""The glossary: what words are called in which language, and what keeps its name everywhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newswire.filters import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryPart:
    """One ``[[glossary]]`` table."""

    topics: Expression | None = None
    """For articles of which topics; None: for all."""
    terms: tuple[Mapping[str, str], ...] = ()
    """Each a thing by its name in several languages."""
    keep: tuple[str, ...] = ()
    """Names that stay as they are."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """All parts of the glossary."""

    parts: Sequence[GlossaryPart] = ()

    def terms(self, topics: Iterable[str], source: str, target: str) -> dict[str, str]:
        """What words of one language are called in another, for an article of these topics; the longest first."""
        found: dict[str, str] = {}
        for part in self._of(topics):
            for term in part.terms:
                here, there = languages.closest(source, term), languages.closest(target, term)
                if here and there:
                    found.setdefault(term[here], term[there])
        return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))

    def names(self, topics: Iterable[str]) -> tuple[str, ...]:
        """What keeps its name in an article of these topics, the longest first."""
        found = {name for part in self._of(topics) for name in part.keep}
        return tuple(sorted(found, key=lambda name: (-len(name), name)))

    def _of(self, topics: Iterable[str]) -> list[GlossaryPart]:
        present = frozenset(topics)
        return [part for part in self.parts if part.topics is None or part.topics.matches(present)]
