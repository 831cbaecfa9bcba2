"""Which hubs there are: names in the config, addresses to readers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire_feeds.options import FeedsOptions

BUILTIN = "builtin"
"""What the config calls the hub of our own."""
HUB_PATH = "/feeds/hub"


def addresses(options: FeedsOptions, public_url: str) -> tuple[str, ...]:
    """The hubs' addresses, as documents and headers name them.

    Args:
        options: the plugin's options.
        public_url: where the web app is reached from outside.
    """
    return tuple(public_url + HUB_PATH if hub == BUILTIN else hub for hub in options.hub)


def others(options: FeedsOptions) -> tuple[str, ...]:
    """The addresses of hubs that are not ours, and have to be told of news."""
    return tuple(hub for hub in options.hub if hub != BUILTIN)
