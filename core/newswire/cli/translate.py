"""``newswire translate``: asking for an article in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, json_option, load, print_json
from newswire.cli.translations import asking, document, name_of_user
from newswire.errors import Refused
from newswire.languages import standardize
from newswire.store import Store
from newswire.translation.asking import Wish

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("article_id", metavar="ARTICLE")
@click.argument("languages", metavar="LANG...", nargs=-1, required=True)
@click.option("--translator", "-T", help="By this translator; else by the first of the config that takes the language.")
@config_option
@json_option
def command(
    article_id: str, languages: tuple[str, ...], translator: str | None, config_path: Path, *, as_json: bool
) -> None:
    """Ask for ARTICLE in other languages. A running `newswire run` has it translated.

    What was asked for already is not asked for twice; what was refused is tried again.
    """
    try:
        wanted = [standardize(tag) for tag in languages]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="LANG") from None
    config = load(config_path, require_secrets=False, sends=False)
    if translator is not None and translator not in {one.name for one in config.translators}:
        there = ", ".join(one.name for one in config.translators) or "none"
        raise Refused(f"no translator is called {translator!r}; there are: {there}")
    with Store(config.store.url) as store:
        store.require_current(make=False)
        desk = asking(config, store)
        wish = Wish(f"command line ({name_of_user()})", translator=translator)
        found = [desk.ask(article_id, tag, wish) for tag in wanted]
    if as_json:
        print_json([document(request) for request in found])
        return
    for request in found:
        click.echo(f"{request.id}\t{request.article_id}\t{request.language}\t{request.state}\t{request.translator}")
