"""What several commands share: options, loading the config, output for people and for programs."""

from __future__ import annotations

import getpass
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from newswire.config import Config, ConfiguredChannel

config_option = click.option(
    "--config",
    "-c",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    envvar="NEWSWIRE_CONFIG",
    help="The config file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load(config_path: Path, *, require_secrets: bool = True, sends: bool = True) -> Config:
    """Loads the config, sets up logging by it, and tells its warnings.

    Raises:
        ConfigError: it cannot be used.
    """
    from newswire.config import load_config  # noqa: PLC0415  # heavy: not for --help
    from newswire.logs import setup_logging  # noqa: PLC0415

    config = load_config(config_path, require_secrets=require_secrets, sends=sends)
    setup_logging(config.logging.level, config.logging.format)
    for warning in config.warnings:
        click.echo(f"warning: {warning}", err=True)
    return config


def choose_channels(config: Config, names: Sequence[str]) -> list[ConfiguredChannel]:
    """The channels of these names, or all of them, enabled or not.

    Raises:
        ConfigError: there is none of a name.
    """
    from newswire.errors import ConfigError  # noqa: PLC0415  # not for --help

    known = {channel.name: channel for channel in config.channels}
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no channel {name!r}; there are: {', '.join(known) or 'none'}")
    return [known[name] for name in names] if names else list(known.values())


def whoever_calls() -> str:
    """The name of the person at the command line, for what is done by hand."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "somebody"
    return f"{name}@{socket.gethostname()}"


def print_json(document: Any) -> None:
    """Prints a document as JSON."""
    import orjson  # noqa: PLC0415  # not for --help

    text = orjson.dumps(document, default=plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    click.echo(text.decode())


def plain(value: object) -> object:
    """What JSON can say of a value; for orjson."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Path | tuple | set | frozenset):
        return str(value) if isinstance(value, Path) else list(value)
    return str(value)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a table: drawn on a terminal, tab-separated elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415  # only where there is somebody to see it

        Console().print(drawn_table(title, header, rows))
        return
    click.echo(f"# {title}")
    for row in ([*header], *([_cell(value) for value in row] for row in rows)):
        click.echo("\t".join(row))


def drawn_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> RenderableType:
    """A table as it is drawn on a terminal."""
    from rich.table import Table  # noqa: PLC0415  # only where there is somebody to see it
    from rich.text import Text  # noqa: PLC0415

    table = Table(*header, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
