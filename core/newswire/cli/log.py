"""``newswire log``: what happens in the room, as it happens."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
import orjson

from newswire.cli.options import choose_channels, config_option, json_option, load, plain
from newswire.cli.redrawing import ending_quietly
from newswire.cli.times import Moment, utc_now
from newswire.errors import StoreError
from newswire.store import Store
from newswire.store.trail import EventLine, Trail, Wanted
from newswire.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from newswire.store.trail import Line

LOOK = 0.5
"""Seconds between two looks at the store."""
_COLOURS = {
    "published": "cyan", "revised": "cyan", "edition": "cyan", "withdrawn": "cyan",
    "sent": "green", "suppressed": "blue", "retry": "yellow", "channelpaused": "yellow", "lanepaused": "yellow",
    "rejected": "red", "unknown": "red", "channelgone": "red", "accountrefused": "red", "postgone": "red",
}  # fmt: skip


@click.command()
@click.option("--channel", "-C", help="Only the attempts on this channel.")
@click.option("--article", "-A", help="Only what happens to the article of this id.")
@click.option(
    "--since", type=Moment(), metavar="TIME", help="Begin then: 2026-11-23T12:00 (UTC), or '36h' for so long ago."
)
@click.option("-n", "most", type=click.IntRange(min=0), help="Begin with the last so many lines; 10 unless --since.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Go on with what happens, until Ctrl-C.")
@config_option
@json_option
def command(
    channel: str | None,
    article: str | None,
    since: datetime | None,
    most: int | None,
    config_path: Path,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Show what happens, as it happens.

    Articles are published, revised or withdrawn; each attempt to tell a channel of it is a line with what came of it
    and the platform's words. What somebody did to a delivery by hand is a line, too.

    It reads the database, beside whatever is running on it, on this machine or another. Times are in UTC. With --json
    it writes an object a line.
    """
    config = load(config_path, require_secrets=False)
    choose_channels(config, [channel] if channel is not None else [])
    trail = Trail(Wanted(channel=channel, article=article))
    with Store(config.store.url) as store, ending_quietly():
        store.require_current(make=False)
        with store.read() as connection:
            before = trail.take_up(
                connection, now=utc_now(), since=since, most=10 if most is None and since is None else most
            )
        _print(before, as_json=as_json)
        if follow:
            _follow(store, trail, as_json=as_json)


def _follow(store: Store, trail: Trail, *, as_json: bool) -> None:
    answers = True
    while True:
        time.sleep(LOOK)
        try:
            with store.read() as connection:
                lines = trail.follow(connection, now=utc_now())
        except StoreError as error:
            if answers:
                click.echo(f"newswire: the store does not answer, waiting: {error}", err=True)
            answers = False
            continue
        answers = True
        _print(lines, as_json=as_json)


def _print(lines: Iterable[Line], *, as_json: bool) -> None:
    for line in lines:
        if as_json:
            click.echo(orjson.dumps(asdict(line), default=plain))
        else:
            click.echo(_told(line))
    sys.stdout.flush()


def _told(line: Line) -> str:
    at = f"{line.at:%Y-%m-%d %H:%M:%S}"
    if isinstance(line, EventLine):
        kind = click.style(f"{line.kind:14}", fg=_COLOURS.get(line.kind), bold=True)
        return f"{at}  {kind}  {line.article}  revision {line.rev}: {', '.join(line.languages)}"
    outcome = click.style(f"{line.outcome:14}", fg=_COLOURS.get(line.outcome))
    where = f"{line.channel or '(a channel of old)'}  {line.article or ''}"
    words = f": {one_line(line.words)}" if line.words else ""
    return f"{at}  {outcome}  {where}  {line.operation}, revision {line.rev}{words}"
