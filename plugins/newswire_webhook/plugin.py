"""The webhook plugin: what it hands to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import AnyChannelType, ChannelType, hookimpl
from newswire_webhook.options import WebhookAccountOptions, WebhookChannelOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.api import Services
    from newswire_webhook.account import WebhookAccount
    from newswire_webhook.channel import WebhookChannel


class WebhookType(ChannelType[WebhookAccountOptions, WebhookChannelOptions, "WebhookAccount"]):
    """Receivers of signed messages; a channel is one subscription of a receiver."""

    kind = "webhook"
    account_options = WebhookAccountOptions
    channel_options = WebhookChannelOptions

    def connect(self, name: str, options: WebhookAccountOptions, services: Services) -> WebhookAccount:
        """Makes the account of a receiver."""
        from newswire_webhook.account import WebhookAccount  # noqa: PLC0415  # only where there is an account

        del name
        return WebhookAccount(options, services)

    def open(self, account: WebhookAccount, options: WebhookChannelOptions) -> WebhookChannel:
        """Opens a subscription of the receiver."""
        from newswire_webhook.channel import WebhookChannel  # noqa: PLC0415  # as above

        return WebhookChannel(account, options)


@hookimpl
def newswire_cli_commands() -> Sequence[click.Command]:
    """One command: ``newswire webhook``."""
    from newswire_webhook.commands import command  # noqa: PLC0415  # asked for when no other command fits

    return [command]


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """One kind of channel: ``webhook``."""
    return [WebhookType()]
