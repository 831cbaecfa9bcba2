"""``newswire sandbox``: stand-ins of the platforms, to rehearse a config."""

from __future__ import annotations

import click


@click.command()
@click.option("--bind", default="127.0.0.1:8400", show_default=True, help="Loopback address and port.")
@click.option("--limits/--no-limits", default=True, show_default=True, help="Keep the platforms' rate limits.")
def command(bind: str, *, limits: bool) -> None:
    """Serve stand-ins of the Telegram and Mastodon APIs on loopback, and the wall that shows every post."""
    from newswire.sandbox import Sandbox, run  # noqa: PLC0415  # heavy: not for --help

    base = f"http://{bind}"
    click.echo(f"The wall:                       {base}/")
    click.echo(f'Telegram, in [[accounts]]:      api_url = "{base}/telegram"  token = any of the form 123456:abc')
    click.echo(f'Mastodon, in [[accounts]]:      url = "{base}/mastodon/main"  token = any word')
    click.echo("Stop with Ctrl-C.")
    run(bind, sandbox=Sandbox(auto_register=True, limits=limits))
