"""The Mastodon plugin: what it hands to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import AnyChannelType, ChannelType, hookimpl
from newswire_mastodon.options import MastodonAccountOptions, MastodonChannelOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.api import Services
    from newswire_mastodon.account import MastodonAccount
    from newswire_mastodon.channel import MastodonChannel


class MastodonType(ChannelType[MastodonAccountOptions, MastodonChannelOptions, "MastodonAccount"]):
    """Accounts on servers that speak the Mastodon API; a channel is the timeline of one."""

    kind = "mastodon"
    account_options = MastodonAccountOptions
    channel_options = MastodonChannelOptions

    def connect(self, name: str, options: MastodonAccountOptions, services: Services) -> MastodonAccount:
        """Makes the account; Mastodon.py is imported here, for it takes its time."""
        from newswire_mastodon.account import MastodonAccount  # noqa: PLC0415  # heavy: only where there is an account

        return MastodonAccount(name, options, services)

    def open(self, account: MastodonAccount, options: MastodonChannelOptions) -> MastodonChannel:
        """Opens the account's timeline with these options."""
        from newswire_mastodon.channel import MastodonChannel  # noqa: PLC0415  # heavy, as above

        return MastodonChannel(account, options)

    def follow_address(self, options: MastodonChannelOptions, account_options: MastodonAccountOptions) -> str | None:
        """The profile page, where the account options have its `handle`."""
        del options
        return account_options.profile_url


@hookimpl
def newswire_cli_commands() -> Sequence[click.Command]:
    """One command: ``newswire mastodon``."""
    from newswire_mastodon.commands import command  # noqa: PLC0415  # asked for when no other command fits

    return [command]


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """One kind of channel: ``mastodon``."""
    return [MastodonType()]
