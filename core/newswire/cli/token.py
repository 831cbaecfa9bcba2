"""``newswire token``: who may use the HTTP API and the dashboard."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import Length, utc_now
from newswire.store import Store, tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import timedelta
    from pathlib import Path

    from newswire.store.tokens import Token

RATE = 600
"""How many requests a minute a token may make, where nothing else is said."""


@click.group()
def command() -> None:
    """Make, list and revoke tokens: of the HTTP API, and for the dashboard."""


@command.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in TokenScope]),
    multiple=True,
    required=True,
    help="What it may do: read articles and deliveries, write articles; log in to the dashboard; read the metrics. "
    "May be repeated.",
)
@click.option(
    "--rate",
    type=click.IntRange(1, 1_000_000),
    default=RATE,
    show_default=True,
    help="How many requests a minute it may make.",
)
@click.option("--expires", type=Length(), help="For how long it holds, such as 90d; else until it is revoked.")
@config_option
@json_option
def create(
    name: str, scopes: tuple[str, ...], rate: int, expires: timedelta | None, config_path: Path, *, as_json: bool
) -> None:
    """Make a token called NAME, and print its secret: this once, for only a hash of it is kept."""
    if not name.isprintable() or not 1 <= len(name.strip()) == len(name) <= 100:  # noqa: PLR2004  # as in the config
        raise click.BadParameter("it is 1 to 100 printable characters, no space at its ends.", param_hint="NAME")
    now = utc_now()
    until = now + expires if expires is not None else None
    granted = [TokenScope(word) for word in scopes]
    with _store(config_path, make=True) as store, store.write() as connection:
        secret = tokens.create(connection, name, granted, rate=rate, expires=until, now=now)
    if as_json:
        print_json({"name": name, "token": secret, "scopes": sorted(set(granted)), "rate": rate, "expires": until})
        return
    click.echo(secret)
    click.echo(f"Keep it well: it is not shown again. {_use(granted)}", err=True)


@command.command(name="list")
@config_option
@json_option
def list_command(config_path: Path, *, as_json: bool) -> None:
    """List the tokens: what each may do, and when it was last used."""
    with _store(config_path) as store, store.read() as connection:
        found = tokens.listing(connection)
    if as_json:
        print_json([_document(token) for token in found])
        return
    header = ("name", "scopes", "requests a minute", "created", "expires", "last used")
    print_table("Tokens", header, [_line(token) for token in found])


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@config_option
def revoke(names: tuple[str, ...], config_path: Path) -> None:
    """Take tokens back: from now on they open nothing."""
    with _store(config_path) as store, store.write() as connection:
        for name in names:
            tokens.revoke(connection, name)
    for name in names:
        click.echo(f"{name}: revoked")


@contextmanager
def _store(config_path: Path, *, make: bool = False) -> Iterator[Store]:
    with Store(load(config_path, require_secrets=False).store.url) as store:
        store.require_current(make=make)
        yield store


def _use(granted: Collection[TokenScope]) -> str:
    ways = []
    if TokenScope.ADMIN in granted:
        ways.append("It logs in to the dashboard, at /dashboard/ of [http] public_url.")
    if not {TokenScope.READ, TokenScope.WRITE}.isdisjoint(granted):
        ways.append("Send it as 'Authorization: Bearer ...' to the HTTP API.")
    return " ".join(ways)


def _document(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "scopes": sorted(token.scopes),
        "rate": token.rate,
        "created": token.created,
        "expires": token.expires,
        "used": token.used,
    }


def _line(token: Token) -> tuple[object, ...]:
    return token.name, " ".join(sorted(token.scopes)), token.rate, token.created, token.expires, token.used
