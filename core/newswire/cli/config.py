"""``newswire config``: the config as newswire understands it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option, json_option, load, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newswire.config.locate import KeyPath
    from newswire.config.origins import Origins

_COLUMN = 60
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@click.group()
def command() -> None:
    """Show the config as newswire understands it."""


@command.command()
@config_option
@json_option
def show(config_path: Path, *, as_json: bool) -> None:
    """Print the whole config, defaults and filters filled in, and where each value came from; secrets are masked."""
    from newswire.config import masked  # noqa: PLC0415  # heavy: not for --help
    from newswire.config.origins import Origins  # noqa: PLC0415
    from newswire.secrets import base_folder  # noqa: PLC0415

    config = load(config_path, require_secrets=False)
    token = base_folder.set(config.path.parent.resolve())
    try:
        tables, origins = masked(config), Origins(config, config_path)
        if as_json:
            print_json({"config": tables, "origins": {_path(path): origins.of(path) for path in _leaves(tables)}})
            return
        for line in _written(tables, origins):
            click.echo(line)
    finally:
        base_folder.reset(token)


def _leaves(tables: dict[str, Any]) -> Iterator[KeyPath]:
    for place, table in _tables(tables):
        yield from ((*place, key) for key in table)


def _tables(tables: dict[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Every table that has a header of its own, and where it is."""
    for name, table in tables.items():
        if isinstance(table, list):
            yield from (((name, position), one) for position, one in enumerate(table))
        elif name in {"topics", "filters"}:
            yield from (((name, key), one) for key, one in table.items())
        else:
            yield (name,), table


def _written(tables: dict[str, Any], origins: Origins) -> Iterator[str]:
    """The config in TOML, with comments that say where each value came from."""
    for place, table in _tables(tables):
        header = ".".join(_key(key) for key in place if isinstance(key, str))
        yield f"[[{header}]]" if isinstance(place[-1], int) else f"[{header}]"
        for key, value in table.items():
            line = f"{_key(key)} = {_value(value)}"
            yield f"{line:<{_COLUMN}}  # {origins.of((*place, key))}"
        yield ""


def _path(path: KeyPath) -> str:
    from newswire.config.problems import shown  # noqa: PLC0415  # heavy: not for --help

    return shown(path)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # TOML 1.0: a basic string knows JSON's escapes; DEL is the one more character that must be escaped.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case dict():
            return (
                f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}" if value else "{}"
            )
        case _:
            return str(value)
