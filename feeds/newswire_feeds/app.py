"""The addresses of the feeds plugin; what answers there is imported when it is opened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from newswire.api import HttpApp
from newswire_feeds.websub.hubs import HUB_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import AsgiApp, Services


class HubApp(HttpApp):
    """The WebSub hub of our own."""

    paths: ClassVar[tuple[str, ...]] = (HUB_PATH,)

    def open(self, services: Services) -> AsgiApp:
        """Makes the ASGI application."""
        from newswire_feeds.websub.desk import HubDesk  # noqa: PLC0415  # aiohttp only where requests are served

        return HubDesk(services)


class AskApp(HttpApp):
    """The page at which a reader asks for a translation; where readers cannot ask, there is nothing."""

    paths: ClassVar[tuple[str, ...]] = ("/translate/",)

    def open(self, services: Services) -> AsgiApp:
        """Makes the ASGI application."""
        from newswire_feeds.asking import AskDesk  # noqa: PLC0415  # jinja only where pages are served

        return AskDesk(services)


class FeedsApp(HttpApp):
    """Feeds, their list in OPML, and the front page for readers.

    Args:
        ticks: a clock that only rises, in seconds.
    """

    paths: ClassVar[tuple[str, ...]] = ("/", "/feeds.opml", "/feeds/")

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks

    def open(self, services: Services) -> AsgiApp:
        """Makes the ASGI application."""
        from newswire_feeds.server import FeedsServer  # noqa: PLC0415  # lxml and feedgen only where feeds are served

        return FeedsServer(services, ticks=self._ticks)
