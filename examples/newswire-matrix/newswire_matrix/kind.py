"""The kind of channel, and what an admin may write in the config for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from newswire.api import ChannelType, Options, Secret
from pydantic import Field

if TYPE_CHECKING:
    from newswire.api import Services

    from newswire_matrix.channel import MatrixChannel
    from newswire_matrix.client import MatrixAccount


class MatrixAccountOptions(Options):
    """An ``[[accounts]]`` table with ``type = "matrix"``: a user on a homeserver."""

    url: Annotated[str, Field(pattern=r"^https?://[^/?#@\s]+$")]
    """The homeserver's address for clients, such as ``https://matrix.example``."""
    token: Secret
    """The user's access token, as ``env:NAME`` or ``file:path``."""


class MatrixChannelOptions(Options):
    """A ``[[channels]]`` table of a Matrix account: one room."""

    room: Annotated[str, Field(pattern=r"^![^\s/?#]+$")]
    """The room's id, ``!OGEhHVWSdvArJzumhm:matrix.example``; the user must have joined it."""
    alias: Annotated[str, Field(pattern=r"^#[^\s:]+:\S+$")] | None = None
    """The room's public alias, ``#news:matrix.example``, so that readers can be told where to follow."""
    loud: bool = False
    """Whether posts are messages of a person, which notify, and not notices of a bot."""


class MatrixType(ChannelType[MatrixAccountOptions, MatrixChannelOptions, "MatrixAccount"]):
    """Users of Matrix; a channel is a room."""

    kind = "matrix"
    account_options = MatrixAccountOptions
    channel_options = MatrixChannelOptions

    def connect(self, name: str, options: MatrixAccountOptions, services: Services) -> MatrixAccount:
        """Makes the account; it talks to nobody yet."""
        from newswire_matrix.client import MatrixAccount

        del name
        return MatrixAccount(options, services.clock)

    def open(self, account: MatrixAccount, options: MatrixChannelOptions) -> MatrixChannel:
        """Opens one room."""
        from newswire_matrix.channel import MatrixChannel

        return MatrixChannel(account, options)

    def follow_address(self, options: MatrixChannelOptions, account_options: MatrixAccountOptions) -> str | None:
        """Where people can join the room."""
        del account_options
        return f"https://matrix.to/#/{options.alias}" if options.alias else None
