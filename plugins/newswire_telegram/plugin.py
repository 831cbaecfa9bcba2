"""The entry point: the kind of channel ``type = "telegram"``, where its updates come in, and its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.api import AnyChannelType, HttpApp


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """Hands over the kind ``telegram``."""
    from newswire_telegram.kind import TelegramType  # noqa: PLC0415  # importing the entry point must cost nothing

    return [TelegramType()]


@hookimpl
def newswire_http_apps() -> Sequence[HttpApp]:
    """Hands over the addresses that Telegram brings updates to."""
    from newswire_telegram.webhook import TelegramWebhooks  # noqa: PLC0415  # as above

    return [TelegramWebhooks()]


@hookimpl
def newswire_cli_commands() -> Sequence[click.Command]:
    """Hands over ``newswire telegram``."""
    from newswire_telegram.commands import command  # noqa: PLC0415  # as above

    return [command]
