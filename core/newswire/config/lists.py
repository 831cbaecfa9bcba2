"""What the ``[[...]]`` tables have in common: splitting them between the room and a type, names, secrets."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, SecretStr, create_model

from newswire.config.problems import closest_word
from newswire.config.validation import validated
from newswire.secrets import MASK, is_reference, resolve_reference, secrets_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newswire.channel import Options
    from newswire.config.locate import KeyPath
    from newswire.config.problems import Report
    from newswire.plugins import Plugins


@dataclass(slots=True)
class Names:
    """The names of one kind of table; each may stand once."""

    report: Report
    taken: dict[str, int] = field(default_factory=dict)

    def take(self, name: Any, path: KeyPath) -> None:
        """Notes the name of the table at a path, or reports that it is taken."""
        if not isinstance(name, str):
            return
        place = path[-1]
        first = self.taken.setdefault(name, place if isinstance(place, int) else 0)
        if first != place:
            line = self.report.lines.line((path[0], first, "name"))
            self.report.add((*path, "name"), f"the name {name!r} is taken already (line {line})")


def tables_of(name: str, tables: Mapping[str, Any], report: Report) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """The ``[[name]]`` tables with their paths; what is no such table is reported."""
    found = tables.get(name, [])
    if not isinstance(found, list):
        report.add((name,), "must be a list of tables", hint=f"write [[{name}]], in double brackets")
        return
    for position, table in enumerate(found):
        if isinstance(table, dict):
            yield (name, position), table
        else:
            report.add((name, position), "must be a table", hint=f"write [[{name}]]")


def split(table: Mapping[str, Any], common: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A table as the keys every such table has, and the others, which are its type's."""
    ours = {key: value for key, value in table.items() if key in common.model_fields}
    return ours, {key: value for key, value in table.items() if key not in common.model_fields}


def type_hint(kind: str, known: Iterable[str], plugins: Plugins) -> str | None:
    """Why there is no such type: its plugin failed or is disabled, or the word is misspelt."""
    words = sorted(known)
    why = plugins.why_missing(kind)
    listing = f"there is {', '.join(words)}" if words else "no plugin offers any"
    return why or closest_word(kind, words) or f"is its plugin installed? {listing}"


@contextmanager
def secrets_optional(*, when: bool) -> Iterator[None]:
    """While it lasts, a placeholder stands in for a secret that cannot be read."""
    token = secrets_needed.set(secrets_needed.get() and not when)
    try:
        yield
    finally:
        secrets_needed.reset(token)


def options(
    model: type[Options],
    table: Mapping[str, Any],
    report: Report,
    path: KeyPath,
    *,
    common: type[BaseModel],
    hints: Mapping[str, str] | None = None,
) -> Options | None:
    """The options of a type, or None after their problems were reported.

    Args:
        model: the type's model.
        table: the keys that are the type's.
        report: takes the problems.
        path: where the table stands.
        common: the model of the keys every such table has, for suggestions.
        hints: hints for keys nobody knows here, by key.
    """
    if not secrets_needed.get():
        model, table = _without_secrets(model, table)
    found = validated(model, table, report, path, known_keys=common.model_fields, hints=hints)
    if found is not None:
        for place in literal_secrets(found, table):
            report.literal_secrets.append((*path, *place))
    return found


def _without_secrets(model: type[Options], table: Mapping[str, Any]) -> tuple[type[Options], dict[str, Any]]:
    """A model that takes a placeholder for every secret that cannot be read, and the table with the placeholders.

    A type may look at its secrets more closely (a bot token has a form), which no placeholder would pass.
    """
    unread = [
        key for key, info in model.model_fields.items() if _is_secret(info.annotation) and _unread(table.get(key))
    ]
    if not unread:
        return model, dict(table)
    fields: dict[str, Any] = dict.fromkeys(unread, (SecretStr, ...))
    return create_model(model.__name__, __base__=model, **fields), {**table, **dict.fromkeys(unread, SecretStr(MASK))}


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _unread(written: Any) -> bool:
    try:
        return isinstance(written, str) and is_reference(written) and not resolve_reference(written)
    except ValueError:
        return True


def literal_secrets(model: BaseModel, table: Any) -> Iterator[KeyPath]:
    """Where a secret itself stands in a table, and no reference."""
    if not isinstance(table, dict):
        return
    for name, info in type(model).model_fields.items():
        key = info.alias or name
        if key in table:
            for place in _literal(getattr(model, name), table[key]):
                yield (key, *place)


def _literal(value: Any, written: Any) -> Iterator[KeyPath]:
    if isinstance(value, SecretStr):
        if isinstance(written, str) and not is_reference(written):
            yield ()
    elif isinstance(value, BaseModel):
        yield from literal_secrets(value, written)
    elif isinstance(value, list | tuple) and isinstance(written, list):
        for position, (item, item_written) in enumerate(zip(value, written, strict=False)):
            for place in _literal(item, item_written):
                yield (position, *place)
