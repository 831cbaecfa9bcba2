"""``newswire prune``: retention, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import utc_now
from newswire.errors import Refused
from newswire.store import Store, folded, pruning
from newswire.store.retention import Retention

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.config import StoreSettings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be pruned.")
@click.option("--forget", metavar="FOLLOWER", help="Forget a follower that is not used any more and holds events.")
@config_option
@json_option
def command(config_path: Path, forget: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Archive and prune what is older than [store] keep. A running `newswire run` does the same from time to time.

    Deliveries at rest are archived and folded, attempts and events archived and deleted. Posts that are out can still
    be edited and deleted.
    """
    settings = load(config_path, require_secrets=False).store
    with Store(settings.url) as store:
        store.require_current(make=False)
        if forget is not None and not dry_run:
            _forget(store, forget)
        retention = Retention(store, settings.keep, settings.archive_folder, utc_now)
        told = _told(store, settings, retention.count() if dry_run else _prune(retention))
    if as_json:
        print_json(told)
        return
    if settings.keep is None:
        click.echo('Nothing is pruned: [store] keep is "off".')
        return
    title = "Would be pruned" if dry_run else "Pruned"
    print_table(f"{title} to {settings.archive_folder}", ("what", "rows"), list(told["rows"].items()))
    click.echo(f"{told['folded_articles']} articles have their deliveries folded.")
    for name, cursor in told["events_held_by"].items():
        click.echo(f"The follower {name} has read up to event {cursor}; what comes after stays until it goes on.")


def _prune(retention: Retention) -> dict[str, int]:
    total: dict[str, int] = {}
    for kind, number in retention.steps():
        total[kind] = total.get(kind, 0) + number
    return total


def _told(store: Store, settings: StoreSettings, rows: dict[str, int]) -> dict[str, Any]:
    with store.read() as connection:
        held = pruning.followers_behind(connection, utc_now() - settings.keep) if settings.keep else []
        return {
            "rows": rows,
            "folded_articles": folded.count(connection),
            "events_held_by": dict(held),
            "archive": settings.archive_folder,
        }


def _forget(store: Store, name: str) -> None:
    with store.write() as connection:
        if not pruning.forget_follower(connection, name):
            raise Refused(f"there is no follower {name!r}")
