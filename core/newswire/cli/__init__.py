"""The ``newswire`` program. Only click is imported before a command is chosen, so that ``--help`` answers at once."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any

import click

from newswire import __version__

# Name: module below newswire.cli, and what the list of commands says of it.
COMMANDS = {
    "init": ("init", "Ask a few questions and write a config to start with."),
    "run": ("run", "Take articles in, deliver them, serve the feeds."),
    "check": ("check", "Look whether the config, the accounts and the channels are as they should be."),
    "config": ("config", "Show the config, and where each value came from."),
    "publish": ("publish", "Publish files now."),
    "withdraw": ("withdraw", "Withdraw an article everywhere."),
    "preview": ("preview", "Show what would be posted, without any network."),
    "explain": ("explain", "Say why an article did, or did not, go out."),
    "status": ("status", "Show how everything stands, and what needs a hand."),
    "log": ("log", "Follow what happens, as it happens."),
    "deliveries": ("deliveries", "List deliveries; retry, resend, resolve or discard them by hand."),
    "channels": ("channels", "List channels; pause, resume or activate them."),
    "translate": ("translate", "Ask for an article in another language."),
    "translations": ("translations", "List what machines translate; retry, cancel or discard it."),
    "alerts": ("alerts", "List what there are alerts about; try whether they arrive."),
    "token": ("token", "Make, list and revoke tokens of HTTP API, dashboard and metrics."),
    "plugins": ("plugins", "List the plugins and what each offers."),
    "migrate": ("migrate", "Bring the database to the schema of this version."),
    "backup": ("backup", "Copy the database while it is in use."),
    "prune": ("prune", "Archive and fold what is older than [store] keep, now."),
    "new-plugin": ("new_plugin", "Write a plugin to begin with."),
    "schema": ("schema", "Print a JSON Schema: of articles, or of the config."),
    "sandbox": ("sandbox", "Serve stand-ins of Telegram and Mastodon, and the wall."),
    "demo": ("demo", "Show everything at work, with no account and no network."),
}


class CommandGroup(click.Group):
    """Commands that are imported when they are called; plugins' commands are asked for when no other fits."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of newswire's own commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        del ctx
        if cmd_name in COMMANDS:
            module = import_module(f"newswire.cli.{COMMANDS[cmd_name][0]}")
            command = module.command
            return command if isinstance(command, click.Command) else None
        return next((command for command in _plugin_commands() if command.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands, importing none of ours; those of plugins are imported when packages changed."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])
        from newswire.cli import remembered  # noqa: PLC0415  # only who asks for the list pays for it

        known = remembered.recall()
        of_plugins = remembered.remember(_plugin_commands()) if known is None else known
        if of_plugins:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(of_plugins)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, or says which one was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            import difflib  # noqa: PLC0415  # nobody pays for it who makes no mistake

            names = [*COMMANDS, *(command.name or "" for command in _plugin_commands())]
            close = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else " 'newswire --help' lists the commands."
            raise click.UsageError(f"No such command '{name}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@cache
def _plugin_commands() -> tuple[click.Command, ...]:
    from newswire.plugins import load_plugins  # noqa: PLC0415  # only when no command of ours fits

    return load_plugins().commands


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="newswire")
def program() -> None:
    """The wire room of a multilingual news site: articles in, feeds, Telegram and Mastodon out."""


def main(*args: Any, **kwargs: Any) -> None:
    """The entry point: errors that newswire expects are told in words, without a traceback."""
    try:
        program(*args, **kwargs)
    except Exception as error:
        from newswire.errors import ConfigError, NewswireError  # noqa: PLC0415  # nothing to import when all is well

        if not isinstance(error, NewswireError):
            raise
        click.echo(f"newswire: {error}" if "\n" not in str(error) else str(error), err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
