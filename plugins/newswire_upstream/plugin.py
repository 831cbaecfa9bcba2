"""The entry point: hands the intake of feeds, the addresses hubs call, and the command to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.api import AnyIntakeType, HttpApp


@hookimpl
def newswire_intake_types() -> Sequence[AnyIntakeType]:
    """The intake type of kind ``upstream``."""
    from newswire_upstream.kind import UpstreamIntakeType  # noqa: PLC0415  # a plugin's module stays cheap to import

    return (UpstreamIntakeType(),)


@hookimpl
def newswire_http_apps() -> Sequence[HttpApp]:
    """The addresses hubs call."""
    from newswire_upstream.websub.callback import Callbacks  # noqa: PLC0415  # as above

    return (Callbacks(),)


@hookimpl
def newswire_cli_commands() -> Sequence[click.Command]:
    """The command ``newswire upstream``."""
    from newswire_upstream.commands import command  # noqa: PLC0415  # as above

    return (command,)
