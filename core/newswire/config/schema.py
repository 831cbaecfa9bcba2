"""The JSON Schema of the whole config file, for editors: ``newswire schema config``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from newswire.config.environment import CORE_MODELS
from newswire.config.tables import AccountTable, ChannelTable, FilterTable, GlossaryTable, IntakeTable, TranslatorTable
from newswire.taxonomy import Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from newswire.plugins import Plugins

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema(plugins: Plugins) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the config file, with the tables and types of these plugins.

    Args:
        plugins: what is loaded.
    """
    settings = {name: table.options for name, table in plugins.settings_tables.items()}
    tops = CORE_MODELS | settings
    types: list[type[BaseModel]] = [
        *(chosen.account_options for chosen in plugins.channel_types.values()),
        *(chosen.channel_options for chosen in plugins.channel_types.values()),
        *(chosen.options for chosen in plugins.intake_types.values()),
        *(chosen.options for chosen in plugins.translator_types.values()),
    ]
    common: list[type[BaseModel]] = [
        Topic,
        FilterTable,
        AccountTable,
        ChannelTable,
        IntakeTable,
        TranslatorTable,
        GlossaryTable,
    ]
    models = list(dict.fromkeys([*tops.values(), *common, *types]))
    references, definitions = models_json_schema([(model, "validation") for model in models])
    definitions = definitions["$defs"]

    def schema_of(model: type[BaseModel]) -> dict[str, Any]:
        name = references[model, "validation"]["$ref"].rpartition("/")[2]
        found: dict[str, Any] = definitions[name]
        return found

    properties: dict[str, Any] = {name: references[model, "validation"] for name, model in tops.items()}
    properties |= {
        "topics": _named(references[Topic, "validation"], "The topics, by slug."),
        "filters": _named(references[FilterTable, "validation"], "Parts of subscriptions, by name."),
        "intakes": _typed(
            {kind: chosen.options for kind, chosen in plugins.intake_types.items()}, IntakeTable, schema_of
        ),
        "accounts": _typed(
            {kind: chosen.account_options for kind, chosen in plugins.channel_types.items()}, AccountTable, schema_of
        ),
        "channels": _channels(plugins, schema_of),
        "translators": _typed(
            {kind: chosen.options for kind, chosen in plugins.translator_types.items()}, TranslatorTable, schema_of
        ),
        "glossary": {"type": "array", "items": references[GlossaryTable, "validation"]},
    }
    return {
        "$schema": DIALECT,
        "title": "newswire config",
        "type": "object",
        "properties": properties,
        "required": ["site"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _named(reference: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "object", "description": description, "additionalProperties": reference}


def _typed(
    models: dict[str, type[BaseModel]],
    common: type[BaseModel],
    schema_of: Callable[[type[BaseModel]], dict[str, Any]],
) -> dict[str, Any]:
    """A list of tables whose key `type` says which keys they may have."""
    tables = []
    for kind, model in models.items():
        table = _joined(schema_of(common), schema_of(model))
        table["title"] = kind
        table["properties"] = table["properties"] | {"type": {"const": kind}}
        tables.append(table)
    return {"type": "array", "items": {"oneOf": tables} if tables else False}


def _channels(plugins: Plugins, schema_of: Callable[[type[BaseModel]], dict[str, Any]]) -> dict[str, Any]:
    """The channels. Their type is that of their account, which no schema can follow: any type's keys will do."""
    tables = []
    for kind, chosen in plugins.channel_types.items():
        table = _joined(schema_of(ChannelTable), schema_of(chosen.channel_options))
        table["title"] = kind
        tables.append(table)
    return {"type": "array", "items": {"anyOf": tables} if tables else False}


def _joined(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": own.get("description", ""),
        "properties": {**common["properties"], **own.get("properties", {})},
        "required": [*common.get("required", []), *own.get("required", [])],
        "additionalProperties": False,
    }
