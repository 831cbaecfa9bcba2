"""A room for the feeds plugin: hand-made stories behind the contract's protocols, and the real application on top."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from newswire.api import (
    Article,
    Change,
    ChannelListing,
    Departure,
    Entry,
    Link,
    NamedFilter,
    Question,
    Site,
    SourceCount,
    Story,
    StoryImage,
    StorySource,
    StoryTopic,
    Taxonomy,
    Topic,
    direction,
)
from newswire.publisher import Publisher
from newswire.store import Store
from newswire.store.library import StoredLibrary
from newswire_feeds.app import FeedsApp
from newswire_feeds.options import FeedsOptions

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from newswire.api import AsgiApp, Expression, Message, Options, Services, State

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SITE = Site.model_validate(
    {
        "name": "The Daily <Bit> & Byte",
        "url": "https://news.example/",
        "default_language": "en",
        "languages": ["en", "de", "ar", "ja", "zh-Hans", "pt-BR"],
        "tag_authority": "news.example,2026",
        "description": "News of machines",
    }
)
TAXONOMY = Taxonomy(
    {
        "ai-safety": Topic.model_validate(
            {"labels": {"en": "AI safety", "de": "KI-Sicherheit", "ar": "سلامة الذكاء"}, "aliases": ["alignment"]}
        ),
        "chips": Topic.model_validate({"labels": {"en": "Chips & fabs"}}),
        "empty": Topic.model_validate({"labels": {"en": "Nothing yet"}}),
    }
)
logging.getLogger("httpx").setLevel(logging.WARNING)


def story(article_id: str = "one", language: str = "en", **changes: Any) -> Story:
    """A whole story, with everything a feed can carry."""
    base = Story(
        article_id=article_id,
        rev=1,
        reader_language=language,
        language=language,
        direction=direction(language),
        title=f"Title of {article_id}",
        summary=f"Summary of {article_id}",
        url=f"https://news.example/{language}/{article_id}",
        body="A *body* with a [link](other) and\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n",
        body_format="markdown",
        body_language=language,
        body_direction=direction(language),
        body_url=f"https://news.example/{language}/{article_id}",
        notice=None,
        topics=tuple(
            StoryTopic(slug, TAXONOMY.label(slug, language), TAXONOMY.label(slug, language))
            for slug in ("ai-safety", "chips")
        ),
        source=StorySource("Hacker News", "https://hn.example/item?id=1&x=2", "hacker-news"),
        authors=("Ada L.", "Grace H."),
        translators=("Trudi T.",),
        image=StoryImage("https://news.example/i/bild ü.png".replace(" ", "%20"), "A picture", "image/png", 0),
        questions=(Question(question="Why <not>?", answer="Because of **reasons**."),),
        questions_language=language,
        related=(Link("Other & older", "https://news.example/en/old", "en"),),
        alternates=(Link("Deutsch", "https://news.example/de/one", "de"),),
        published=NOON - timedelta(hours=3),
        updated=NOON - timedelta(hours=1),
        urgent=False,
    )
    return replace(base, **changes)


@dataclass
class Shelf:
    """The library: stories by language, each with the event that brought it."""

    number: int = 0
    kept: dict[tuple[str, str], tuple[Entry, Story]] = field(default_factory=dict)
    moved: dict[str, Change] = field(default_factory=dict)
    gone: dict[tuple[str, str], Departure] = field(default_factory=dict)
    looks: int = 0
    """How often `latest` was asked."""
    told: list[str] = field(default_factory=list)
    """The articles whose stories were asked for, in order."""
    broken: Exception | None = None
    """What every look ends in."""
    hanging: threading.Event | None = None
    """What every look waits for."""

    def publish(self, *stories: Story, at: datetime | None = None) -> None:
        for each in stories:
            self.number += 1
            moment = at or NOON + timedelta(minutes=self.number)
            entry = Entry(self.number, each.article_id, each.rev, moment, self.number)
            self.kept[each.reader_language, each.article_id] = (entry, each)
            self.moved[each.reader_language] = Change(self.number, moment)

    def withdraw(self, article_id: str) -> None:
        self.number += 1
        for key in [key for key in self.kept if key[1] == article_id]:
            del self.kept[key]
            self.moved[key[0]] = Change(self.number, NOON + timedelta(minutes=self.number))
            self.gone[key] = Departure(self.number, article_id, NOON + timedelta(minutes=self.number))

    def latest(self) -> int:
        self.looks += 1
        self._open()
        return self.number

    def _open(self) -> None:
        if self.hanging is not None:
            self.hanging.wait(60)
        if self.broken is not None:
            raise self.broken

    def _of(self, language: str) -> list[tuple[Entry, Story]]:
        self._open()
        found = [pair for (spoken, _), pair in self.kept.items() if spoken == language]
        return sorted(found, key=lambda pair: -pair[0].seq)

    def entries(
        self,
        language: str,
        *,
        topics: Expression | None = None,
        sources: Collection[str] = (),
        limit: int = 200,
        since: datetime | None = None,
    ) -> Sequence[Entry]:
        matching = [
            entry
            for entry, each in self._of(language)
            if (topics is None or topics.matches({topic.slug for topic in each.topics}))
            and (not sources or (each.source is not None and each.source.slug in sources))
        ]
        return [
            entry for place, entry in enumerate(matching) if place < limit or (since is not None and entry.at >= since)
        ]

    def stories(self, article_ids: Sequence[str], language: str) -> Mapping[str, Story]:
        self.told += article_ids
        wanted = set(article_ids)
        return {each.article_id: each for _, each in self._of(language) if each.article_id in wanted}

    def languages(self) -> Mapping[str, int]:
        return {language: len(self._of(language)) for language in SITE.languages}

    def languages_of(
        self, *, topics: Expression | None = None, sources: Collection[str] = (), limit: int = 100
    ) -> set[str]:
        del limit
        return {language for language in SITE.languages if self.entries(language, topics=topics, sources=sources)}

    def snapshot(self) -> AbstractContextManager[None]:
        return nullcontext()

    def changed(self, language: str, **parts: Any) -> Change | None:
        del parts
        return self.moved.get(language)

    def departures(self, language: str, **parts: Any) -> Sequence[Departure]:
        del parts
        return [departure for (spoken, _), departure in self.gone.items() if spoken == language]

    def months(self, language: str, *, after: int = 0, **parts: Any) -> set[date]:
        return {
            each.published.date().replace(day=1)
            for entry, each in self._of(language)
            if entry.seq > after and entry in self.entries(language, **parts)
        }

    def month(self, language: str, first_day: date, **parts: Any) -> Sequence[Entry]:
        found = [
            (each.published, entry)
            for entry, each in self._of(language)
            if each.published.date().replace(day=1) == first_day and entry in self.entries(language, **parts)
        ]
        return [entry for _, entry in sorted(found, key=lambda pair: (pair[0], pair[1].article_id))]

    def topics(self) -> Mapping[str, Mapping[str, int]]:
        return {
            language: dict(Counter(topic.slug for _, each in self._of(language) for topic in each.topics).most_common())
            for language in SITE.languages
        }

    def sources(self) -> Mapping[str, Sequence[SourceCount]]:
        return {
            language: [
                SourceCount(source.slug, source.name, count)
                for source, count in Counter(each.source for _, each in self._of(language)).items()
                if source
            ]
            for language in SITE.languages
        }

    def months_counted(self) -> Mapping[str, Mapping[date, int]]:
        return {
            language: Counter(each.published.date().replace(day=1) for _, each in self._of(language))
            for language in SITE.languages
        }

    def topics_beside(self, slug: str, language: str, *, limit: int = 10) -> Sequence[str]:
        slugs = [[topic.slug for topic in each.topics] for _, each in self._of(language)]
        beside = Counter(other for these in slugs if slug in these for other in these if other != slug)
        return [other for other, _ in beside.most_common(limit)]

    def has_topic(self, slug: str) -> bool:
        return any(slug in counts for counts in self.topics().values())

    def source_name(self, slug: str) -> str | None:
        return next((source.name for some in self.sources().values() for source in some if source.slug == slug), None)


@dataclass
class Room:
    """The services, and the application opened on them."""

    options: dict[str, Any] = field(default_factory=dict)
    library: Shelf = field(default_factory=Shelf)
    site: Site = SITE
    taxonomy: Taxonomy = field(default_factory=lambda: TAXONOMY)
    public_url: str = "https://wire.example"
    filters: Mapping[str, NamedFilter] = field(default_factory=dict)
    channels: tuple[ChannelListing, ...] = (
        ChannelListing("Chips auf Deutsch", "telegram", ("de",), "ai-safety | chips", "https://t.me/chips"),
        ChannelListing("everything", "mastodon", ("en", "ar"), "(ai-safety & chips) | !empty", None),
    )
    now: float = 0.0
    """What the rising clock shows, in seconds."""

    def __post_init__(self) -> None:
        self.app: AsgiApp = FeedsApp(ticks=lambda: self.now).open(cast("Services", self))

    def clock(self) -> datetime:
        return NOON

    def settings(self, model: type[Options]) -> Options:
        return model.model_validate(self.options)

    def state(self, plugin: str) -> State:
        raise NotImplementedError(plugin)

    async def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Asks the application, by default in no encoding."""
        sent = {"accept-encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
        transport = httpx.ASGITransport(app=cast("Any", self.app))
        async with httpx.AsyncClient(transport=transport, base_url="https://wire.example") as client:
            return await client.request(method, path, headers=sent)

    def scope(self, path: str, headers: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """What a web server hands over of a GET request."""
        plain, _, query = path.partition("?")
        lines = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        return {"type": "http", "method": "GET", "path": plain, "query_string": query.encode(), "headers": lines}

    async def ask(self, path: str, headers: Sequence[tuple[str, str]]) -> list[Message]:
        """Asks with exactly these header lines, and gives the messages of the answer as they are."""
        sent: list[Message] = []

        async def receive() -> Message:
            raise NotImplementedError

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(self.scope(path, headers), receive, send)
        return sent


@pytest.fixture
def new_story() -> Callable[..., Story]:
    return story


@pytest.fixture
def new_room() -> Callable[..., Room]:
    """Makes a room with the given stories in it; keywords are options of the plugin."""

    def make(*stories: Story, **options: Any) -> Room:
        FeedsOptions.model_validate(options)
        room = Room(options)
        room.library.publish(*stories)
        return room

    return make


class Newsroom(Room):
    """A room whose articles are published into a real store, by a clock that moves when it is told to."""

    def __init__(self, store: Store, options: dict[str, Any], filters: Mapping[str, NamedFilter]) -> None:
        self.store = store
        self.time = NOON
        self.publisher = Publisher(store, (), SITE.languages, self.clock, ["test"])
        library = StoredLibrary(store.engines, SITE, TAXONOMY)
        super().__init__(options, library=cast("Shelf", library), filters=filters)

    def clock(self) -> datetime:
        return self.time

    def publish(self, key: str = "one", *languages: str, title: str = "", body: str = "Text", **changes: Any) -> None:
        """Publishes an article; without languages in English."""
        spoken = languages or ("en",)
        values: dict[str, Any] = {
            "id": key,
            "original_language": spoken[0],
            "topics": ["chips"],
            "source": {"name": "Hacker News", "url": "https://hn.example/1"},
            "editions": [
                {
                    "language": language,
                    "title": title or f"Title of {key}",
                    "body": body,
                    "url": f"https://news.example/{language}/{key}",
                }
                for language in spoken
            ],
        }
        self.publisher.publish(Article.model_validate(values | changes), intake="test", reinstate=True)
        self.now += 10  # whoever looks after this sees it

    def withdraw(self, key: str) -> None:
        self.publisher.withdraw(key)
        self.now += 10


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Callable[..., Newsroom]]:
    """Makes a newsroom; keywords are options of the plugin, but for `filters` and `url`, the database."""
    stores: list[Store] = []

    def make(filters: Mapping[str, NamedFilter] | None = None, url: str = "", **options: Any) -> Newsroom:
        FeedsOptions.model_validate(options)
        stores.append(Store(url or f"sqlite:///{tmp_path}/{len(stores)}.db"))
        stores[-1].upgrade()
        return Newsroom(stores[-1], options, filters or {})

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def room(new_room: Callable[..., Room]) -> Room:
    """A room with one article in three languages and a second one in English."""
    return new_room(story("two"), story("one", "de"), story("one", "ar"), story("one"))
