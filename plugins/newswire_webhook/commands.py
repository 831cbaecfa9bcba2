"""``newswire webhook``: what whoever sets up a receiver needs."""

from __future__ import annotations

import click
import orjson


@click.group("webhook")
def command() -> None:
    """Make a secret for a receiver of webhooks; print what messages look like."""


@command.command("secret")
def secret_command() -> None:
    """Make a secret to sign messages with; the receiver gets the same."""
    from newswire_webhook.signing import new_secret  # noqa: PLC0415  # each command brings its own

    click.echo(new_secret())


@command.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of the messages."""
    from newswire_webhook.payload import schema  # noqa: PLC0415  # as above

    click.echo(orjson.dumps(schema(), option=orjson.OPT_INDENT_2))
