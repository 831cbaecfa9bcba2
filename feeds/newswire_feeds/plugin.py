"""The feeds plugin's entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import SettingsTable, hookimpl
from newswire_feeds.app import AskApp, FeedsApp, HubApp
from newswire_feeds.export.command import command
from newswire_feeds.options import FeedsOptions
from newswire_feeds.websub.follower import WebSubFollower

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.api import Follower, HttpApp


@hookimpl
def newswire_http_apps() -> Sequence[HttpApp]:
    """The feeds, the front page for readers, the hub, and the page at which readers ask for translations."""
    return [FeedsApp(), HubApp(), AskApp()]


@hookimpl
def newswire_followers() -> Sequence[Follower]:
    """Tells hubs of news."""
    return [WebSubFollower()]


@hookimpl
def newswire_cli_commands() -> Sequence[click.Command]:
    """The feeds as files."""
    return [command]


@hookimpl
def newswire_settings() -> Sequence[SettingsTable]:
    """The table ``[feeds]``."""
    return [SettingsTable("feeds", FeedsOptions)]
