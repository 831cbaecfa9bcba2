"""What an admin may write in the config for a service that Apprise knows, and for a channel of it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from newswire.api import Options, Secret


def _address(url: SecretStr) -> SecretStr:
    if not re.match(r"[a-z][a-z0-9]*://\S", url.get_secret_value(), re.IGNORECASE):
        raise ValueError("must be an address as Apprise writes them, such as 'discord://WEBHOOK_ID/WEBHOOK_TOKEN'")
    return url


class AppriseAccountOptions(Options):
    """An ``[[accounts]]`` table with ``type = "apprise"``: one service."""

    url: Annotated[Secret, AfterValidator(_address)]
    """The service's address as Apprise writes it, ``discord://WEBHOOK_ID/WEBHOOK_TOKEN``, with its credentials: all of
    it is a secret. It should name one target: of several, nobody can tell which of them got a message."""
    connect_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How many seconds to wait for a connection."""
    read_timeout: Annotated[float, Field(gt=0, le=120)] = 20.0
    """How many seconds to wait for an answer."""


class AppriseChannelOptions(Options):
    """What a ``[[channels]]`` table of a service may say besides what every channel has."""

    format: Literal["auto", "html", "markdown", "text"] = "auto"
    """What a post is written in: ``auto`` is the richest that the service takes. What it does not take, Apprise turns
    into what it does."""
