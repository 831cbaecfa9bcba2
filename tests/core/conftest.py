"""A wire room in small: a store on disk, articles by hand, a clock that stands still, channels in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from newswire.api import Abilities, Account, Channel, ChannelType, Options, Post, Receipt, Services, Story
from newswire.circulation import Circulation, Subscriber
from newswire.delivery import Policy
from newswire.digests import DigestPlan
from newswire.dispatch.lane import LaneWorker, Pace
from newswire.dispatch.opened import OpenChannel
from newswire.filters import parse
from newswire.model import Article
from newswire.publisher import Publisher
from newswire.site import Site
from newswire.store import Store
from newswire.store.channels import ChannelEntry
from newswire.store.library import StoredLibrary
from newswire.store.shaped import Shaped
from newswire.subscription import Subscription
from newswire.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from newswire.shaping import Shaping

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "ar")


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


class MemoryOptions(Options):
    """No options, but a place."""

    place: str = "here"


class MemoryAccount(Account):
    """An account that may fail to start."""

    def __init__(self) -> None:
        self.start_errors: list[Exception] = []
        self.started = 0
        self.closed = False

    async def start(self) -> None:
        if self.start_errors:
            raise self.start_errors.pop(0)
        self.started += 1

    async def aclose(self) -> None:
        self.closed = True


class MemoryChannel(Channel):
    """A platform in memory: what is out, every call, and errors to be raised before or after it is accepted."""

    abilities: ClassVar[Abilities] = Abilities()

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.out: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self.before: list[Exception | None] = []
        self.after: list[Exception | None] = []
        self.hold: asyncio.Event | None = None
        self.reached = asyncio.Event()
        self.busy = 0
        self.busiest = 0

    def compose(self, story: Story) -> Post:
        return Post(text=f"{story.title}\n{story.summary}", language=story.language, link=story.url)

    async def _pass(self, operation: str, what: str, accept: Callable[[], None]) -> None:
        self.calls.append((operation, what))
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            self.reached.set()
            if self.hold is not None:
                await self.hold.wait()
            if self.before and (error := self.before.pop(0)) is not None:
                raise error
            accept()
            if self.after and (error := self.after.pop(0)) is not None:
                raise error
        finally:
            self.busy -= 1

    async def post(self, post: Post, *, key: str) -> Receipt:
        remote_id = str(len(self.out) + 1)
        await self._pass("post", post.text, lambda: self.out.__setitem__(remote_id, post.text))
        return Receipt(remote_id=remote_id, at=self.clock(), details={"key": key})

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        await self._pass("edit", post.text, lambda: self.out.__setitem__(receipt.remote_id, post.text))
        return receipt

    async def delete(self, receipt: Receipt) -> None:
        await self._pass("delete", receipt.remote_id, lambda: self.out.__setitem__(receipt.remote_id, "(deleted)"))

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        self.calls.append(("find", post.text))
        found = [key for key, text in self.out.items() if text == post.text and key not in taken]
        return Receipt(remote_id=found[0], at=self.clock()) if found else None

    @property
    def shown(self) -> list[str]:
        """The titles a follower sees, in order."""
        return [text.split("\n")[0] for text in self.out.values() if text != "(deleted)"]


class FindingChannel(MemoryChannel):
    """The same, and it can look for a doubtful post."""

    abilities: ClassVar[Abilities] = Abilities(finds=True)


class KeyedChannel(MemoryChannel):
    """The same, and posting twice with one key is one post."""

    abilities: ClassVar[Abilities] = Abilities(same_key=timedelta(minutes=50))

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.keys: dict[str, Receipt] = {}

    async def post(self, post: Post, *, key: str) -> Receipt:
        if key in self.keys:
            self.calls.append(("replay", post.text))
            return self.keys[key]
        remote_id = str(len(self.out) + 1)
        receipt = Receipt(remote_id=remote_id, at=self.clock())

        def accept() -> None:
            self.out[remote_id] = post.text
            self.keys[key] = receipt

        await self._pass("post", post.text, accept)
        return receipt


class MemoryType(ChannelType[MemoryOptions, MemoryOptions, MemoryAccount]):
    """Opens the channel it was given, wherever it is."""

    kind = "memory"
    account_options = MemoryOptions
    channel_options = MemoryOptions

    def __init__(self, channel: MemoryChannel) -> None:
        self.channel = channel
        self.opened_at: list[str] = []

    def connect(self, name: str, options: MemoryOptions, services: Services) -> MemoryAccount:
        del name, options, services
        return MemoryAccount()

    def open(self, account: MemoryAccount, options: MemoryOptions) -> Channel:
        del account
        self.opened_at.append(options.place)
        return self.channel


def an_article(key: str = "a", **changes: Any) -> Article:
    """An article in English; keyword arguments replace its fields."""
    values: dict[str, Any] = {
        "id": key,
        "original_language": "en",
        "editions": [an_edition("en", key)],
        "published": NOON,
        "topics": ["science"],
        "source": {"name": "Hacker News", "url": "https://hn.example/1"},
    }
    return Article.model_validate(values | changes)


def an_edition(language: str, key: str = "a", **changes: Any) -> dict[str, Any]:
    """An edition with a body; keyword arguments replace its fields."""
    values = {
        "language": language,
        "title": f"Title of {key} ({language})",
        "summary": f"Summary of {key} ({language})",
        "body": f"Body of {key} ({language})",
        "url": f"https://news.example/{language}/{key}",
    }
    return values | changes


@pytest.fixture
def library(store: Store) -> StoredLibrary:
    """What is published, as plugins of a site in three languages read it."""
    site = Site(
        name="News",
        url="https://news.example",
        default_language="en",
        languages=("en", "de", "fr"),
        tag_authority="news.example,2026",
    )
    return StoredLibrary(store.engines, site, Taxonomy())


@dataclass
class Wire:
    """A store, a publisher and one lane with channels in memory."""

    store: Store
    clock: Clock
    subscribers: list[Subscriber]
    publisher: Publisher = field(init=False)
    channels: dict[str, MemoryChannel] = field(default_factory=dict)
    types: dict[str, MemoryType] = field(default_factory=dict)
    in_doubt: Any = "hold"
    horizon: timedelta = timedelta(hours=24)
    intakes: Sequence[str] = ("test",)
    related: int = 0
    account: MemoryAccount = field(default_factory=MemoryAccount)
    shapings: dict[str, Shaping] = field(default_factory=dict)
    random: Callable[[], float] = lambda: 0.5
    pace: Pace = field(default_factory=lambda: Pace(send_timeout=timedelta(seconds=5)))

    def __post_init__(self) -> None:
        self.publisher = Publisher(
            self.store, self.subscribers, LANGUAGES, self.clock, self.intakes, related=self.related
        )
        self.prepare()

    def prepare(self) -> None:
        entries = [ChannelEntry(subscriber.name, "lane", "1") for subscriber in self.subscribers]
        circulation = Circulation(self.subscribers, LANGUAGES, self.intakes, related=self.related)
        self.publisher.prepare({"lane": "1"}, entries, circulation)
        for subscriber in self.subscribers:
            self.channels.setdefault(subscriber.name, MemoryChannel(self.clock))

    def worker(self, owner: str = "me") -> LaneWorker:
        opened = {}
        for subscriber in self.subscribers:
            channel = self.channels[subscriber.name]
            kind = self.types.setdefault(subscriber.name, MemoryType(channel))
            opened[subscriber.name] = OpenChannel(
                name=subscriber.name,
                type=kind,
                options=MemoryOptions(),
                account=self.account,
                subscription=subscriber.subscription,
                reader_language=subscriber.subscription.languages[0],
                max_age=subscriber.max_age,
                start=self.publisher.starts[subscriber.name],
                policy=Policy(abilities=channel.abilities, in_doubt=self.in_doubt, horizon=self.horizon),
                channel=channel,
                shaped=self._shaped(subscriber),
            )
        return LaneWorker(
            name="lane",
            owner=owner,
            account=self.account,
            channels=opened,
            store=self.store,
            taxonomy=Taxonomy(),
            pace=self.pace,
            clock=self.clock,
            monotonic=self.clock.monotonic,
            random=self.random,
        )

    def _shaped(self, subscriber: Subscriber) -> Shaped | None:
        shaping = self.shapings.get(subscriber.name)
        if shaping is None:
            return None
        plan = None
        if shaping.digest is not None:
            plan = DigestPlan(
                channel=subscriber.name,
                cadence=shaping.digest,
                zone=shaping.zone,
                language=subscriber.subscription.languages[0],
                site_url="https://news.example",
            )
        return Shaped(shaping=shaping, plan=plan, subscription=subscriber.subscription)

    async def deliver(self) -> None:
        """Works until nothing is due now."""
        await self.worker().run(asyncio.Event(), patience=timedelta(0))

    def publish(self, article: Article, intake: str = "test") -> Any:
        return self.publisher.publish(article, intake=intake)


def subscriber(name: str, *languages: str, topics: str | None = None, **changes: Any) -> Subscriber:
    """A subscriber to languages and, perhaps, topics; other keyword arguments are its own or its subscription's."""
    max_age = changes.pop("max_age", timedelta(days=3))
    backfill = changes.pop("backfill", 0)
    wanted = Subscription(languages=languages or ("en",), topics=parse(topics) if topics else None, **changes)
    return Subscriber(name=name, subscription=wanted, max_age=max_age, backfill=backfill)


@pytest.fixture
def clock() -> Clock:
    return Clock()


ON_BOTH_ENGINES = (
    "watching",
    "store",
    "dispatch",
    "distributed",
    "http_api",
    "test_publisher.py",
    "test_followers.py",
    "test_joining.py",
    "test_receiving.py",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs tests of what SQL decides on both engines; a module can say ``ENGINES = ("sqlite",)``."""
    if "store" not in metafunc.fixturenames:
        return
    place = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
    engines = ("sqlite", "postgresql") if place in ON_BOTH_ENGINES else ("sqlite",)
    metafunc.parametrize("store", getattr(metafunc.module, "ENGINES", engines), indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with the schema, on the engine that the test is run for."""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_database")
        with Store(request.getfixturevalue("postgres").url(database)) as opened:
            yield opened
        return
    with Store(f"sqlite:///{tmp_path}/newswire.db") as opened:
        opened.upgrade()
        yield opened


@pytest.fixture
def make_wire(store: Store, clock: Clock) -> Callable[..., Wire]:
    def make(subscribers: Sequence[Subscriber] = (), **changes: Any) -> Wire:
        return Wire(store, clock, list(subscribers or [subscriber("news")]), **changes)

    return make


@pytest.fixture
def wire(make_wire: Callable[..., Wire]) -> Wire:
    return make_wire()


@pytest.fixture(name="an_article")
def _an_article() -> Callable[..., Article]:
    return an_article


@pytest.fixture(name="an_edition")
def _an_edition() -> Callable[..., dict[str, Any]]:
    return an_edition


@pytest.fixture(name="subscriber")
def _subscriber() -> Callable[..., Subscriber]:
    return subscriber


@pytest.fixture
def channel_kinds() -> dict[str, type[MemoryChannel]]:
    return {"plain": MemoryChannel, "finding": FindingChannel, "keyed": KeyedChannel}
