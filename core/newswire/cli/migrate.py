"""``newswire migrate``: the schema of this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, load
from newswire.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_option
def command(config_path: Path) -> None:
    """Bring the database to the schema of this version. Stop other newswire processes first."""
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        before = store.revision()
        store.upgrade()
        after = store.revision()
    click.echo(f"schema {after}" + (" (nothing to do)" if before == after else f", was {before or 'empty'}"))
