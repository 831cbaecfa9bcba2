"""``newswire channels``: which channels there are, and letting them rest or go on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import Length, utc_now
from newswire.errors import Refused
from newswire.standing import UNTIL_RESUMED
from newswire.store import Store, channels, standing, wakeups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from pathlib import Path

    from sqlalchemy.engine import Connection

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
    until = utc_now() + length if length is not None else UNTIL_RESUMED
    with _writing(config_path, names) as connection:
        channels.pause(connection, names, until=until, note="paused by hand")
    when = f"until {until:%Y-%m-%d %H:%M} UTC" if length is not None else "until it is resumed"
    _tell(names, f"paused {when}")


@command.command()
@names_argument
@config_option
def resume(names: tuple[str, ...], config_path: Path) -> None:
    """Go on posting to channels that were paused, by hand or by the platform."""
    with _writing(config_path, names) as connection:
        gone = [row["name"] for row in channels.find(connection, names) if not row["active"]]
        if gone:
            raise Refused("\n".join(f"{name} is not active: 'newswire channels activate' lifts that" for name in gone))
        channels.pause(connection, names, until=None, note=None)
    _tell(names, "goes on")


@command.command()
@names_argument
@config_option
def activate(names: tuple[str, ...], config_path: Path) -> None:
    """Post again to channels that were deactivated because the platform said they are gone or closed to us."""
    with _writing(config_path, names) as connection:
        absent = [row["name"] for row in channels.find(connection, names) if row["note"] == channels.NOT_ENABLED]
        if absent:
            raise Refused("\n".join(f"{name} is {channels.NOT_ENABLED}: enable it there" for name in absent))
        channels.activate(connection, names)
    _tell(names, "is active")


@contextmanager
def _writing(config_path: Path, names: Sequence[str]) -> Iterator[Connection]:
    """A transaction on channels that are all there.

    Raises:
        Refused: one is not.
    """
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        with store.write() as connection:
            known = {row["name"] for row in channels.find(connection, names)}
            unknown = [name for name in names if name not in known]
            if unknown:
                raise Refused("\n".join(f"there is no channel {name!r}; 'newswire channels list'" for name in unknown))
            yield connection
            wakeups.announce(connection)


def _line(one: ChannelStanding) -> tuple[object, ...]:
    rests = one.pause
    until = (rests.until if rests.ends else "resumed") if rests else None
    note = one.inactive or (rests.because if rests else None)
    return one.name, one.account, "no" if one.inactive else "yes", until, one.last_post, note


def _tell(names: Sequence[str], what: str) -> None:
    for name in names:
        click.echo(f"{name}: {what}")
