"""``newswire mastodon``: get a token, and set up the account that the posts come from."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import click

from newswire.api import ConfigError, Outcome, config_option, with_account
from newswire_mastodon.options import base_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.api import ConnectedAccount


@click.group("mastodon")
def command() -> None:
    """Get a token for a Mastodon account, and set the account up."""


@command.command("login")
@click.argument("url")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file for the token; unless given, SERVER.token in this folder. It must not exist yet.",
)
def login_command(url: str, target: Path | None) -> None:
    """Get a token from the server at URL, by way of your browser.

    The server asks you, in your browser, whether newswire may post for the account you are signed in as there, and
    shows a code. Enter it here; the token is written to a file that only you can read.
    """
    from newswire_mastodon.login import Login  # noqa: PLC0415  # Mastodon.py takes its time

    try:
        address = base_address(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise ConfigError(f"{url} {error}") from None
    path = target or Path(f"{urlsplit(address).hostname}.token")
    with _new_file(path) as file:
        login = Login(address)
        click.echo("Open this address in the browser in which you are signed in as the account that is to post:")
        click.echo(f"\n  {login.begin()}\n")
        token = login.finish(click.prompt("The code that the server shows").strip())
        file.write(f"{token.secret}\n")
    click.echo(f"Signed in as @{token.account}. The token is in {path}. The account in your config:")
    click.echo(f'\n  [[accounts]]\n  name = "{token.account}"\n  type = "mastodon"\n  url = "{address}"')
    click.echo(f'  token = "file:{path}"\n')


@contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """A file that only its owner can read; it goes again when there is nothing to keep.

    Raises:
        ConfigError: it exists, or cannot be made.
    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} exists; move it away, or name another file with --to") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@command.command("setup")
@config_option
@click.argument("account", required=False)
def setup_command(config_path: Path, account: str | None) -> None:
    """Set up the account named ACCOUNT in the config: bot flag, language, fields, and what else its profile says.

    Doing it again changes nothing but what the config says otherwise by now.
    """

    async def work(connected: ConnectedAccount) -> list[str]:
        from newswire_mastodon.profile import set_up  # noqa: PLC0415  # Mastodon.py takes its time

        try:
            return await set_up(connected)
        except Outcome as outcome:
            raise ConfigError(f"account {connected.name}: {outcome}") from None

    for line in with_account(config_path, "mastodon", account, work):
        click.echo(line)
