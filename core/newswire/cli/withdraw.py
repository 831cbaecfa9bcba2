"""``newswire withdraw``: take an article back everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, json_option, load, print_json
from newswire.room import Room

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE...")
@config_option
@json_option
def command(article_ids: tuple[str, ...], config_path: Path, *, as_json: bool) -> None:
    """Withdraw articles by their ids: they leave every feed, and every post of them is deleted.

    A running `newswire run` deletes the posts. An intake that still has the article does not bring it back;
    `newswire publish --reinstate FILE` does.
    """
    room = Room(load(config_path, require_secrets=False))
    try:
        room.prepare(sends=False)
        results = [room.publisher.withdraw(article_id) for article_id in article_ids]
    finally:
        room.close()
    if as_json:
        print_json([{"article": item.article_id, "rev": item.rev, "changed": bool(item.kind)} for item in results])
        return
    for item in results:
        click.echo(f"{item.article_id}: {'withdrawn' if item.kind else 'was withdrawn already'}")
