"""``newswire preview``: what would be posted, without any network."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import choose_channels, config_option, json_option, load, print_json
from newswire.delivery import Start
from newswire.dispatch.dispatcher import open_channel
from newswire.errors import UnknownArticle
from newswire.room import Room
from newswire.store import articles
from newswire.store.library import story_for

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.config import ConfiguredChannel
    from newswire.store.articles import StoredArticle


@click.command()
@click.argument("article_id", metavar="ARTICLE")
@click.option("--channel", "-C", "names", multiple=True, help="Only this channel (may be given several times).")
@config_option
@json_option
def command(article_id: str, names: tuple[str, ...], config_path: Path, *, as_json: bool) -> None:
    """Show what each channel would post of ARTICLE, and why it would or would not. Nothing is sent.

    Channels that are not enabled are shown too, so that a config can be tried before its secrets exist.
    """
    room = Room(load(config_path, require_secrets=False))
    try:
        room.store.require_current(make=False)
        chosen = choose_channels(room.config, names)
        with room.store.read() as connection:
            stored = articles.load(connection, article_id)
            if stored is None:
                raise UnknownArticle(f"no article has the id {article_id!r}; 'newswire status' counts what there is")
            related = articles.load_many(connection, stored.related)
        previews = [_preview(room, channel, stored, related) for channel in chosen]
    finally:
        room.close()
    if as_json:
        print_json(previews)
        return
    for preview in previews:
        _show(preview)
    sys.exit(0)


def _preview(
    room: Room, channel: ConfiguredChannel, stored: StoredArticle, related: dict[str, StoredArticle]
) -> dict[str, Any]:
    story, because = story_for(
        stored,
        related,
        channel=channel.name,
        wanted=channel.subscription,
        reader_language=channel.reader_language,
        taxonomy=room.config.taxonomy,
    )
    document: dict[str, Any] = {
        "channel": channel.name,
        "matches": story is not None and not stored.withdrawn,
        "because": "the article is withdrawn" if stored.withdrawn else because,
        "post": None,
    }
    if story is not None:
        configured = room.config.account(channel.account)
        account = configured.type.connect(configured.name, configured.options, room.services)
        opened = open_channel(room.config, channel, account, Start(0, room.world.clock()))
        document["post"] = asdict(opened.channel.compose(story))
    return document


def _show(preview: dict[str, Any]) -> None:
    click.secho(f"{preview['channel']}: {'matches' if preview['matches'] else 'no match'}", bold=True)
    click.echo(f"  {preview['because']}")
    post = preview["post"]
    if post is None:
        return
    click.echo(f"  language {post['language']}, {len(post['text'])} characters")
    click.echo("\n".join(f"  │ {line}" for line in post["text"].split("\n")))
    for entity in post["entities"]:
        if entity["kind"] == "link":
            marked = post["text"][entity["offset"] : entity["offset"] + entity["length"]]
            click.echo(f"  {marked!r} leads to {entity['value']}")
