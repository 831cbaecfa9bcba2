"""``newswire schema``: JSON Schemas for editors and programs."""

from __future__ import annotations

import click

from newswire.cli.options import print_json


@click.command()
@click.argument("what", type=click.Choice(["article", "config"]), default="article")
def command(what: str) -> None:
    """Print the JSON Schema of WHAT: an article as JSON, or the config file with all installed plugins."""
    if what == "article":
        from newswire.model import Article  # noqa: PLC0415  # heavy: not for --help

        print_json(Article.model_json_schema())
        return
    from newswire.config import config_schema  # noqa: PLC0415
    from newswire.plugins import load_plugins  # noqa: PLC0415

    print_json(config_schema(load_plugins()))
