"""A running room goes over to another config: in order, with nothing lost, repeated or held against the wrong one."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import update

from newswire import api
from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.model import Article
from newswire.plugins import load_plugins
from newswire.room import Room
from newswire.store import channels, deliveries
from newswire.store.channels import ChannelEntry
from newswire.store.reloads import ConfigWord, keep, words
from newswire.store.schema import delivery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = """
[site]
name = "The Wire"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"
"""
ACCOUNT = '[[accounts]]\nname = "{name}"\ntype = "ledger"\nkey = "{key}"\n'
CHANNEL = '[[channels]]\nname = "{name}"\naccount = "{account}"\nlanguages = ["en"]\nmax_age = "off"\npage = "{page}"\n'


@dataclass
class Book:
    """What came of it, in order, and what holds it up."""

    lines: list[str] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a post waits for the book to be opened."""
    gone: set[str] = field(default_factory=set)
    """Pages that are not there."""


class AccountOptions(api.Options):
    key: str


class ChannelOptions(api.Options):
    page: str


class Ledger(api.Account):
    def __init__(self, key: str, book: Book) -> None:
        self.key = key
        self.book = book
        book.lines.append(f"connected {key}")

    async def aclose(self) -> None:
        self.book.lines.append(f"closed {self.key}")


class Page(api.Channel):
    def __init__(self, account: Ledger, page: str) -> None:
        self._account = account
        self._page = page

    def compose(self, story: api.Story) -> api.Post:
        return api.Post(text=story.title, language=story.language)

    async def post(self, post: api.Post, *, key: str) -> api.Receipt:
        book = self._account.book
        book.waiting.set()
        await book.open.wait()
        if self._page in book.gone:
            raise api.ChannelGone("there is no such page")
        book.lines.append(f"{self._account.key} {self._page} {post.text}")
        return api.Receipt(remote_id=key, at=NOON)


def _plugin(book: Book) -> ModuleType:
    class LedgerType(api.ChannelType[AccountOptions, ChannelOptions, Ledger]):
        kind = "ledger"
        account_options = AccountOptions
        channel_options = ChannelOptions

        def connect(self, name: str, options: AccountOptions, services: api.Services) -> Ledger:
            del name, services
            return Ledger(options.key, book)

        def open(self, account: Ledger, options: ChannelOptions) -> Page:
            return Page(account, options.page)

    class Sign(api.HttpApp):
        paths = ("/sign",)

        def open(self, services: api.Services) -> api.AsgiApp:
            if services.site.name == "Unspeakable":
                raise RuntimeError("it cannot be written")
            body = services.site.name.encode()

            async def answer(scope: api.Scope, receive: Any, send: Any) -> None:
                del scope, receive
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": body})

            return answer

    @api.hookimpl
    def newswire_channel_types() -> list[api.AnyChannelType]:
        return [LedgerType()]

    @api.hookimpl
    def newswire_http_apps() -> list[api.HttpApp]:
        return [Sign()]

    module = ModuleType("ledger")
    for hook in (newswire_channel_types, newswire_http_apps):
        setattr(module, hook.__name__, hook)
    return module


@dataclass
class Scene:
    room: Room
    book: Book
    load: Callable[..., Any]

    def publish(self, *keys: str) -> None:
        for key in keys:
            edition = {"language": "en", "title": key, "url": f"https://news.example/{key}"}
            document = {"id": key, "original_language": "en", "editions": [edition], "published": NOON}
            self.room.publisher.publish(Article.model_validate(document), intake="api")
        self.room.wake()

    async def until(self, *lines: str) -> None:
        """Waits until these are the last lines of the book."""
        await _until(lambda: tuple(self.book.lines[-len(lines) :]) == lines)

    async def settled(self, **states: int) -> None:
        """Waits until so many deliveries of the channel are in each state."""
        await _until(lambda: self._states() == states)

    def _states(self) -> Mapping[str, int]:
        with self.room.store.read() as connection:
            return deliveries.tally(connection)["c"].states


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not reached():  # noqa: ASYNC110  # what it waits for happens in other tasks and threads
            await asyncio.sleep(0.01)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    book = Book()
    book.open.set()
    plugins = load_plugins(enabled=["ledger"], extra={"ledger": _plugin(book)})
    path = tmp_path / "config.toml"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        http = f'[http]\nbind = "127.0.0.1:{probe.getsockname()[1]}"\n'

    def load(text: str, *, name: str = "The Wire") -> Any:
        path.write_text(SITE.replace("The Wire", name) + http + text, "utf-8")
        return load_config(path, plugins=plugins)

    text = ACCOUNT.format(name="a", key="old") + CHANNEL.format(name="c", account="a", page="one")
    loop = asyncio.get_running_loop()
    world = World(clock=lambda: datetime.now(UTC), monotonic=loop.time, random=lambda: 0.0)
    room = Room(load(text), world)
    room.prepare()
    stop = asyncio.Event()
    running = asyncio.create_task(room.dispatch(stop))
    try:
        yield Scene(room, book, load)
    finally:
        book.open.set()
        stop.set()
        await running
        room.close()


async def test_the_old_account_closes_before_the_new_one_connects(scene: Scene) -> None:
    scene.book.open.clear()
    scene.publish("first", "second")
    await scene.book.waiting.wait()
    new = ACCOUNT.format(name="a", key="new") + CHANNEL.format(name="c", account="a", page="one")
    await scene.room.change(scene.load(new))
    await asyncio.sleep(0.1)
    assert scene.book.lines == ["connected old"], "it did not wait for what is being sent"
    scene.book.open.set()
    await scene.until("connected old", "old one first", "closed old", "connected new", "new one second")
    scene.publish("third")
    await scene.until("new one second", "new one third")
    await scene.settled(done=3)


async def test_an_account_that_goes_and_comes_back_waits_for_itself(scene: Scene) -> None:
    text = ACCOUNT.format(name="a", key="old") + CHANNEL.format(name="c", account="a", page="one")
    scene.book.open.clear()
    scene.publish("first", "second")
    await scene.book.waiting.wait()
    await scene.room.change(scene.load(""))
    await scene.room.change(scene.load(text))
    scene.book.open.set()
    await scene.until("connected old", "old one first", "closed old", "connected old", "old one second")
    await scene.settled(done=2)


async def test_channels_come_and_go_while_their_account_stays(scene: Scene) -> None:
    account = ACCOUNT.format(name="a", key="old")
    one = CHANNEL.format(name="c", account="a", page="one")
    scene.publish("before")
    await scene.until("old one before")
    await scene.room.change(scene.load(account + one + CHANNEL.format(name="d", account="a", page="two")))
    scene.publish("between")
    await _until(lambda: {"old one between", "old two between"} <= set(scene.book.lines))
    await scene.room.change(scene.load(account + CHANNEL.format(name="d", account="a", page="three")))
    scene.publish("after")
    await scene.until("old three after")
    assert not {"old two before", "old one after", "closed old"} & set(scene.book.lines)


async def test_what_the_old_destination_says_is_not_held_against_the_new_one(scene: Scene) -> None:
    scene.book.open.clear()
    scene.book.gone.add("one")
    scene.publish("first")
    await scene.book.waiting.wait()
    account = ACCOUNT.format(name="a", key="old")
    await scene.room.change(scene.load(account + CHANNEL.format(name="c", account="a", page="two")))
    scene.book.open.set()
    await scene.until("old two first")


async def test_a_channel_goes_to_another_account_when_nobody_sends_to_it(scene: Scene) -> None:
    both = ACCOUNT.format(name="a", key="old") + ACCOUNT.format(name="b", key="other")
    scene.book.open.clear()
    scene.publish("first", "second")
    await scene.book.waiting.wait()
    await scene.room.change(scene.load(both + CHANNEL.format(name="c", account="b", page="one")))
    await asyncio.sleep(1.5)
    with scene.room.store.read() as connection:
        (row,) = channels.channel_rows(connection)
    assert row["lane"] == "a", "it was taken from who is sending to it"
    scene.book.open.set()
    await scene.until("old one first", "other one second")
    await scene.settled(done=2)


async def test_what_a_dead_process_was_sending_is_settled_by_the_account_that_gets_the_channel(scene: Scene) -> None:
    both = ACCOUNT.format(name="a", key="old") + ACCOUNT.format(name="b", key="other")
    await scene.room.change(scene.load(both + CHANNEL.format(name="c", account="b", page="one")))
    with scene.room.store.write() as connection:
        entry = ChannelEntry("c", "account of a dead process", "1")
        assert channels.move(connection, [entry], now=datetime.now(UTC)) == (), "nobody is sending"
    scene.publish("first")
    with scene.room.store.write() as connection:
        connection.execute(update(delivery).values(state="sending", epoch=1, attempt=1))
    await scene.room.change(scene.load(both + CHANNEL.format(name="c", account="a", page="one")))
    await scene.settled(doubt=1)
    scene.publish("second")
    await scene.until("old one second")


async def test_the_web_app_follows_and_a_plugin_that_cannot_changes_nothing(scene: Scene) -> None:
    stop = asyncio.Event()
    text = ACCOUNT.format(name="a", key="old") + CHANNEL.format(name="c", account="a", page="one")
    serving = asyncio.create_task(scene.room.serve(stop))

    async def sign() -> str:
        async with httpx.AsyncClient(base_url=f"http://{scene.room.config.http.bind}") as client:
            return (await client.get("/sign")).text

    try:
        await asyncio.sleep(0.3)
        assert await sign() == "The Wire"
        await scene.room.change(scene.load(text, name="Changed"))
        assert await sign() == "Changed"
        before = scene.room.config
        with pytest.raises(RuntimeError, match="it cannot be written"):
            await scene.room.change(scene.load("", name="Unspeakable"))
        assert scene.room.config is before
        assert await sign() == "Changed"
        scene.publish("first")
        await scene.until("old one first")
    finally:
        stop.set()
        await serving


async def test_the_last_word_of_a_process_is_kept(scene: Scene) -> None:
    store = scene.room.store
    keep(store, ConfigWord("here:config.toml", "serve", NOON, problems="all is wrong"))
    keep(store, ConfigWord("here:config.toml", "dispatch", NOON))
    keep(store, ConfigWord("here:config.toml", "serve", NOON, restart=["store.url"]))
    assert [(word.part, word.problems, list(word.restart)) for word in words(store)] == [
        ("dispatch", None, []),
        ("serve", None, ["store.url"]),
    ]
