"""What pydantic finds wrong in a table, in the words and at the place of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from newswire.config.problems import closest_word, did_you_mean
from newswire.texts import ProblemInText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from newswire.config.locate import KeyPath
    from newswire.config.problems import Report

ModelT = TypeVar("ModelT", bound=BaseModel)

_WORDS = {
    "missing": "required key is missing",
    "extra_forbidden": "unknown key",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "string_pattern_mismatch": "does not have the form it must have",
}
_SUBJECT = re.compile(r"^(?:Value error, |(?:Input|String|Value|Tuple|List|Set|Dictionary|URL) should )")
_QUOTED = re.compile(r"'([^']*)'")


def validated(
    model: type[ModelT],
    table: Mapping[str, Any],
    report: Report,
    path: KeyPath,
    *,
    known_keys: Iterable[str] = (),
    hints: Mapping[str, str] | None = None,
) -> ModelT | None:
    """A table as an instance of its model, or None after its problems were reported.

    Args:
        model: what the table must be.
        table: as it was read.
        report: takes the problems.
        path: where the table stands.
        known_keys: keys the table may have besides the model's, for suggestions.
        hints: hints for keys nobody knows here, by key.
    """
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        for found in findings(error, table):
            known = keys_at(model, found.path) | (set(known_keys) if len(found.path) == 1 else set())
            place = (*path, *found.path)
            report.add(place, found.message, hint=found.hint(known, hints or {}), within=found.within)
    except Exception as error:  # noqa: BLE001  # a plugin's model may raise anything; the other tables are looked at
        report.add(path, f"cannot be checked: {model.__name__} raised {type(error).__name__}")
    return None


@dataclass(slots=True)
class Finding:
    """One thing pydantic found."""

    kind: str
    path: KeyPath
    message: str
    value: Any
    """What stands there; never told."""
    expected: list[str]
    """The words pydantic would have taken."""
    pattern: str | None
    """The regular expression it should have matched."""
    within: int | None
    """The line of the text that it is about, where it is a text of several."""

    def hint(self, known: Iterable[str], hints: Mapping[str, str]) -> str | None:
        """What may cure it."""
        last = self.path[-1] if self.path else None
        if self.kind == "extra_forbidden" and isinstance(last, str):
            return hints.get(last) or did_you_mean(last, known)
        if self.kind == "literal_error" and isinstance(self.value, str):
            return closest_word(self.value, self.expected)
        return f"it must match {self.pattern}" if self.pattern else None


def findings(error: ValidationError, table: Mapping[str, Any]) -> list[Finding]:
    """What pydantic found, one entry a place: the alternatives of a union are told together."""
    places: dict[KeyPath, Finding] = {}
    for details in error.errors(include_url=False, include_input=False):
        path = _path_in(table, details["loc"], missing=details["type"] == "missing")
        context = details.get("ctx", {})
        raised = context.get("error")
        inside = raised if isinstance(raised, ProblemInText) and not raised.file else None
        found = Finding(
            kind=details["type"],
            path=path,
            message=inside.message if inside else _message(details),
            value=_value_at(table, path),
            expected=_QUOTED.findall(str(context.get("expected", ""))),
            pattern=context.get("pattern"),
            within=inside.line if inside else None,
        )
        earlier = places.setdefault(path, found)
        if earlier is not found and found.message not in earlier.message:
            earlier.message += f" or {found.message.removeprefix('must be ')}"
    return list(places.values())


def keys_at(model: type[BaseModel], path: KeyPath) -> set[str]:
    """The keys a model has beside the last key of a path."""
    inner: type[BaseModel] | None = model
    for key in path[:-1]:
        if isinstance(key, str) and inner is not None:
            field = inner.model_fields.get(key)
            inner = _model_in(field.annotation) if field else None
    return {field.alias or name for name, field in inner.model_fields.items()} if inner else set()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _path_in(table: Any, location: tuple[str | int, ...], *, missing: bool) -> KeyPath:
    """The part of pydantic's location that is in the table: it also names union members and validators."""
    path: list[str | int] = []
    for key in location:
        if not _holds(table, key):
            # A key that is missing is the one thing that is told where it should be.
            return (*path, key) if missing and key == location[-1] else tuple(path)
        table = table[key]
        path.append(key)
    return tuple(path)


def _value_at(table: Any, path: KeyPath) -> Any:
    for key in path:
        table = table[key] if _holds(table, key) else None
    return table


def _holds(node: Any, key: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(key, int) and key < len(node)
    return isinstance(node, dict) and key in node


def _message(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if details["type"] in {"too_short", "string_too_short"} and context.get("min_length") == 1:
        return "must not be empty"
    if details["type"] in _WORDS:
        return _WORDS[details["type"]]
    text = details["msg"]
    subject = _SUBJECT.match(text)
    if subject is None:
        return text
    rest = text[subject.end() :]
    return rest if subject[0].startswith("Value error") else f"must {rest}"
