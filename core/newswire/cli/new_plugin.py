"""``newswire new-plugin``: a complete plugin to begin with."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(["channel", "intake", "follower"]),
    multiple=True,
    default=["channel"],
    show_default=True,
    help="What it begins with; it may be given several times.",
)
@click.option(
    "--into",
    "parent",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder its folder is made in; unless given, this one.",
)
def command(name: str, kinds: tuple[str, ...], parent: Path) -> None:
    """Write a plugin called NAME: a package of its own that works and is tested, to be changed into yours.

    It has an entry point, options, a channel that posts, edits, deletes and finds (or an intake, or a follower), a
    stand-in for the platform, and tests by the kit that newswire's own plugins are tested with.
    """
    from newswire.skeleton import KINDS, name_plugin, write_plugin  # noqa: PLC0415  # not for --help

    naming = name_plugin(name)
    written = write_plugin(naming, [kind for kind in KINDS if kind in kinds], parent)
    for path in written:
        click.echo(path)
    folder = parent / naming.distribution
    click.echo(f"\nNext:\n  pip install -e '{folder}[dev]'\n  newswire plugins\n  cd {folder} && pytest", err=True)
