"""Every table and key of the config file, by its JSON Schema: what ``newswire schema config`` prints, for people."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from newswire.config import config_schema
from newswire.config.environment import CORE_MODELS, NESTED, PREFIX
from newswire.config.tables import AccountTable, ChannelTable, IntakeTable, TranslatorTable
from newswire.durations import Duration, format_duration
from newswire.plugins import load_plugins
from reference.wording import Gap, code, described, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import BaseModel

    from newswire.plugins import Plugins

HEAD = ("key", "type", "default", "meaning")
_DURATION, _SECONDS = TypeAdapter(Duration).json_schema()["anyOf"]
LISTS: dict[str, tuple[type[BaseModel], str]] = {
    "intakes": (IntakeTable, "Where articles come from. Each has these keys, and those of its type."),
    "accounts": (AccountTable, "One credential at one platform. Each has these keys, and those of its type."),
    "channels": (
        ChannelTable,
        "One destination of an account, and what it takes. Each has these keys, and those of its account's type.",
    ),
    "translators": (TranslatorTable, "A service that translates. Each has these keys, and those of its type."),
}
"""Tables that may stand many times, the model of the keys all of them have, and what they are."""


def tables(plugins: Plugins | None = None) -> str:
    """All tables of the config file, those of plugins included.

    Args:
        plugins: whose tables and types; without them the installed ones.

    Raises:
        Gap: a table or a key has no description.
    """
    return "\n".join(_Reference(config_schema(plugins or load_plugins())).lines())


class _Reference:
    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions: dict[str, dict[str, Any]] = schema["$defs"]
        self._tops: dict[str, dict[str, Any]] = schema["properties"]

    def lines(self) -> Iterator[str]:
        named = {"topics": "[topics.SLUG]", "filters": "[filters.NAME]"}
        for name, top in self._tops.items():
            if name in LISTS:
                yield from self._list(name, *LISTS[name])
            elif top.get("type") == "array":
                yield from self._table(f"[[{name}]]", self._target(top["items"]), name)
            elif name in named:
                yield from self._table(named[name], self._target(top["additionalProperties"]), f"{name}.*")
            else:
                yield from self._table(f"[{name}]", self._target(top), name)

    def _list(self, name: str, common: type[BaseModel], what: str) -> Iterator[str]:
        items = self._tops[name]["items"]
        types: list[dict[str, Any]] = items.get("oneOf") or items.get("anyOf")
        keys = common.model_fields
        yield from (f"## [[{name}]]", "", what, "")
        shared = {key: types[0]["properties"][key] for key in keys}
        if "type" in shared:
            shared["type"] = {"enum": [one["title"] for one in types], "description": keys["type"].description}
        yield from self._keys(shared, _required(common), name)
        for one in types:
            own = {key: value for key, value in one["properties"].items() if key not in keys}
            yield from (f"### [[{name}]] of type {one['title']}", "", described(one["description"], one["title"]), "")
            yield from self._keys(own, one["required"], f"{name} of type {one['title']}")

    def _table(self, heading: str, model: dict[str, Any], path: str) -> Iterator[str]:
        yield from (f"## {heading}", "", described(model.get("description"), heading), "")
        if path in CORE_MODELS:
            key = next(iter(model["properties"]))
            yield from (f"By the environment: {code(f'{PREFIX}{path}{NESTED}{key}'.upper())} and so on.", "")
        yield from self._keys(model["properties"], model.get("required", ()), path)

    def _keys(self, keys: Mapping[str, dict[str, Any]], required: Any, path: str) -> Iterator[str]:
        rows, inner = [], list[tuple[str, dict[str, Any]]]()
        for key, schema in keys.items():
            place = f"{path}: {key}"
            meaning = schema.get("description") or self._target(schema).get("description")
            rows.append((
                code(key),
                self._spelled(schema, place),
                "required" if key in required else _default(schema),
                described(meaning, place),
            ))  # fmt: skip
            inner += [(key, found) for found in self._inside(schema)]
        yield from (table(HEAD, rows), "")
        for key, model in inner:
            yield from (f"The keys of {code(key)}:", "")
            yield from self._keys(model["properties"], model.get("required", ()), f"{path}: {key}")

    def _target(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a schema refers to, or itself."""
        reference = schema.get("$ref")
        return self._definitions[reference.rpartition("/")[2]] if reference else schema

    def _inside(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The tables with keys of their own that a value may be, or hold."""
        for part in (schema, *schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")):
            if isinstance(part, dict):
                if "properties" in self._target(part):
                    yield self._target(part)
                elif part is not schema:
                    yield from self._inside(part)

    def _spelled(self, schema: dict[str, Any], place: str) -> str:
        """What a value may be, in words."""
        choices = [part for part in schema.get("anyOf", ()) if part.get("type") != "null" and part != _SECONDS]
        if choices:
            return " or ".join(dict.fromkeys(self._spelled(part, place) for part in choices))
        if "$ref" in schema:
            target = self._target(schema)
            return "a table" if "properties" in target else self._spelled(target, place)
        if "enum" in schema or "const" in schema:
            return ", ".join(code(json.dumps(value)) for value in schema.get("enum", [schema.get("const")]))
        if schema.get("type") == "array":
            return f"a list of: {self._spelled(schema['items'], place)}"
        if schema.get("type") == "object":
            inner = schema.get("additionalProperties")
            return f"a table, in it: {self._spelled(inner, place)}" if isinstance(inner, dict) else "a table"
        if schema.get("type") not in _PLAIN:
            raise Gap(f"{place}: nobody can say in words what it may be: {schema}")
        return _PLAIN[schema["type"]](schema)


def _required(model: type[BaseModel]) -> set[str]:
    return {name for name, info in model.model_fields.items() if info.is_required()}


def _text(schema: dict[str, Any]) -> str:
    if schema.get("writeOnly"):
        return "a secret: `env:NAME` or `file:path`"
    if schema == _DURATION:
        return "a duration"
    if "examples" in schema:
        return "text such as " + ", ".join(code(json.dumps(one)) for one in schema["examples"])
    return {"path": "a path", "uri": "an address"}.get(schema.get("format", ""), "text")


def _number(schema: dict[str, Any]) -> str:
    words = ["a whole number" if schema["type"] == "integer" else "a number"]
    for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "up to")):
        if key in schema:
            words.append(f"{word} {schema[key]:,}")
    return " ".join(words)


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return "none"
    if isinstance(value, str) and _DURATION in schema.get("anyOf", ()):
        value = format_duration(TypeAdapter(timedelta).validate_python(value))
    return code(json.dumps(value, ensure_ascii=False))


_PLAIN: dict[str, Callable[[dict[str, Any]], str]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: "`true` or `false`",
}
