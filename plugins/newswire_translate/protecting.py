"""What stays in a text although it is no markup: addresses, names, and words that a glossary knows. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newswire_translate.piece import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Keeper:
    """Finds what stays.

    Args:
        names: what stays as it is, the longest first.
        terms: what is replaced by a word of the other language, for services that take no glossary.
    """

    def __init__(self, names: Sequence[str] = (), terms: Mapping[str, str] | None = None) -> None:
        self._terms = {term.casefold(): told for term, told in (terms or {}).items()}
        self._exact = frozenset(names)
        words = sorted({*names, *(terms or {})}, key=lambda word: (-len(word), word))
        parts = [ADDRESS.pattern]
        parts += [whole_word(word) if word in self._exact else f"(?i:{whole_word(word)})" for word in words]
        self._pattern = re.compile("|".join(f"(?:{part})" for part in parts))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The stretches that stay, in order, and what stands there afterwards."""
        for found in self._pattern.finditer(text):
            start, end = found.span()
            if ADDRESS.fullmatch(found[0]):
                # A full stop behind an address belongs to the sentence.
                kept = found[0].rstrip(".,;:!?)")
                yield start, start + len(kept), kept
            elif found[0] in self._exact:
                yield start, end, found[0]
            else:
                yield start, end, self._terms[found[0].casefold()]


def whole_word(word: str) -> str:
    """A pattern that finds a word only where it is not part of another."""
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    return before + re.escape(word) + after


def within(terms: Mapping[str, str], text: str) -> dict[str, str]:
    """The terms of a glossary that stand in a text."""
    return {term: told for term, told in terms.items() if re.search(whole_word(term), text, re.IGNORECASE) is not None}
