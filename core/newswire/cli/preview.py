"""``newswire preview``: what would be posted, without any network."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newswire.cli.files import articles_of
from newswire.cli.options import choose_channels, config_option, json_option, load, print_json
from newswire.errors import InvalidArticle, Refused, UnknownArticle
from newswire.intake import Arrival, Problem
from newswire.preview import Subject, page, previews
from newswire.room import Room
from newswire.store import articles

if TYPE_CHECKING:
    from newswire.appearance import Appearance
    from newswire.preview import Preview

_CHANGES = {
    "same": "followers see no difference",
    "other": "it would be edited",
    "unknown": "whether it looks the same is not known",
}


@click.command()
@click.argument("article", metavar="ARTICLE")
@click.option("--channel", "-C", "names", multiple=True, help="Only this channel (may be given several times).")
@click.option("--page", "page_path", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to this file.")
@config_option
@json_option
def command(article: str, names: tuple[str, ...], page_path: Path | None, config_path: Path, *, as_json: bool) -> None:
    """Show what each channel would post of ARTICLE, and why it would or would not. Nothing is sent.

    ARTICLE is the id of a published article or digest, or a file: of an intake, or an article as JSON. A file is shown
    as if it were published now, beside what is published of it. Channels that are not enabled are shown too, so that a
    config can be tried before its secrets exist. The page of '--page' looks like the platforms, and needs nothing but
    the article's pictures.
    """
    room = Room(load(config_path, require_secrets=False))
    try:
        room.store.require_current(make=False)
        chosen = choose_channels(room.config, names)
        subject = _of_file(room, Path(article)) if Path(article).is_file() else _published(room, article)
        with room.store.read() as connection:
            found = previews(connection, room.config, room.services, subject, chosen)
    finally:
        room.close()
    if page_path is not None:
        _write(page_path, page(subject, found))
        click.echo(f"{page_path}: {sum(one.matches for one in found)} of {len(found)} channels would post it", err=True)
    if as_json:
        print_json([asdict(one) for one in found])
    elif page_path is None:
        for one in found:
            _show(one)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error


def _published(room: Room, article_id: str) -> Subject:
    with room.store.read() as connection:
        stored = articles.load(connection, article_id)
    if stored is None:
        raise UnknownArticle(
            f"no article has the id {article_id!r}, and no file is called so; 'newswire status' counts what there is"
        )
    return Subject(stored)


def _of_file(room: Room, path: Path) -> Subject:
    """The article of a file, as if it were published now.

    Raises:
        InvalidArticle: there is none in it that could be.
    """
    name, delivered = articles_of(room, path.resolve())
    for item in delivered:
        if isinstance(item, Arrival):
            before, after = room.publisher.foresee(item.article, intake=name)
            return Subject(after, before if before != after else None)
        if isinstance(item, Problem):
            raise InvalidArticle(item.message, place=item.place, line=item.line)
    raise Refused(f"{path}: its intake leaves it out: it is a draft, or skipped by a rule of the config")


def _show(one: Preview) -> None:
    click.secho(f"{one.channel}: {'matches' if one.matches else 'no match'}", bold=True)
    click.echo(f"  {one.because}")
    if one.failure is not None:
        click.secho(f"  {one.failure}", fg="red")
    if one.out is not None:
        what = f"revision {one.out.rev}" if one.out.rev else "a post"
        where = f" ({one.out.url})" if one.out.url else ""
        click.echo(f"  {what} is out{where}: {_CHANGES[one.out.change]}")
    for appearance in one.appearances:
        _show_post(appearance)
    if one.difference:
        click.echo("  the text changes:")
        for line in one.difference:
            click.secho(f"    {line}", fg={"+": "green", "-": "red"}.get(line[:1]))


def _show_post(one: Appearance) -> None:
    length = f"{one.length} of {one.longest} characters" if one.longest else f"{len(one.text)} characters"
    click.echo(f"  {', '.join([f'language {one.language}', length, *one.notes])}")
    if one.warning:
        click.echo(f"  behind the warning {one.warning!r}")
    click.echo("\n".join(f"  │ {line}" for line in one.text.split("\n")))
    for entity in one.entities:
        if entity.kind == "link":
            marked = one.text[entity.offset : entity.offset + entity.length]
            click.echo(f"  {marked!r} leads to {entity.value}")
    for picture in one.media:
        click.echo(f"  picture {picture.url}{f': {picture.alt}' if picture.alt else ''}")
    if one.card is not None:
        click.echo(f"  card of {one.card.url}")
    for row in one.buttons:
        click.echo("  " + " ".join(f"[{button.text}]({button.url})" for button in row))
