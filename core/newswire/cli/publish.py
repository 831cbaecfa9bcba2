"""``newswire publish``: files, now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newswire.cli.files import articles_of
from newswire.cli.options import config_option, json_option, load, print_json
from newswire.room import Room

if TYPE_CHECKING:
    from newswire.receiving import Report


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
@json_option
@click.option("--reinstate", is_flag=True, help="Bring withdrawn articles back.")
def command(files: tuple[Path, ...], config_path: Path, *, as_json: bool, reinstate: bool) -> None:
    """Publish FILES now: files of a configured intake, or articles as JSON.

    A file of an intake brings its whole article, in all its languages. A running `newswire run` delivers it.
    """
    room = Room(load(config_path, require_secrets=False))
    try:
        room.prepare(sends=False)
        reports = [_publish(room, path.resolve(), reinstate=reinstate) for path in files]
    finally:
        room.close()
    problems = [str(problem) for report in reports for problem in report.problems]
    if as_json:
        print_json([{"file": path, **report.as_document()} for path, report in zip(files, reports, strict=True)])
    else:
        for path, report in zip(files, reports, strict=True):
            told = ", ".join(f"{number} {what}" for what, number in sorted(report.counts.items()))
            click.echo(f"{path}: {told or 'nothing in it'}")
        for problem in problems:
            click.echo(f"problem: {problem}", err=True)
    sys.exit(1 if problems else 0)


def _publish(room: Room, path: Path, *, reinstate: bool) -> Report:
    name, delivered = articles_of(room, path)
    return room.receiver(name).receive(delivered, reinstate=reinstate, keep=False)
