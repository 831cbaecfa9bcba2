"""The command ``newswire export-feeds``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newswire.api import Refused, config_option, with_services
from newswire_feeds.options import FeedsOptions

if TYPE_CHECKING:
    from newswire.api import Services
    from newswire_feeds.export.exporting import Outcome

_TOLD = 5


@click.command("export-feeds")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--archives/--no-archives", "past", default=True, show_default=True, help="Write monthly archives, too.")
@click.option("--anew", is_flag=True, help="Make every document again, also what cannot have changed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@config_option
def command(folder: Path, config_path: Path, *, past: bool, anew: bool, as_json: bool) -> None:
    """Write all feeds into DIR as files, for nginx, object storage or Pages.

    The files are those the web app serves, byte for byte, each with its gzip beside it. Run it again, as often as you
    like: only what has changed is written, each file in one step, and what is not there any more is removed. Files
    that are not newswire's are left alone.
    """
    outcome = with_services(config_path, lambda services: _with_progress(services, folder, past=past, anew=anew))
    if as_json:
        counts = {"written": outcome.written, "unchanged": outcome.unchanged, "removed": outcome.removed}
        click.echo(json.dumps({"documents": outcome.documents, **counts, "not_written": outcome.foreign}))
    else:
        click.echo(
            f"{folder}: {outcome.documents:,} documents: {outcome.written:,} written, {outcome.unchanged:,} unchanged, "
            f"{outcome.removed:,} removed"
        )
    if outcome.foreign:
        names = ", ".join(outcome.foreign[:_TOLD]) + (", ..." if len(outcome.foreign) > _TOLD else "")
        raise Refused(
            f"{len(outcome.foreign)} documents are not in {folder}, for somebody else's files are in their place, or "
            f"their names are too long for a file: {names}. Move those files away, or export into another folder"
        )


def _with_progress(services: Services, folder: Path, *, past: bool, anew: bool) -> Outcome:
    from newswire_feeds.export.exporting import export  # noqa: PLC0415  # lxml and feedgen: not for --help

    options = services.settings(FeedsOptions)
    if not sys.stderr.isatty():
        return export(services, options, folder, past=past, anew=anew)
    from rich.console import Console  # noqa: PLC0415  # only where there is somebody to see it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("feeds", total=None)

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        return export(services, options, folder, past=past, anew=anew, progress=show)
