"""``newswire telegram``: what can be done for bots besides posting."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newswire.api import Outcome, config_option, with_account

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.api import ConnectedAccount


@click.group("telegram")
def command() -> None:
    """Set up Telegram bots."""


@command.command("setup")
@config_option
@click.argument("account", required=False)
def setup_command(config_path: Path, account: str | None) -> None:
    """Set a bot's name, descriptions and commands per language to what the account's profile says.

    Only what differs is set. ACCOUNT is its name in the config, and need not be given where there is one only. Exit
    code 1: the bot was refused.
    """
    sys.exit(0 if with_account(config_path, "telegram", account, _set_up) else 1)


async def _set_up(connected: ConnectedAccount) -> bool:
    from newswire_telegram.account import TelegramAccount  # noqa: PLC0415  # not for --help
    from newswire_telegram.profile import set_up  # noqa: PLC0415  # as above

    if not isinstance(connected.account, TelegramAccount):
        return False
    told = False
    try:
        async for line in set_up(connected.account):
            click.echo(line)
            told = True
    except Outcome as refused:
        click.echo(f"refused: {refused}", err=True)
        return False
    if not told:
        click.echo("nothing to set: the account has no [accounts.profile.LANGUAGE]")
    return True
