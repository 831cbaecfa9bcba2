"""The ``[[translators]]`` and ``[[glossary]]`` tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.config.lists import Names, options, secrets_optional, split, tables_of, type_hint
from newswire.config.resolved import ConfiguredTranslator
from newswire.config.tables import GlossaryTable, TranslatorTable
from newswire.config.validation import validated
from newswire.glossary import Glossary, GlossaryPart
from newswire.translation.caps import Caps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newswire.config.problems import Report
    from newswire.config.topics import Subscriptions
    from newswire.plugins import Plugins


def read_translators(
    tables: Mapping[str, Any], plugins: Plugins, subscriptions: Subscriptions, report: Report
) -> tuple[ConfiguredTranslator, ...]:
    """Every ``[[translators]]`` table, in order: the first that takes a language is asked."""
    names = Names(report)
    found: list[ConfiguredTranslator] = []
    for path, table in tables_of("translators", tables, report):
        ours, rest = split(table, TranslatorTable)
        common = validated(TranslatorTable, ours, report, path)
        names.take(ours.get("name"), path)
        kind = ours.get("type")
        if common and common.languages:
            subscriptions.check_languages(common.languages, (*path, "languages"))
        if not isinstance(kind, str):
            continue
        enabled = ours.get("enabled", True) is not False
        chosen = plugins.translator_types.get(kind)
        if chosen is None:
            tell = report.add if enabled or not plugins.why_missing(kind) else report.warn
            hint = type_hint(kind, plugins.translator_types, plugins)
            tell((*path, "type"), f"no translator type {kind!r}", hint=hint)
            continue
        with secrets_optional(when=not enabled):
            own = options(chosen.options, rest, report, path, common=TranslatorTable)
        if common and own:
            found.append(
                ConfiguredTranslator(
                    name=common.name,
                    type=chosen,
                    options=own,
                    enabled=common.enabled,
                    languages=common.languages,
                    concurrency=common.concurrency,
                    caps=Caps(
                        requests_per_hour=common.max_requests_per_hour,
                        requests_per_day=common.max_requests_per_day,
                        characters_per_hour=common.max_characters_per_hour,
                        characters_per_day=common.max_characters_per_day,
                        cost_per_month=common.max_cost_per_month,
                    ),
                )
            )
    return tuple(found)


def read_glossary(tables: Mapping[str, Any], subscriptions: Subscriptions, report: Report) -> Glossary:
    """Every ``[[glossary]]`` table."""
    parts = []
    for path, table in tables_of("glossary", tables, report):
        checked = validated(GlossaryTable, table, report, path)
        if checked is not None:
            topics = subscriptions.topics(checked.topics, (*path, "topics"))
            parts.append(GlossaryPart(topics=topics, terms=checked.terms, keep=checked.keep))
    return Glossary(tuple(parts))
