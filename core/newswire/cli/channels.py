"""``newswire channels``: which channels there are, and letting them rest or go on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newswire.admin import Admin
from newswire.cli.options import config_option, json_option, load, print_json, print_table, whoever_calls
from newswire.cli.times import Length, utc_now
from newswire.store import Store, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from pathlib import Path

    from newswire.standing import ChannelStanding

names_argument = click.argument("names", nargs=-1, required=True, metavar="CHANNEL...")


@click.group()
def command() -> None:
    """List channels, and let them rest or go on."""


@command.command(name="list")
@config_option
@json_option
def list_command(config_path: Path, *, as_json: bool) -> None:
    """List every channel the database knows: active, paused, why, and when it last showed something new."""
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        with store.read() as connection:
            found = standing.closer(connection, standing.read(connection, config, now=utc_now()).channels)
    found.sort(key=lambda one: one.name)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    header = ("channel", "account", "active", "paused until", "last post", "note")
    print_table("Channels", header, [_line(one) for one in found])


@command.command()
@names_argument
@click.option("--for", "length", type=Length(), help="How long; else until 'newswire channels resume'.")
@config_option
def pause(names: tuple[str, ...], length: timedelta | None, config_path: Path) -> None:
    """Post nothing to channels for a while; what is news when it ends goes out then."""
    with _admin(config_path) as admin:
        until = admin.pause(names, length)
    when = f"until {until:%Y-%m-%d %H:%M} UTC" if length is not None else "until it is resumed"
    _tell(names, f"paused {when}")


@command.command()
@names_argument
@config_option
def resume(names: tuple[str, ...], config_path: Path) -> None:
    """Go on posting to channels that were paused, by hand or by the platform."""
    with _admin(config_path) as admin:
        admin.resume(names)
    _tell(names, "goes on")


@command.command()
@names_argument
@config_option
def activate(names: tuple[str, ...], config_path: Path) -> None:
    """Post again to channels that were deactivated because the platform said they are gone or closed to us."""
    with _admin(config_path) as admin:
        admin.activate(names)
    _tell(names, "is active")


@contextmanager
def _admin(config_path: Path) -> Iterator[Admin]:
    with Store(load(config_path, require_secrets=False).store.url) as store:
        store.require_current(make=False)
        yield Admin(store=store, clock=utc_now, who=whoever_calls())


def _line(one: ChannelStanding) -> tuple[object, ...]:
    rests = one.pause
    until = (rests.until if rests.ends else "resumed") if rests else None
    note = one.inactive or (rests.because if rests else None)
    return one.name, one.account, "no" if one.inactive else "yes", until, one.last_post, note


def _tell(names: Sequence[str], what: str) -> None:
    for name in names:
        click.echo(f"{name}: {what}")
