"""What an admin may write in the config for a receiver of webhooks and for a channel of it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from newswire.api import Options, Secret
from newswire_webhook.signing import key_of


def _address(url: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(url.get_secret_value())
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("must be the address of a receiver, such as 'https://receiver.example/newswire'")
    return url


def _signing_secret(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


SigningSecret = Annotated[Secret, AfterValidator(_signing_secret)]
"""A secret of the Standard Webhooks: ``whsec_`` and 24 to 64 bytes in base64."""


class WebhookAccountOptions(Options):
    """An ``[[accounts]]`` table with ``type = "webhook"``: one receiver."""

    url: Annotated[Secret, AfterValidator(_address)]
    """Where messages are sent to; it counts as a secret, for many receivers know their senders by it."""
    secret: SigningSecret
    """What messages are signed with, ``whsec_...``; ``newswire webhook secret`` makes one. Every receiver should have
    its own."""
    old_secret: SigningSecret | None = None
    """The secret before, while the receiver changes over: messages are signed with both."""
    timeout: Annotated[float, Field(gt=0, le=120)] = 20.0
    """How many seconds the receiver may take to answer."""
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Private networks that may be sent to, as ``["10.1.0.0/16"]``: else a receiver has to have a public address."""


class WebhookChannelOptions(Options):
    """What a ``[[channels]]`` table of a receiver may say besides what every channel has."""

    content: Literal["summary", "full"] = "summary"
    """What is told of an article: ``summary`` is all but its text; ``full`` has the body and the questions, too."""
