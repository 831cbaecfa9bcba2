"""The taxonomy: topics with their labels and aliases per language. It is configuration."""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from newswire import languages
from newswire.model import LanguageTag, Line, Record, Slug
from newswire.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


class Topic(Record):
    """One topic of the taxonomy."""

    labels: dict[LanguageTag, Annotated[Line, Field(min_length=1)]] = Field(default_factory=dict)
    """What readers of a language call it."""
    aliases: tuple[Line, ...] = ()
    """Other names an intake may use for it."""
    hashtag: Line | None = None
    """The hashtag to use where its label makes none ("Cpp" for C++), without the ``#``."""


class Taxonomy:
    """All known topics.

    Args:
        topics: the topics by slug.
    """

    def __init__(self, topics: dict[Slug, Topic] | None = None) -> None:
        self.topics = dict(topics or {})

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for slug, topic in self.topics.items():
            for name in (*topic.aliases, *topic.labels.values(), slug):
                names.setdefault(name.casefold(), slug)
        names.update({slug: slug for slug in self.topics})
        return names

    def resolve(self, name: str) -> str | None:
        """The slug of a topic by slug, label or alias, or None where the taxonomy has no such name."""
        return self._by_name.get(one_line(name).casefold())

    def label(self, slug: str, language: str) -> str:
        """What readers of a language call a topic: its nearest label, else its slug in words."""
        topic = self.topics.get(slug)
        labels = topic.labels if topic else {}
        found = languages.closest(language, labels) if labels else None
        if found is None and labels:
            found = languages.closest("en", labels)
        return labels[found] if found else slug.replace("-", " ")

    def hashtag(self, slug: str, language: str) -> str:
        """The words a hashtag of the topic is made of, in a language; the platform's plugin joins them."""
        topic = self.topics.get(slug)
        return topic.hashtag if topic and topic.hashtag else self.label(slug, language)

    def suggest(self, name: str) -> str | None:
        """The slug that was probably meant by an unknown name."""
        close = difflib.get_close_matches(one_line(name).casefold(), self._by_name, n=1, cutoff=0.6)
        return self._by_name[close[0]] if close else None

    def unknown(self, slugs: Iterable[str]) -> list[str]:
        """Those of the slugs that the taxonomy does not have, in order."""
        return [slug for slug in slugs if slug not in self.topics]
