"""Every command of ``newswire`` with its arguments and options, plugins' own included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newswire.cli import COMMANDS, program
from newswire.plugins import load_plugins
from reference.wording import code, described, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands() -> str:
    """All commands, in the order of ``newswire --help``; then those of plugins.

    Raises:
        Gap: a command or an option has no help.
    """
    context = click.Context(program, info_name="newswire")
    ours = [program.get_command(context, name) for name in COMMANDS]
    lines: list[str] = []
    for name, command in zip(COMMANDS, ours, strict=True):
        if command:
            lines += _command(click.Context(command, parent=context, info_name=name))
    for command in load_plugins().commands:
        lines += _command(click.Context(command, parent=context, info_name=command.name))
    return "\n".join(lines)


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from (f"## {context.command_path}", "", f"    {usage}", "")
    yield from (described(command.help, context.command_path).replace("\b\n", ""), "")
    rows = [_option(option, context) for option in command.get_params(context) if isinstance(option, click.Option)]
    yield from (table(("option", "means"), rows), "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner:
                yield from (
                    line.replace("## ", "### ", 1) if line.startswith("## ") else line
                    for line in _command(click.Context(inner, parent=context, info_name=name))
                )


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    described(option.help, f"{context.command_path} {option.opts[0]}")
    names, means = option.get_help_record(context) or ("", "")
    return code(names), means
