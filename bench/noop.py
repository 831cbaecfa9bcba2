"""A wire room whose platform does nothing: what remains is the work of newswire itself."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from newswire.api import Account, Channel, ChannelType, Options, Post, Receipt, Services, Site, Story, Taxonomy
from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings
from newswire.logs import setup_logging
from newswire.plugins import Plugins
from newswire.room import Room, utc_now
from newswire.subscription import Subscription
from newswire.testing import an_article

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Article

INTAKE = "bench"
CHANNELS, LANES = 100, 10
SITE = Site(
    name="Bench",
    url="https://news.example.org",
    default_language="en",
    languages=("en",),
    tag_authority="news.example.org,2026",
)


class NoopChannel(Channel):
    """Takes every post at once."""

    def __init__(self, called: Callable[[str], None]) -> None:
        self._called = called

    def compose(self, story: Story) -> Post:
        """The least there is to a post."""
        return Post(text=story.title, language=story.language, link=story.url)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Tells who wants to know."""
        self._called(post.text)
        return Receipt(remote_id=key, at=utc_now())


class NoopType(ChannelType[Options, Options, Account]):
    """Opens channels that do nothing.

    Args:
        called: told the text of each post.
    """

    kind = "noop"
    account_options = Options
    channel_options = Options

    def __init__(self, called: Callable[[str], None]) -> None:
        self._called = called

    def connect(self, name: str, options: Options, services: Services) -> Account:
        """An account that needs nothing."""
        del name, options, services
        return Account()

    def open(self, account: Account, options: Options) -> Channel:
        """A channel that does nothing."""
        del account, options
        return NoopChannel(self._called)


def a_room(url: str, called: Callable[[str], None], *, lanes: int = LANES, channels: int = CHANNELS) -> Room:
    """A prepared room, in which every channel takes every article.

    Args:
        url: the store.
        called: told the text of each post.
        lanes: accounts.
        channels: channels, spread evenly over the accounts.
    """
    setup_logging("warning")
    kind, options = NoopType(called), Options()
    subscription = Subscription(languages=("en",))
    config = Config(
        path=Path(tempfile.gettempdir()) / "config.toml",
        plugins=Plugins(),
        site=SITE,
        taxonomy=Taxonomy(),
        store=StoreSettings(url=url),
        http=HttpSettings(),
        logging=LoggingSettings(),
        # A lane's channels may all be sent to at a time: what is measured is newswire, not its patience.
        dispatch=DispatchSettings(concurrency=max(channels // lanes, 1), send_timeout=timedelta(seconds=10)),
        accounts=tuple(ConfiguredAccount(name=f"lane-{one}", type=kind, options=options) for one in range(lanes)),
        channels=tuple(
            ConfiguredChannel(
                name=f"channel-{one}",
                account=f"lane-{one % lanes}",
                subscription=subscription,
                options=options,
                max_age=None,
            )
            for one in range(channels)
        ),
    )
    room = Room(config)
    room.prepare()
    return room


def articles(number: int, *, first: int = 0) -> list[Article]:
    """So many articles, each with one edition, topic and source."""
    return [an_article(f"article-{one}") for one in range(first, first + number)]
