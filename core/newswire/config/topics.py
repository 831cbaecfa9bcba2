"""The taxonomy and the filters: ``[topics.SLUG]``, ``[filters.NAME]``, and what a channel takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from newswire import filters, languages
from newswire.channel import TopicMark
from newswire.config.problems import did_you_mean
from newswire.config.tables import FilterTable
from newswire.config.validation import validated
from newswire.errors import FilterSyntaxError
from newswire.model import slugify
from newswire.subscription import NamedFilter
from newswire.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newswire.config.locate import KeyPath
    from newswire.config.problems import Report
    from newswire.config.tables import SubscriptionTable

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BEFORE, _AFTER = 60, 30


def read_taxonomy(tables: Mapping[str, Any], report: Report) -> Taxonomy:
    """The topics of ``[topics.SLUG]``; no two of them may share a name."""
    topics: dict[str, Topic] = {}
    owners: dict[str, str] = {slug.casefold(): slug for slug in tables}
    for slug, table in tables.items():
        path: KeyPath = ("topics", slug)
        if not _SLUG.fullmatch(slug):
            report.add(
                path,
                "is no slug: lower-case letters, digits and single hyphens",
                hint=f"did you mean {slugify(slug)!r}?",
            )
            continue
        if not isinstance(table, dict):
            report.add(path, "must be a table", hint=f"write [topics.{slug}]")
            continue
        # A topic with a problem is still a topic that filters may name.
        topic = topics[slug] = validated(Topic, table, report, path) or Topic()
        for position, alias in enumerate(topic.aliases):
            owner = owners.setdefault(alias.casefold(), slug)
            if owner != slug:
                report.add((*path, "aliases", position), f"the alias {alias!r} belongs to topic {owner!r} already")
    return Taxonomy(topics)


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Reads what filters and channels take.

    Args:
        report: takes the problems.
        taxonomy: the topics; while it is empty, every slug will do.
        site_languages: the site's languages; empty where they are not known.
    """

    report: Report
    taxonomy: Taxonomy
    site_languages: tuple[str, ...]

    def named_filters(self, tables: Mapping[str, Any]) -> dict[str, NamedFilter]:
        """The filters of ``[filters.NAME]``."""
        found: dict[str, NamedFilter] = {}
        for name, table in tables.items():
            path: KeyPath = ("filters", name)
            if not isinstance(table, dict):
                self.report.add(path, "must be a table", hint=f"write [filters.{name}]")
                continue
            checked = validated(FilterTable, table, self.report, path)
            found[name] = self._filter(name, checked, path) if checked else NamedFilter(name=name)
        return found

    def _filter(self, name: str, table: FilterTable, path: KeyPath) -> NamedFilter:
        wanted = table.translate or ()
        self.check_languages(wanted, (*path, "translate"))
        # A site that has pt-BR has its articles translated into that, whatever of it the rule says.
        own = (languages.closest(tag, self.site_languages) or tag for tag in wanted)
        return replace(self.part(name, table, path), translate=tuple(dict.fromkeys(own)))

    def part(self, name: str, table: SubscriptionTable, path: KeyPath) -> NamedFilter:
        """What one table says of a subscription."""
        self.check_languages(table.languages or (), (*path, "languages"))
        return NamedFilter(
            name=name,
            topics=self.topics(table.topics, (*path, "topics")),
            languages=table.languages,
            sources=frozenset(slugify(source) for source in table.sources) if table.sources else None,
            fallback=table.fallback,
        )

    def check_options(self, options: BaseModel, path: KeyPath) -> bool:
        """Whether every topic expression among the options of a plugin can be read and names topics that exist."""
        known = [self.topics(expression, place) is not None for place, expression in _expressions(options, path)]
        return all(known)

    def check_languages(self, wanted: tuple[str, ...], path: KeyPath) -> None:
        """Reports languages that are not like any of the site's."""
        for position, tag in enumerate(wanted):
            if self.site_languages and languages.closest(tag, self.site_languages) is None:
                self.report.add(
                    (*path, position),
                    f"the site has no language like {tag!r}",
                    hint=f"languages in [site] are {', '.join(self.site_languages)}",
                )

    def topics(self, topics: tuple[str, ...] | str | None, path: KeyPath) -> filters.Expression | None:
        """The topics that a key names, or None after its problems were reported."""
        if topics is None:
            return None
        if not isinstance(topics, str):
            known = [self._known(topic, (*path, position)) for position, topic in enumerate(topics)]
            return filters.any_of(topics) if all(known) else None
        try:
            expression = filters.parse(topics)
        except FilterSyntaxError as error:
            meant = self.taxonomy.resolve(topics)
            self.report.add(
                path,
                f"{error} (character {error.position + 1})",
                excerpt=_pointed_out(topics, error.position),
                hint=f"did you mean {meant!r}?" if meant else None,
            )
            return None
        known = [self._known(topic, path) for topic in filters.leaves(expression)]
        return expression if all(known) else None

    def _known(self, topic: str, path: KeyPath) -> bool:
        if topic in self.taxonomy.topics:
            return True
        if self.taxonomy.topics:
            meant = self.taxonomy.resolve(topic) or self.taxonomy.suggest(topic)
            hint = f"did you mean {meant!r}?" if meant else did_you_mean(topic, self.taxonomy.topics)
            self.report.add(path, f"unknown topic {topic!r}", hint=hint)
            return False
        if not _SLUG.fullmatch(topic):
            self.report.add(path, f"{topic!r} is no slug", hint=f"did you mean {slugify(topic)!r}?")
            return False
        return True


def _expressions(options: BaseModel, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """The topic expressions among options, and where each stands."""
    for name, info in type(options).model_fields.items():
        value, place = getattr(options, name), (*path, info.alias or name)
        if any(isinstance(mark, TopicMark) for mark in info.metadata) and isinstance(value, str):
            yield place, value
        for number, table in enumerate(value) if isinstance(value, tuple | list) else ():
            if isinstance(table, BaseModel):
                yield from _expressions(table, (*place, number))


def _pointed_out(expression: str, position: int) -> str:
    """An expression with a caret below one of its characters; a long one is cut around it."""
    start = max(position - _BEFORE, 0)
    end = position + _AFTER
    lead, tail = "…" * (start > 0), "…" * (end < len(expression))
    line = lead + re.sub(r"\s", " ", expression[start:end]) + tail
    return f"{line}\n{' ' * (len(lead) + position - start)}^"
