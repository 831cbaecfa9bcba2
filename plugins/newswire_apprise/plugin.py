"""The Apprise plugin: what it hands to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import AnyChannelType, ChannelType, hookimpl
from newswire_apprise.options import AppriseAccountOptions, AppriseChannelOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Services
    from newswire_apprise.account import AppriseAccount
    from newswire_apprise.channel import AppriseChannel


class AppriseType(ChannelType[AppriseAccountOptions, AppriseChannelOptions, "AppriseAccount"]):
    """Services that the Apprise library knows; a channel is one subscription of a service."""

    kind = "apprise"
    account_options = AppriseAccountOptions
    channel_options = AppriseChannelOptions

    def connect(self, name: str, options: AppriseAccountOptions, services: Services) -> AppriseAccount:
        """Makes the account of a service."""
        from newswire_apprise.account import AppriseAccount  # noqa: PLC0415  # only where there is an account

        return AppriseAccount(name, options, services)

    def open(self, account: AppriseAccount, options: AppriseChannelOptions) -> AppriseChannel:
        """Opens a subscription of the service."""
        from newswire_apprise.channel import AppriseChannel  # noqa: PLC0415  # as above

        return AppriseChannel(account, options)


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """One kind of channel: ``apprise``."""
    return [AppriseType()]
