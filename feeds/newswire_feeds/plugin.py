"""The feeds plugin's entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import SettingsTable, hookimpl
from newswire_feeds.app import FeedsApp
from newswire_feeds.options import FeedsOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import HttpApp


@hookimpl
def newswire_http_apps() -> Sequence[HttpApp]:
    """The feeds, and the front page for readers."""
    return [FeedsApp()]


@hookimpl
def newswire_settings() -> Sequence[SettingsTable]:
    """The table ``[feeds]``."""
    return [SettingsTable("feeds", FeedsOptions)]
