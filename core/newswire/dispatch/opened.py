"""Channels and accounts as a lane's worker has them open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from newswire.channel import Account, AnyChannelType, Channel, Options
    from newswire.delivery import Policy, Start
    from newswire.store.shaped import Shaped
    from newswire.subscription import Subscription


@dataclass(slots=True, kw_only=True)
class OpenChannel:
    """One channel of a lane, opened."""

    name: str
    type: AnyChannelType
    options: Options
    account: Account
    subscription: Subscription
    reader_language: str
    max_age: timedelta | None
    start: Start
    policy: Policy
    channel: Channel
    shaped: Shaped | None = None
    """How it shapes what goes out, if it does."""
    address: Mapping[str, str | int] | None = None
    """Where its destination has moved, if it has."""
    retired: bool = False
    """Whether the config says something else by now: what ends afterwards says nothing of the channel as it is."""

    def at(self, address: Mapping[str, str | int] | None) -> Channel:
        """The channel at an address; it is opened anew when the address has changed."""
        if address != self.address:
            options = type(self.options).model_validate({**self.options.model_dump(), **(address or {})})
            self.channel = self.type.open(self.account, options)
            self.address = address
        return self.channel
