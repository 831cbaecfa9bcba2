"""The entry point: one kind of channel, ``type = "telegram"``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AnyChannelType


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """Hands over the kind ``telegram``."""
    from newswire_telegram.kind import TelegramType  # noqa: PLC0415  # importing the entry point must cost nothing

    return [TelegramType()]
