"""``newswire backup``: a copy of the database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, json_option, load, print_json
from newswire.cli.times import utc_now
from newswire.errors import Refused, StoreError
from newswire.store import Store

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@config_option
@json_option
def command(file: Path, config_path: Path, *, force: bool, as_json: bool) -> None:
    """Copy the database into FILE, whole and checked, while newswire goes on working.

    FILE appears when the copy is complete; its time is that of what is in it. To restore, stop newswire, put the
    copy in the database's place, and start with `newswire run --hold-before now`.
    """
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        if not store.engines.sqlite:
            raise Refused(f"{config.store.shown} is PostgreSQL: 'pg_dump --format=custom' makes a backup of it")
        store.require_current(make=False)
        database = Path(store.engines.url.database or "").absolute()
    if file.exists() and file.samefile(database):
        raise Refused(f"{file} is the database itself")
    if file.exists() and not force:
        raise Refused(f"{file} is there already; --force replaces it")
    taken = back_up(database, file)
    size = file.stat().st_size
    if as_json:
        print_json({"file": file, "bytes": size, "taken": taken})
    else:
        click.echo(f"{file}: {size:,} bytes, as of {taken:%Y-%m-%d %H:%M:%S} UTC; its integrity was checked")


def back_up(database: Path, file: Path) -> datetime:
    """Copies an SQLite database in use; the file is there when all of it is, and safe on the disk.

    Returns:
        The time of what is in the copy, which is also the file's.

    Raises:
        StoreError: it could not be copied, or the copy is not whole.
    """
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        taken = utc_now()
        _copy(database, partial)
        os.utime(partial, (taken.timestamp(), taken.timestamp()))
        _make_durable(partial)
        partial.replace(file)
        _make_durable(file.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"no backup was made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return taken


def _copy(database: Path, partial: Path) -> None:
    source = sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True, timeout=10.0)
    with closing(source), closing(sqlite3.connect(partial)) as copy:
        # One step under one read transaction: in WAL mode writers go on meanwhile, and none makes it start again.
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(10)")]
    if found != ["ok"]:
        raise StoreError(f"no backup was made: the copy is damaged, as the database may be: {'; '.join(found)}")


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
