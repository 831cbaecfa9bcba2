"""The environment above the file: ``NEWSWIRE_STORE__URL`` beats ``url`` in ``[store]``.

pydantic-settings does the layering. What it leaves open is closed here: a misspelt variable is told, a wrong value
is told by the variable's name, and lists (which no variable can reach into) are refused.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from typing import TYPE_CHECKING, Any, get_origin

from pydantic import BaseModel, ValidationError, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from newswire.config.alerts import AlertSettings
from newswire.config.tables import (
    DispatchSettings,
    HttpSettings,
    LoggingSettings,
    MetricsSettings,
    PluginSelection,
    StoreSettings,
    TranslationSettings,
)
from newswire.config.validation import findings, keys_at
from newswire.plugins.loader import SAFE_MODE
from newswire.plugins.offers import CORE_TABLES
from newswire.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic.fields import FieldInfo

    from newswire.config.locate import KeyPath
    from newswire.config.problems import Report

PREFIX = "NEWSWIRE_"
NESTED = "__"
FILE_VARIABLE = "NEWSWIRE_CONFIG"
"""Names the config file, where the command line does not."""

CORE_MODELS: dict[str, type[BaseModel]] = {
    "site": Site,
    "store": StoreSettings,
    "http": HttpSettings,
    "logging": LoggingSettings,
    "dispatch": DispatchSettings,
    "alerts": AlertSettings,
    "metrics": MetricsSettings,
    "plugins": PluginSelection,
    "translation": TranslationSettings,
}
"""The tables of the room that the environment reaches."""
_HINTS: dict[KeyPath, str] = {
    ("site", "tag_authority"): 'a domain that is yours, a comma and a year in which it was: "news.example,2026"',
}


class _Environment(EnvSettingsSource):
    """Variables; a list may also be written with commas: ``NEWSWIRE_SITE__LANGUAGES=en,de``."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value of a variable that holds more than a word; what is no JSON is left for the model to judge."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except json.JSONDecodeError:
            if field is not None and _is_list(field.annotation) and not value.lstrip().startswith("["):
                return [part.strip() for part in value.split(",")]
            return value


class _Layered(BaseSettings):
    """Tables with the environment above the file, whose tables are the arguments."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file; no other source is looked at."""
        del env_settings, dotenv_settings, file_secret_settings
        return _Environment(settings_cls), init_settings


def layered(name: str, model: type[BaseModel], table: Any, report: Report) -> Any:
    """A top-level table as an instance of its model, environment above file; None after problems were reported.

    Args:
        name: the table's name.
        model: what it must be.
        table: as it stands in the file; None where it does not.
        report: takes the problems.
    """
    settings: type[_Layered] = create_model(f"Layered_{name}", __base__=_Layered, **_field(name, model))
    written = {name: {} if table is None else table}
    try:
        return getattr(settings(**written), name)
    except ValidationError as error:
        from_environment = _Environment(settings)()
        for found in findings(error, _overlaid(written, from_environment)):
            variable = _variable(found.path) if _reaches(from_environment, found.path) else None
            hint = _HINTS.get(found.path) or found.hint(keys_at(settings, found.path), {})
            report.add(found.path, found.message, hint=hint, variable=variable)
    except Exception as error:  # noqa: BLE001  # a plugin's model may raise anything; the other tables are looked at
        report.add((name,), f"cannot be checked: {model.__name__} raised {type(error).__name__}")
    return None


def variable_of(name: str, model: type[BaseModel], path: KeyPath) -> str | None:
    """The environment variable that says what stands at a path of a top-level table, if one does."""
    settings: type[_Layered] = create_model(f"Layered_{name}", __base__=_Layered, **_field(name, model))
    return _variable(path) if _reaches(_Environment(settings)(), path) else None


def _field(name: str, model: type[BaseModel]) -> dict[str, Any]:
    return {name: (model, ...)}


def check_names(models: Mapping[str, type[BaseModel]], tables: Mapping[str, Any], report: Report) -> None:
    """Reports variables that look like ours and reach nothing.

    Args:
        models: every table the environment reaches, by name.
        tables: the file, whose references may name variables of any name.
        report: takes the problems.
    """
    known = {f"{PREFIX}{table}{NESTED}{key}".upper() for table, model in models.items() for key in model.model_fields}
    mentioned = {SAFE_MODE, FILE_VARIABLE, *_references(tables)}
    for name in sorted(os.environ):
        upper = name.upper()
        if not upper.startswith(PREFIX) or name in mentioned or not os.environ[name]:
            continue
        table, *keys = upper.removeprefix(PREFIX).lower().split(NESTED)
        if table in models or (table in tables and table not in CORE_TABLES):
            continue
        if keys and table in CORE_TABLES:
            report.add(
                (),
                f"a variable cannot reach into [{table}]",
                hint="write it in the file; a secret there can be a reference: 'env:NAME'",
                variable=name,
            )
            continue
        near = difflib.get_close_matches(upper, known, n=1, cutoff=0.8)
        hint = f"did you mean {near[0]}?" if near else f"known tables: {', '.join(sorted(models))}"
        if keys:
            report.add((), "no such setting", hint=hint, variable=name)
        elif near:
            report.warn((), "no such setting", hint=hint, variable=name)


def _references(node: Any) -> Iterator[str]:
    """The variables a file names, as ``env:NAME`` or ``${NAME}``."""
    if isinstance(node, str):
        yield from (match[1] or match[2] for match in re.finditer(r"^env:(\w+)$|\$\{?(\w+)", node))
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _references(part)


def _is_list(annotation: Any) -> bool:
    kinds: Iterable[Any] = (annotation, *getattr(annotation, "__args__", ()))
    return any((get_origin(kind) or kind) in {list, tuple, set, frozenset} for kind in kinds)


def _overlaid(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _overlaid(below.get(key), value) for key, value in above.items()}


def _reaches(node: Any, path: KeyPath) -> bool:
    for key in path:
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif not (isinstance(node, list) and isinstance(key, int)):
            return False
    return True


def _variable(path: KeyPath) -> str | None:
    """The variable that set what stands at a path, under the name it has in the environment."""
    names = {name.upper(): name for name, value in os.environ.items() if value}
    for length in range(len(path), 0, -1):
        wanted = (PREFIX + NESTED.join(str(key) for key in path[:length])).upper()
        if wanted in names:
            return names[wanted]
    return None
