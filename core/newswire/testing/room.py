"""A wire room in small: a real store, publisher and dispatcher around the plugin that is to be tried."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings
from newswire.dispatch.dispatcher import World
from newswire.filters import parse
from newswire.hours import read_cadence
from newswire.plugins import Plugins
from newswire.room import Room
from newswire.shaping import Shaping
from newswire.store import Store
from newswire.subscription import Subscription
from newswire.taxonomy import Taxonomy
from newswire.testing import looking
from newswire.testing.articles import an_article, an_edition, with_edition
from newswire.testing.clock import RehearsalClock
from newswire.testing.services import SITE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire.api import AnyChannelType, Article
    from newswire.delivery import Delivery, InDoubt
    from newswire.dispatch.dispatcher import Dispatcher
    from newswire.publisher import Published
    from newswire.subscription import Fallback
    from newswire.testing.looking import AccountState, Attempt, ChannelState

INTAKE = "rehearsal"
"""The name articles come in under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedChannel:
    """A ``[[channels]]`` table."""

    name: str = "channel"
    options: Mapping[str, Any] = field(default_factory=dict)
    """The keys of its type."""
    languages: Sequence[str] = ("en",)
    topics: str | None = None
    """A topic expression."""
    fallback: Fallback = "teaser"
    in_doubt: InDoubt = "hold"
    max_age: timedelta | None = None
    """None is ``"off"``: any age."""
    digest: str | None = None
    """When it posts digests instead of articles, in UTC: ``hourly``, ``daily 18:00``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedAccount:
    """An ``[[accounts]]`` table with its channels."""

    type: AnyChannelType
    name: str = "account"
    options: Mapping[str, Any] = field(default_factory=dict)
    """The keys of its type."""
    channels: Sequence[RehearsedChannel] = (RehearsedChannel(),)


class RehearsalRoom:
    """A wire room in small, in a folder of its own that goes when the room is left.

    It is the real thing: articles are published into an SQLite database, and the dispatcher delivers them through the
    plugin, with intents, retries and pauses. Only the clock is a `RehearsalClock`, and chance always gives the middle.

    ::

        async with RehearsalRoom(RehearsedAccount(type=LogbookType(), options={"folder": tmp_path})) as room:
            room.publish("a")
            await room.deliver()
            assert room.delivery("a").state == "done"

    Args:
        accounts: the accounts, with their channels. Names of channels are unique over all of them.
        clock: the room's time; a fake platform should go by the same.
        send_timeout: how long, in real time, a platform may take to answer.
        horizon: how long a delivery that fails is tried again.
        concurrency: how many channels of an account are sent to at a time.
    """

    def __init__(
        self,
        *accounts: RehearsedAccount,
        clock: RehearsalClock | None = None,
        send_timeout: timedelta = timedelta(seconds=5),
        horizon: timedelta = timedelta(hours=24),
        concurrency: int = 4,
    ) -> None:
        self.clock = clock or RehearsalClock()
        """The room's time."""
        self._accounts = accounts
        self._dispatch = DispatchSettings(send_timeout=send_timeout, horizon=horizon, concurrency=concurrency)
        self._folder = tempfile.TemporaryDirectory(prefix="newswire-rehearsal-")
        self._articles: dict[str, Article] = {}
        self._dispatcher: Dispatcher | None = None
        self._room = self._furnished()

    def _furnished(self) -> Room:
        database = Path(self._folder.name) / "newswire.db"
        if not database.exists():
            database.write_bytes(_empty_database())
        config = Config(
            path=database.with_name("config.toml"),
            plugins=Plugins(),
            site=SITE,
            taxonomy=Taxonomy(),
            store=StoreSettings(url=f"sqlite:///{database}"),
            http=HttpSettings(),
            logging=LoggingSettings(),
            dispatch=self._dispatch,
            accounts=tuple(map(_configured_account, self._accounts)),
            channels=tuple(_configured_channel(one, of) for of in self._accounts for one in of.channels),
        )
        world = World(clock=self.clock, monotonic=self.clock.timestamp, random=lambda: 0.5)
        room = Room(config, world)
        room.prepare()
        return room

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the accounts and the database, and removes the folder."""
        await self._close()
        self._folder.cleanup()

    async def restart(self, *accounts: RehearsedAccount) -> None:
        """Ends the room and starts it anew on the same database, as a new process would.

        Args:
            accounts: what the config says from now on; unless given, it says what it said.
        """
        await self._close()
        self._accounts = accounts or self._accounts
        self._room = self._furnished()

    async def _close(self) -> None:
        dispatcher, self._dispatcher = self._dispatcher, None
        if dispatcher is not None:
            closing = (account.aclose() for account in dispatcher.accounts.values())
            await asyncio.gather(*closing, return_exceptions=True)
        self._room.close()

    def publish(self, article: Article | str, **changes: Any) -> Published:
        """Publishes an article.

        Args:
            article: the article, or the id of one that is made by `an_article`.
            changes: for `an_article`.
        """
        made = an_article(article, **changes) if isinstance(article, str) else article
        self._articles[made.id] = made
        return self._room.publisher.publish(made, intake=INTAKE)

    def revise(self, article_id: str, **changes: Any) -> Published:
        """Publishes an article again, corrected.

        Args:
            article_id: an article that was published before.
            changes: fields of its original edition; unless given, the title begins with "Corrected".
        """
        before = self._articles[article_id]
        title = {"title": f"Corrected: {before.original.title}"}
        return self.publish(with_edition(before, before.original.model_copy(update=changes or title)))

    def add_edition(self, article_id: str, language: str, **changes: Any) -> Published:
        """Publishes an article again with one edition more: a translation has arrived.

        Args:
            article_id: an article that was published before.
            language: the edition's language.
            changes: for `an_edition`.
        """
        edition = an_edition(language, article_id, **changes)
        return self.publish(with_edition(self._articles[article_id], edition))

    def withdraw(self, article_id: str) -> Published:
        """Withdraws an article."""
        return self._room.publisher.withdraw(article_id)

    def reinstate(self, article_id: str) -> Published:
        """Brings a withdrawn article back."""
        return self._room.publisher.publish(self._articles[article_id], intake=INTAKE, reinstate=True)

    async def deliver(self) -> None:
        """Lets the dispatcher work until nothing is due now. What is due later waits for the clock."""
        if self._dispatcher is None:
            self._dispatcher = self._room.dispatcher()
        stop, now = asyncio.Event(), timedelta()
        await asyncio.gather(*(worker.run(stop, patience=now) for worker in self._dispatcher.workers))

    def forward(self, **length: float) -> None:
        """Moves the clock: ``room.forward(minutes=5)``, with the words of `datetime.timedelta`."""
        self.clock.forward(timedelta(**length))

    def delivery(self, article_id: str, channel: str | None = None) -> Delivery:
        """The delivery of an article: what the channel should show, what it shows, its state and the reason.

        Args:
            article_id: the article.
            channel: the channel's name; the first channel's unless given.

        Raises:
            KeyError: the channel does not want the article.
        """
        with self._room.store.read() as connection:
            return looking.delivery_of(connection, article_id, channel or self._first.name)

    def attempts(self, article_id: str, channel: str | None = None) -> list[Attempt]:
        """Every attempt to deliver an article, in order."""
        delivery = self.delivery(article_id, channel)
        with self._room.store.read() as connection:
            return looking.attempts_of(connection, delivery.id)

    def account(self, name: str | None = None) -> AccountState:
        """How an account stands; the first one unless named."""
        with self._room.store.read() as connection:
            return looking.account_state(connection, name or self._accounts[0].name)

    def channel(self, name: str | None = None) -> ChannelState:
        """How a channel stands; the first one unless named."""
        with self._room.store.read() as connection:
            return looking.channel_state(connection, name or self._first.name)

    @property
    def _first(self) -> RehearsedChannel:
        return self._accounts[0].channels[0]


def _configured_account(account: RehearsedAccount) -> ConfiguredAccount:
    options = account.type.account_options.model_validate(dict(account.options))
    return ConfiguredAccount(name=account.name, type=account.type, options=options)


def _configured_channel(channel: RehearsedChannel, of: RehearsedAccount) -> ConfiguredChannel:
    return ConfiguredChannel(
        name=channel.name,
        account=of.name,
        subscription=Subscription(
            languages=tuple(channel.languages),
            topics=parse(channel.topics) if channel.topics else None,
            fallback=channel.fallback,
        ),
        options=of.type.channel_options.model_validate(dict(channel.options)),
        max_age=channel.max_age,
        in_doubt=channel.in_doubt,
        shaping=Shaping(zone=ZoneInfo("UTC"), digest=read_cadence(channel.digest)) if channel.digest else None,
    )


@cache
def _empty_database() -> bytes:
    """A database with the schema and nothing in it; making one takes longer than all a rehearsal does with it."""
    with tempfile.TemporaryDirectory(prefix="newswire-rehearsal-") as folder:
        path = Path(folder) / "empty.db"
        with Store(f"sqlite:///{path}") as store:
            store.upgrade()
        return path.read_bytes()
