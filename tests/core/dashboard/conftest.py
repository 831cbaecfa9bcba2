"""The dashboard on a real socket, of a store whose channel is in memory and fails when it is told to."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.room import Room
from newswire.store import deliveries, tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newswire.delivery import Delivery, State
    from newswire.store import Store

SECRET = "100001:AAF-rehearsal-token-that-nobody-gave-out"
CONFIG = """
[site]
name = "The Secluded Wire"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "ar"]
tag_authority = "news.example,2026"

[http]
bind = "127.0.0.1:{port}"
{http}

[logging]
level = "warning"

[topics.science]
labels = {{ en = "Science" }}

[[accounts]]
name = "lane"
type = "telegram"
token = "{secret}"

[[channels]]
name = "news"
account = "lane"
chat = "@news"
languages = ["en", "ar"]
topics = "science"
max_per_day = 40
quiet_hours = "22:00-07:00"

[[channels]]
name = "quiet"
account = "lane"
chat = "@quiet"
languages = ["de"]
enabled = false
"""


class Visitor:
    """A browser without a window: it keeps cookies and sends forms as pages have them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=60)

    def get(self, path: str = "", **query: Any) -> httpx.Response:
        return self.client.get(f"/dashboard/{path}", params=query or None)

    def page(self, path: str = "", **query: Any) -> str:
        answer = self.get(path, **query)
        assert answer.status_code == 200, (answer.status_code, answer.headers.get("location"), answer.text[-800:])
        return answer.text

    def log_in(self, token: str, **fields: str) -> httpx.Response:
        page = self.get("login").text
        (key,) = re.findall(r'name="key" value="([^"]+)"', page)
        return self.send("login", {"key": key, "token": token, **fields})

    def send(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        return self.client.post(f"/dashboard/{path}", data=fields, headers={"Origin": self.url, **headers})

    def key(self) -> str:
        """What every form of the session carries."""
        return str(re.findall(r'name="key" value="([^"]+)"', self.page())[0])

    def settle(self, what: str, row: Delivery, **fields: str) -> str:
        """Presses a button on a delivery's page; what the next page says of it."""
        page = self.page(f"deliveries/{row.id}")
        (mark,) = set(re.findall(rf'name="delivery-{row.id}" value="([^"]+)"', page))
        return self.said(
            "deliveries", {"do": what, f"delivery-{row.id}": mark, "back": f"/dashboard/deliveries/{row.id}", **fields}
        )

    def said(self, path: str, fields: dict[str, str]) -> str:
        """Sends a form; what the next page says."""
        answer = self.send(path, {"key": self.key(), **fields})
        assert answer.status_code == 303, (answer.status_code, answer.text[-800:])
        following = self.client.get(answer.headers["location"]).text
        (told,) = re.findall(r'<p class="said[^>]*>(.*?)</p>', following, re.DOTALL)
        return str(told)


@dataclass
class Served:
    """A served room, and what is behind it."""

    room: Room
    wire: Any
    clock: Any
    url: str
    visitors: list[Visitor] = field(default_factory=list)

    def token(self, name: str, *scopes: str, **changes: Any) -> str:
        with self.room.store.write() as connection:
            given = {"rate": 600, "expires": None, "now": self.clock()}
            return tokens.create(connection, name, map(TokenScope, scopes), **(given | changes))

    def visitor(self) -> Visitor:
        self.visitors.append(Visitor(self.url))
        return self.visitors[-1]

    def row(self, key: str = "a") -> Delivery:
        with self.room.store.read() as connection:
            return deliveries.of_article(connection, key)["news"]

    def told(self, key: str = "a") -> list[tuple[str, str, str | None]]:
        with self.room.store.read() as connection:
            found = deliveries.attempts(connection, self.row(key).id)
        return [(one["operation"], one["outcome"], one["words"]) for one in found]

    def deliver(self, article: Any, *errors: Exception, after: bool = False) -> State:
        """Publishes and delivers an article; the platform fails with these."""
        channel = self.wire.channels["news"]
        (channel.after if after else channel.before).extend(errors)
        self.wire.publish(article)
        return self.work(article.id)

    def work(self, key: str = "a") -> State:
        # A thread of its own: in that of a test with a browser a loop is running already.
        worker = threading.Thread(target=lambda: asyncio.run(self.wire.deliver()))
        worker.start()
        worker.join()
        return self.row(key).state


@contextmanager
def _serving(room: Room) -> Iterator[None]:
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(room.serve(stop)))
    thread.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection((room.config.http.host, room.config.http.port), 1).close()
            break
        except OSError:
            time.sleep(0.01)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture
def serve(
    store: Store, tmp_path: Path, clock: Any, make_wire: Callable[..., Any], subscriber: Any
) -> Callable[..., Any]:
    """Serves a room whose clock stands still."""

    @contextmanager
    def start(http: str = "") -> Iterator[Served]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(port=port, http=http, secret=SECRET), "utf-8")
        path.chmod(0o600)
        room = Room(load_config(path), World(clock=clock, monotonic=clock.monotonic, random=lambda: 0.5), store)
        room.prepare()
        wire = make_wire([subscriber("news", "en", "ar")])
        with _serving(room):
            served = Served(room, wire, clock, f"http://127.0.0.1:{port}")
            yield served
            for visitor in served.visitors:
                visitor.client.close()

    return start


@pytest.fixture
def served(serve: Callable[..., Any]) -> Iterator[Served]:
    with serve() as running:
        yield running


@pytest.fixture
def alice(served: Served) -> Visitor:
    """An admin who has logged in."""
    visitor = served.visitor()
    assert visitor.log_in(served.token("alice", "admin")).status_code == 303
    return visitor
