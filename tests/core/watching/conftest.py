"""A room with a lookout, on a clock that is moved by hand: channels in memory, whose platform can be told to fail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from newswire.alerts.lookout import Lookout
from newswire.api import Account, Channel, ChannelType, Finding, Intake, IntakeType, Notice, Options, Post, Receipt
from newswire.config.alerts import AlertSettings
from newswire.config.resolved import Config, ConfiguredAccount, ConfiguredChannel, ConfiguredIntake
from newswire.config.tables import DispatchSettings, HttpSettings, LoggingSettings, StoreSettings
from newswire.dispatch.dispatcher import World
from newswire.plugins import Plugins
from newswire.room import Room
from newswire.shaping import Shaping
from newswire.site import Site
from newswire.store import alerts as kept
from newswire.subscription import Subscription
from newswire.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newswire.api import Arrival, Services, Story
    from newswire.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = Site(
    name="News Example",
    url="https://news.example",
    default_language="en",
    languages=("en",),
    tag_authority="news.example,2026",
)


class Board:
    """A platform: what is out by channel, and the errors that are raised instead, by channel."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.out: dict[str, list[str]] = {}
        self.fails: dict[str, Exception] = {}


class BoardOptions(Options):
    """Where."""

    place: str = "here"


class BoardAccount(Account):
    """Nothing to do."""


class BoardChannel(Channel):
    """One list of the board."""

    def __init__(self, board: Board, place: str) -> None:
        self._board = board
        self._place = place

    def compose(self, story: Story) -> Post:
        return Post(text=story.title, language=story.language, link=story.url)

    def compose_notice(self, notice: Notice) -> Post:
        return Post(text=notice.text(4000), language=notice.language, link=notice.url)

    async def post(self, post: Post, *, key: str) -> Receipt:
        del key
        if self._place in self._board.fails:
            raise self._board.fails[self._place]
        lines = self._board.out.setdefault(self._place, [])
        lines.append(post.text)
        return Receipt(remote_id=str(len(lines)), at=self._board.clock())


class BoardType(ChannelType[BoardOptions, BoardOptions, BoardAccount]):
    kind = "board"
    account_options = BoardOptions
    channel_options = BoardOptions

    def __init__(self, board: Board) -> None:
        self._board = board

    def connect(self, name: str, options: BoardOptions, services: Services) -> BoardAccount:
        del name, options, services
        return BoardAccount()

    def open(self, account: BoardAccount, options: BoardOptions) -> Channel:
        del account
        return BoardChannel(self._board, options.place)


class Tray(Intake):
    """An intake that is never read: tests publish in its name."""

    def read(self) -> Iterator[Arrival]:
        return iter(())

    def check(self) -> Sequence[Finding]:
        return ()


class TrayType(IntakeType[Options]):
    kind = "tray"
    options = Options

    def open(self, name: str, options: Options, services: Services) -> Intake:
        del name, options, services
        return Tray()


@dataclass
class Watched:
    """A room, and the lookout of one of its processes."""

    store: Store
    clock: Any
    settings: AlertSettings
    shaping: Shaping | None = None
    silence: timedelta | None = None
    channel_names: tuple[str, ...] = ("news",)
    plugins: Plugins = field(default_factory=Plugins)
    board: Board = field(init=False)
    room: Room = field(init=False)
    lookout: Lookout = field(init=False)

    def __post_init__(self) -> None:
        self.board = Board(self.clock)
        world = World(clock=self.clock, monotonic=self.clock.monotonic, random=lambda: 0.5)
        self.room = Room(self._config(), world, self.store)
        self.room.prepare()
        self.lookout = self.another("me")

    def another(self, owner: str) -> Lookout:
        """The lookout of another process, or of this one after a restart."""
        return Lookout(lambda: self.room.config, self.store, self.clock, owner, lambda: None)

    def _config(self) -> Config:
        kind = BoardType(self.board)
        named = {"news": ("wire", self.shaping), "ops": ("house", None)}
        named |= {name: ("wire", None) for name in self.channel_names if name not in named}
        return Config(
            path=Path("config.toml"),
            plugins=self.plugins,
            site=SITE,
            taxonomy=Taxonomy(),
            store=StoreSettings(),
            http=HttpSettings(),
            logging=LoggingSettings(),
            alerts=self.settings,
            dispatch=DispatchSettings(),
            intakes=(ConfiguredIntake(name="tray", type=TrayType(), options=Options(), silence=self.silence),),
            accounts=tuple(
                ConfiguredAccount(name=name, type=kind, options=BoardOptions()) for name in ("wire", "house")
            ),
            channels=tuple(
                ConfiguredChannel(
                    name=name,
                    account=account,
                    subscription=Subscription(languages=("en",), articles=name != "ops"),
                    options=BoardOptions(place=name),
                    max_age=timedelta(days=30),
                    dead_man=self.settings.dead_man,
                    shaping=shaping,
                )
                for name, (account, shaping) in named.items()
            ),
        )

    async def deliver(self) -> None:
        """Sends what is due."""
        await self.room.dispatch(asyncio.Event(), patience=timedelta())

    def publish(self, article: Any, intake: str = "tray") -> None:
        self.room.publisher.publish(article, intake=intake)

    async def look(self, **length: float) -> list[str]:
        """Time passes, somebody looks, and what there is to tell is sent; gives the titles that arrived."""
        self.clock.forward(**length)
        before = len(self.told)
        self.lookout.look()
        await self.deliver()
        return [text.split("\n")[0] for text in self.told[before:]]

    @property
    def told(self) -> list[str]:
        """What arrived on the channel for alerts."""
        return self.board.out.get("ops", [])

    @property
    def standing(self) -> list[tuple[str, str]]:
        """The alerts that stand: kind and subject."""
        with self.store.read() as connection:
            return [(one.kind.value, one.subject) for one in kept.load(connection).values() if one.stands]


@pytest.fixture
def make_watched(store: Store, clock: Any) -> Callable[..., Watched]:
    def make(**changes: Any) -> Watched:
        settings = AlertSettings(channel=("ops",), min_interval=timedelta(seconds=1))
        told = {name: changes.pop(name) for name in AlertSettings.model_fields.keys() & changes.keys()}
        return Watched(store, clock, settings.model_copy(update=told), **changes)

    return make


@pytest.fixture
def watched(make_watched: Callable[..., Watched]) -> Watched:
    return make_watched()


@pytest.fixture
def shaping() -> Callable[..., Shaping]:
    return lambda **rules: replace(Shaping(zone=ZoneInfo("UTC")), **rules)
