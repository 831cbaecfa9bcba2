"""A wire room whose platforms are in memory, whose process can die at any call, and whose config can change."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

import pytest

from newswire.api import Abilities, Account, Channel, ChannelType, Options, Post, Receipt, Services, Story
from newswire.circulation import Subscriber
from newswire.delivery import Delivery, Policy, State
from newswire.dispatch.lane import LaneWorker, Pace
from newswire.dispatch.opened import OpenChannel
from newswire.filters import parse
from newswire.model import Article
from newswire.publisher import Publisher
from newswire.store import Store, channels, deliveries
from newswire.store.channels import ChannelEntry
from newswire.subscription import Subscription
from newswire.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SERVER_KNOWS_KEYS = timedelta(hours=1)
Kind = Literal["plain", "finding", "keyed", "both"]
Fault = tuple[Literal["before", "after"], Exception | None]
"""When a call goes wrong, before or after the platform took it, and what is raised; None: the process dies there."""

ABILITIES: dict[Kind, Abilities] = {
    "plain": Abilities(),
    "finding": Abilities(finds=True),
    "keyed": Abilities(same_key=timedelta(minutes=50)),
    "both": Abilities(finds=True, same_key=timedelta(minutes=50)),
}


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Standing:
    """A post on a platform."""

    text: str
    link: str
    live: bool = True


@dataclass
class Platform:
    """What one channel's followers see, and what goes wrong; it outlives every process."""

    kind: Kind
    clock: Clock
    posts: dict[str, Standing] = field(default_factory=dict)
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[tuple[str, str, Fault | None]] = field(default_factory=list)
    """Operation, link, and what went wrong."""
    when_called: Callable[[], None] = lambda: None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """The ids of its posts; channels of one account share them."""

    @property
    def shown(self) -> list[str]:
        return [post.text for post in self.posts.values() if post.live]

    def make(self, text: str, link: str, key: str) -> str:
        """Takes a new post, or gives the old one of the same key, as it was."""
        known = self.keys.get(key)
        if self.kind in {"keyed", "both"} and known and self.clock() - known[1] < SERVER_KNOWS_KEYS:
            return known[0]
        remote_id = str(next(self.numbers))
        self.posts[remote_id] = Standing(text, link)
        self.keys[key] = (remote_id, self.clock())
        return remote_id


class NoOptions(Options):
    """Nothing to say."""


class QuietAccount(Account):
    """An account that needs no care."""


class TownChannel(Channel):
    """A channel of a platform, as one process has it open."""

    def __init__(self, platform: Platform, died: asyncio.Event) -> None:
        self.platform, self._died = platform, died
        # Each kind can do something else; a class for each would say no more.
        self.abilities = ABILITIES[platform.kind]  # type: ignore[misc]

    def compose(self, story: Story) -> Post:
        return Post(text=story.title, language=story.language, link=story.url)

    async def _call(self, operation: str, link: str, accept: Callable[[], None]) -> None:
        fault = self.platform.faults.popleft() if self.platform.faults else None
        self.platform.calls.append((operation, link, fault))
        self.platform.when_called()
        await asyncio.sleep(0)
        if fault is None:
            accept()
            return
        when, error = fault
        if when == "after":
            accept()
        if error is None:
            self._died.set()
            await asyncio.Event().wait()
        else:
            raise error

    async def post(self, post: Post, *, key: str) -> Receipt:
        made: list[str] = []
        link = str(post.link)
        await self._call("post", link, lambda: made.append(self.platform.make(post.text, link, key)))
        return Receipt(remote_id=made[0], at=self.platform.clock())

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        def accept() -> None:
            self.platform.posts[receipt.remote_id].text = post.text

        await self._call("edit", str(post.link), accept)
        return receipt

    async def delete(self, receipt: Receipt) -> None:
        post = self.platform.posts[receipt.remote_id]
        await self._call("delete", post.link, lambda: setattr(post, "live", False))

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        await self._call("find", str(post.link), lambda: None)
        found = [
            one
            for one, standing in self.platform.posts.items()
            if standing.live and standing.link == post.link and one not in taken
        ]
        return Receipt(remote_id=found[-1], at=self.platform.clock()) if found else None


class TownType(ChannelType[NoOptions, NoOptions, QuietAccount]):
    """Opens the channel it was made for."""

    kind = "town"
    account_options = NoOptions
    channel_options = NoOptions

    def __init__(self, channel: TownChannel) -> None:
        self.channel = channel

    def connect(self, name: str, options: NoOptions, services: Services) -> QuietAccount:
        del name, options, services
        return QuietAccount()

    def open(self, account: QuietAccount, options: NoOptions) -> Channel:
        del account, options
        return self.channel


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A channel's part of the config."""

    lane: str = "lane"
    languages: tuple[str, ...] = ("en",)
    topics: str | None = None
    fallback: Any = "teaser"
    in_doubt: Any = "hold"
    max_age: timedelta | None = None
    enabled: bool = True
    destination: int = 0
    """Another number is another destination in the config."""


class Town:
    """A database, platforms in memory, and one process at a time that delivers.

    Args:
        url: of the database, with the schema in it.
        channels: the kind of each channel's platform, and its config.
    """

    def __init__(self, url: str, channels: dict[str, tuple[Kind, Setting]]) -> None:
        self.url, self.clock = url, Clock()
        self.settings = {name: setting for name, (_, setting) in channels.items()}
        numbers = count(1)
        self.platforms = {name: Platform(kind, self.clock, numbers=numbers) for name, (kind, _) in channels.items()}
        self.orphans: Counter[tuple[str, str]] = Counter()
        """How often a process died while the first post of an article to a channel was announced."""
        self.cut_short: Counter[tuple[str, str]] = Counter()
        """How often a process died while anything of an article was announced to a channel."""
        self._owners = count(1)
        self.pace = Pace(send_timeout=timedelta(seconds=5))
        self.store = Store(url)
        self._start()

    def _start(self) -> None:
        self.subscribers = [
            Subscriber(name=name, subscription=_subscription(setting), max_age=setting.max_age)
            for name, setting in self.settings.items()
            if setting.enabled
        ]
        self.publisher = Publisher(self.store, self.subscribers, ("en", "de"), self.clock, ("test",))
        entries = [
            ChannelEntry(name, setting.lane, str(setting.destination))
            for name, setting in self.settings.items()
            if setting.enabled
        ]
        self.publisher.prepare({setting.lane: "1" for setting in self.settings.values()}, entries)
        self.owner = f"process {next(self._owners)}"

    def configure(self, name: str, **changes: Any) -> None:
        """Changes a channel's config, and starts anew with it."""
        self.settings[name] = replace(self.settings[name], **changes)
        self.restart()

    def restart(self) -> None:
        """Another process takes over."""
        self.close()
        self.store = Store(self.url)
        self._start()

    def close(self) -> None:
        self.store.close()

    def worker(self, lane: str, died: asyncio.Event) -> LaneWorker:
        account = QuietAccount()
        opened = {}
        for subscriber in self.subscribers:
            setting = self.settings[subscriber.name]
            if setting.lane != lane:
                continue
            channel = TownChannel(self.platforms[subscriber.name], died)
            opened[subscriber.name] = OpenChannel(
                name=subscriber.name,
                type=TownType(channel),
                options=NoOptions(),
                account=account,
                subscription=subscriber.subscription,
                reader_language=subscriber.subscription.languages[0],
                max_age=subscriber.max_age,
                start=self.publisher.starts[subscriber.name],
                policy=Policy(abilities=channel.abilities, in_doubt=setting.in_doubt, horizon=timedelta(hours=24)),
                channel=channel,
            )
        return LaneWorker(
            name=lane,
            owner=self.owner,
            account=account,
            channels=opened,
            store=self.store,
            taxonomy=Taxonomy(),
            pace=self.pace,
            clock=self.clock,
            monotonic=lambda: self.clock().timestamp(),
            random=lambda: 0.5,
        )

    def deliver(self) -> None:
        """Works until nothing is due now, or the process dies; then another one starts. A dead one's lease runs out."""
        with self.store.read() as connection:
            leases = [row["until"] for row in channels.lane_rows(connection) if row["owner"] and row["until"]]
        self.clock.now = max(self.clock.now, *(until + timedelta(seconds=1) for until in leases), self.clock.now)
        if asyncio.run(self._deliver()):
            self.store = Store(self.url)
            announced = [row for row in self.rows() if row.state is State.SENDING]
            self.orphans.update((row.channel, row.article_id) for row in announced if not row.receipt)
            self.cut_short.update((row.channel, row.article_id) for row in announced)
            self._start()

    async def _deliver(self) -> bool:
        died = asyncio.Event()
        lanes = sorted({setting.lane for setting in self.settings.values()})
        work = asyncio.create_task(self._work(lanes, died))
        dying = asyncio.create_task(died.wait())
        async with asyncio.timeout(20):
            await asyncio.wait({work, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not died.is_set():
            await work
            return False
        self.close()  # what the dead would still write is not written
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        return True

    async def _work(self, lanes: Sequence[str], died: asyncio.Event) -> None:
        workers = [self.worker(lane, died) for lane in lanes]
        await asyncio.gather(*(worker.run(asyncio.Event(), patience=timedelta(0)) for worker in workers))

    def publish(self, article: Article, *, reinstate: bool = False) -> Any:
        return self.publisher.publish(article, intake="test", reinstate=reinstate)

    def rows(self) -> list[Delivery]:
        with self.store.read() as connection:
            return deliveries.listing(connection, limit=10_000)[::-1]

    def row(self, channel: str, key: str = "a") -> Delivery:
        with self.store.read() as connection:
            return deliveries.of_article(connection, key)[channel]


def _subscription(setting: Setting) -> Subscription:
    topics = parse(setting.topics) if setting.topics else None
    return Subscription(languages=setting.languages, topics=topics, fallback=setting.fallback)


def an_article(key: str = "a", version: int = 1, *, languages: tuple[str, ...] = ("en",), topic: str = "x") -> Article:
    """An article; every edition's title tells its version."""
    editions = [
        {
            "language": language,
            "title": f"{key} ({language}) v{version}",
            "summary": "A summary.",
            "body": "A body.",
            "url": f"https://news.example/{key}",
        }
        for language in languages
    ]
    source = {"name": "Hacker News", "url": "https://hn.example/1"}
    return Article.model_validate(
        {"id": key, "original_language": "en", "editions": editions, "topics": [topic], "source": source}
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "newswire.db"
    with Store(f"sqlite:///{path}") as store:
        store.upgrade()
    return path


@pytest.fixture
def make_town(tmp_path: Path, empty_database: Path) -> Iterator[Callable[..., Town]]:
    """Makes a town from channels by name; each is its platform's kind, or that and its setting."""
    towns: list[Town] = []

    def make(**channels: Kind | tuple[Kind, dict[str, Any]]) -> Town:
        path = tmp_path / f"{len(towns)}.db"
        path.write_bytes(empty_database.read_bytes())
        given = {name: one if isinstance(one, tuple) else (one, {}) for name, one in channels.items()}
        town = Town(f"sqlite:///{path}", {name: (kind, Setting(**more)) for name, (kind, more) in given.items()})
        towns.append(town)
        return town

    yield make
    for town in towns:
        town.close()


@pytest.fixture(name="an_article")
def _an_article() -> Callable[..., Article]:
    return an_article


@pytest.fixture
def town_at() -> Callable[[str, dict[str, tuple[Kind, dict[str, Any]]]], Town]:
    """Makes a town in the database of an address; who asks for it closes it."""

    def make(url: str, channels: dict[str, tuple[Kind, dict[str, Any]]]) -> Town:
        return Town(url, {name: (kind, Setting(**more)) for name, (kind, more) in channels.items()})

    return make
