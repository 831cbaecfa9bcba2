"""A room whose articles come from feeds of others, and feeds as servers send them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.room import Room
from newswire.store import schema
from newswire_upstream.intake import UpstreamIntake
from newswire_upstream.manners import Manners
from newswire_upstream.state import FEEDS, FeedState, read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newswire.api import Delivered
    from newswire.receiving import Report

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONFIG = """\
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "ar", "ru", "ja", "fr"]
tag_authority = "news.example,2026"
[http]
public_url = "{public_url}"
[store]
url = "{store}"
[topics.ai]
labels = {{ en = "AI", de = "KI" }}
aliases = ["Artificial Intelligence"]
[topics.chips]
[[accounts]]
name = "telegram"
type = "telegram"
token = "123:abc"
api_url = "http://127.0.0.1:1"
[[channels]]
name = "de"
account = "telegram"
languages = ["de", "en"]
fallback = "original"
chat = "@example_news"
{intakes}
"""
LOOPBACK = 'networks = ["127.0.0.0/8"]'


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


def rss(*items: str, head: str = "<language>en</language>", title: str = "A Feed") -> bytes:
    """A feed in RSS 2.0."""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>{escape(title)}</title><link>https://blog.example/</link>"
        f"<description/>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(key: str, title: str = "", **parts: str) -> str:
    """An item of RSS 2.0."""
    given = {
        "title": title or f"Title of {key}",
        "link": f"https://blog.example/{key}",
        "guid": f"tag:blog.example,2026:{key}",
        "pubDate": "Mon, 23 Nov 2026 07:00:00 GMT",
        "description": f"All about {key}.",
        **{name.replace("__", ":"): text for name, text in parts.items()},
    }
    return "<item>" + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in given.items() if text) + "</item>"


@dataclass
class House:
    """A room, and one intake of feeds."""

    folder: Path
    clock: Clock
    store: str
    intakes: str
    public_url: str = "http://127.0.0.1:8300"
    room: Any = None
    opened: Any = None
    rest: float = 0.0
    reports: list[Report] = field(default_factory=list)

    def open(self) -> House:
        path = self.folder / "config.toml"
        text = CONFIG.format(store=self.store, intakes=self.intakes, public_url=self.public_url)
        path.write_text(text, "utf-8")
        world = World(clock=self.clock, monotonic=lambda: 0.0, random=lambda: 0.5)
        self.room = Room(load_config(path), world)
        self.room.prepare(sends=False)
        return self

    def intake(self, name: str = "hn", **changes: Any) -> UpstreamIntake:
        configured = next(one for one in self.room.config.intakes if one.name == name)
        made = UpstreamIntake(
            name,
            configured.options,
            self.room.services,
            manners=lambda: Manners(time.monotonic, rest=self.rest),
            random=lambda: 0.5,
        )
        for key, value in changes.items():
            setattr(made, key, value)
        return made

    def poll(self, name: str = "hn", *, after: float = 0.0) -> Report:
        """Reads the intake once, as ``newswire run --once`` does, so many minutes later."""
        self.clock.forward(minutes=after)
        report: Report = self.room.receiver(name).receive(self.intake(name).read())
        self.reports.append(report)
        return report

    def read(self, name: str = "hn") -> list[Delivered]:
        return list(self.intake(name).read())

    def states(self) -> dict[str, FeedState]:
        kept = self.room.services.state(FEEDS).all()
        return {value["url"]: read_state(value, value["url"]) for value in kept.values()}

    @property
    def state(self) -> FeedState:
        (state,) = self.states().values()
        return state

    def articles(self) -> dict[str, dict[str, Any]]:
        """The first edition of each article, by its title."""
        with self.room.store.read() as connection:
            rows = connection.execute(
                select(schema.edition.c.document, schema.article).join(
                    schema.article, schema.article.c.id == schema.edition.c.article_id
                )
            ).mappings()
            return {row[schema.edition.c.document]["title"]: dict(row) for row in rows}

    def deliveries(self) -> dict[str, str]:
        """What becomes of each article on the channel, by its title."""
        with self.room.store.read() as connection:
            rows = connection.execute(
                select(schema.edition.c.document, schema.delivery.c.state).join(
                    schema.delivery, schema.delivery.c.article_id == schema.edition.c.article_id
                )
            ).all()
            return {document["title"]: state for document, state in rows}

    def close(self) -> None:
        if self.room is not None:
            self.room.close()
            self.room = None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_house(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., House]]:
    """Opens rooms; the first argument is what stands in the intake's table."""
    made: list[House] = []

    def make(table: str, *, name: str = "hn", **changes: Any) -> House:
        store = changes.pop("store", f"sqlite:///{tmp_path}/wire.db")
        more = changes.pop("more", "")
        intakes = f'[[intakes]]\nname = "{name}"\ntype = "upstream"\n{LOOPBACK}\n{table}\n{more}'
        made.append(House(tmp_path, clock, store, intakes, **changes).open())
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture(name="rss")
def _rss() -> Callable[..., bytes]:
    return rss


@pytest.fixture(name="item")
def _item() -> Callable[..., str]:
    return item
