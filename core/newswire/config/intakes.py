"""The ``[[intakes]]`` tables."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswire.config.lists import Names, options, secrets_optional, split, tables_of, type_hint
from newswire.config.resolved import ConfiguredIntake
from newswire.config.tables import IntakeTable
from newswire.config.validation import validated
from newswire.secrets import base_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from newswire.config.locate import KeyPath
    from newswire.config.problems import Report
    from newswire.plugins import Plugins

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def read_intakes(
    tables: Mapping[str, Any], plugins: Plugins, report: Report, silence: timedelta | None = None
) -> tuple[ConfiguredIntake, ...]:
    """Every ``[[intakes]]`` table.

    Args:
        tables: the file.
        plugins: what offers their types.
        report: takes the problems.
        silence: what ``[alerts]`` says of intakes that are silent.
    """
    names = Names(report)
    found: list[ConfiguredIntake] = []
    for path, table in tables_of("intakes", tables, report):
        ours, rest = split(table, IntakeTable)
        common = validated(IntakeTable, ours, report, path)
        names.take(ours.get("name"), path)
        kind = ours.get("type")
        if not isinstance(kind, str):
            continue
        enabled = ours.get("enabled", True) is not False
        if kind not in plugins.intake_types:
            tell = report.add if enabled or not plugins.why_missing(kind) else report.warn
            tell((*path, "type"), f"no intake type {kind!r}", hint=type_hint(kind, plugins.intake_types, plugins))
            continue
        with secrets_optional(when=not enabled):
            chosen = plugins.intake_types[kind]
            rest = _with_whole_path(rest, path, report, enabled=enabled)
            own = options(chosen.options, rest, report, path, common=IntakeTable)
        if common and own:
            found.append(
                ConfiguredIntake(
                    name=common.name,
                    type=chosen,
                    options=own,
                    enabled=common.enabled,
                    every=common.every,
                    silence=common.silence if "silence" in common.model_fields_set else silence,
                )
            )
    return tuple(found)


def _with_whole_path(table: dict[str, Any], place: KeyPath, report: Report, *, enabled: bool) -> dict[str, Any]:
    """The table with its `path`, if it has one, absolute; it starts at the config file and may hold ``${NAME}``."""
    written = table.get("path")
    if not isinstance(written, str) or not written:
        return table
    if enabled:
        for name in _VARIABLE.findall(written):
            if not os.environ.get(name):
                report.add((*place, "path"), f"environment variable {name} is not set")
    filled = _VARIABLE.sub(lambda match: os.environ.get(match[1], ""), written)
    return table | {"path": str((base_folder.get() / Path(filled).expanduser()).absolute())}
