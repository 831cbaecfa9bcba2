"""A fleet: dispatchers as real processes on one PostgreSQL, and the sandbox as their platforms."""

from __future__ import annotations

import os
import select as waiting
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from newswire.config import load_config
from newswire.model import Article
from newswire.room import Room
from newswire.sandbox import Fault, Sandbox
from newswire.store.schema import delivery, lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PROGRAM = str(Path(sys.executable).with_name("newswire"))
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}
CHATS = ("@news_one", "@news_two", "@news_three")
CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"

[logging]
level = "warning"

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "env:TEST_TELEGRAM_TOKEN"
per_second = 1000
per_minute = 1200

[[accounts]]
name = "mastodon"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "env:TEST_MASTODON_TOKEN"
rate_limits = "server"

[[channels]]
name = "mastodon"
account = "mastodon"
languages = ["en"]
max_age = "off"
"""
CHAT = """
[[channels]]
name = "telegram-{name}"
account = "telegram"
chat = "@{name}"
languages = ["en"]
max_age = "off"
"""


class Relay:
    """A cable that can be cut: passes TCP on to another socket, and notes when its client last said something."""

    def __init__(self, target: str | tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._silent = self._closed = False
        self._mended = 0
        self.last_said = 0.0
        self.breaks_at: bytes | None = None
        """When its client says this, it gets through, and the answer does not: the connection breaks."""
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with self._listener:
            while not self._closed:
                with suppress(TimeoutError):
                    near, _ = self._listener.accept()
                    self._threads.append(threading.Thread(target=self._carry, args=(near, self._mended)))
                    self._threads[-1].start()

    def _carry(self, near: socket.socket, mended: int) -> None:
        family = socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET
        with near, socket.socket(family) as far, suppress(OSError):
            far.connect(self._target)
            while self._mended == mended:
                readable, _, _ = waiting.select([near, far], [], [], 0.02)
                for source in () if self._silent else readable:
                    data = source.recv(65_536)
                    if not data:
                        return
                    if source is near:
                        self.last_said = time.monotonic()
                    (far if source is near else near).sendall(data)
                    if source is near and self.breaks_at is not None and self.breaks_at in data:
                        self.breaks_at = None
                        far.recv(65_536)
                        return

    def silence(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._silent = True

    def mend(self) -> None:
        """What was open is broken; what is opened from now on works."""
        self._mended += 1
        self._silent = False

    def close(self) -> None:
        self._closed = True
        self.mend()
        for thread in self._threads:
            thread.join()


@dataclass
class Fleet:
    """A database, the platforms, and the processes of a test."""

    folder: Path
    url: str
    socket: str
    """PostgreSQL's."""
    database: str
    sandbox: Sandbox
    sandbox_port: int
    room: Room
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)

    def start(self, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        """Starts `newswire run` with these words and settings of the environment."""
        number = len(self.processes)
        environment = {
            **os.environ,
            **SECRETS,
            "NEWSWIRE_STORE__URL": f"{self.url}&application_name=process_{number}",
            "NEWSWIRE_DISPATCH__LEASE": "3s",
            **settings,
        }
        with (self.folder / f"process_{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "run", *words], cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.processes.append(process)
        return process

    def dispatcher(self, **settings: str) -> subprocess.Popen[bytes]:
        """A process that only sends; it is up when it listens."""
        number = len(self.processes)
        process = self.start("--only", "dispatch", **settings)
        self.until(lambda: self._listens(f"process_{number}"), "the dispatcher does not start")
        return process

    def _listens(self, name: str) -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND query LIKE 'LISTEN%'"
        with self.room.store.read() as connection:
            return bool(connection.scalar(text(query), {"name": name}))

    def publish(self, *keys: str) -> None:
        for key in keys:
            edition = {"language": "en", "title": f"Title {key}", "url": f"https://news.example/{key}", "body": "Body."}
            article = Article.model_validate(
                {"id": key, "original_language": "en", "editions": [edition], "published": datetime.now(UTC)}
            )
            self.room.publisher.publish(article, intake="test")

    def owners(self) -> set[int]:
        """The processes that hold lanes; 0 for a lane that is free."""
        with self.room.store.read() as connection:
            return {int(owner.split(":")[1]) if owner else 0 for owner in connection.scalars(select(lane.c.owner))}

    def states(self) -> dict[tuple[str, str], str]:
        """The state of each delivery, by channel and title."""
        columns = (delivery.c.channel, delivery.c.article_id, delivery.c.state)
        with self.room.store.read() as connection:
            return {(channel, f"Title {key}"): state for channel, key, state in connection.execute(select(*columns))}

    def fingerprints(self) -> set[str]:
        """Of the accounts' options, secrets included."""
        with self.room.store.read() as connection:
            return set(connection.scalars(select(lane.c.fingerprint)))

    def settled(self) -> bool:
        return not {"pending", "sending"} & set(self.states().values())

    def posted(self, chat: str) -> list[str]:
        """The titles that a chat's followers see, in order."""
        platforms = self.sandbox
        texts = platforms.mastodon.texts("main") if chat == "mastodon" else platforms.telegram.texts(chat)
        return [line.split("\n")[0] for line in texts]

    def until(self, reached: Callable[[], bool], complaint: str, seconds: float = 25) -> float:
        """Waits; gives the seconds it took."""
        begun = time.monotonic()
        while not reached():
            if time.monotonic() - begun > seconds:
                logs = "\n".join(path.read_text("utf-8")[-3000:] for path in sorted(self.folder.glob("*.log")))
                pytest.fail(f"{complaint}\n{self.states()}\n{logs}")
            time.sleep(0.02)
        return time.monotonic() - begun

    def slow(self, seconds: float) -> None:
        """Each call takes so long, before and after it has its effect: there is always one under way."""
        self.sandbox.faults.add(Fault(effect="delay", when="before", seconds=seconds / 2, count=None))

    def doubtful(self) -> list[tuple[str, str]]:
        """What is in doubt, by channel and title."""
        return [key for key, state in self.states().items() if state == "doubt"]

    def check(self, titles: list[str], late: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
        """Nothing is out twice, lost, stuck or out of order; gives what is in doubt.

        Args:
            titles: all that should be out.
            late: what was in doubt at some time. Such a post may come out of order: nobody can call back a request
                that is on its way.
        """
        states, doubtful = self.states(), self.doubtful()
        assert set(states.values()) <= {"done", "doubt"}
        assert all(channel.startswith("telegram") for channel, _ in doubtful), "Mastodon can always tell"
        for chat in (*CHATS, "mastodon"):
            channel = chat if chat == "mastodon" else f"telegram-{chat[1:]}"
            seen = self.posted(chat)
            assert len(seen) == len(set(seen)), f"twice in {chat}"
            missing = [title for title in titles if title not in seen]
            assert all((channel, title) in doubtful for title in missing), f"lost in {chat}"
            certain = [title for title in seen if (channel, title) not in {*doubtful, *late}]
            assert certain == [title for title in titles if title in certain], f"out of order in {chat}"
        return doubtful

    def cable(self, target: str | tuple[str, int]) -> Relay:
        self.relays.append(Relay(target))
        return self.relays[-1]

    def close(self) -> None:
        self.sandbox.faults.clear()
        for process in self.processes:
            process.kill()
            process.wait()
        for relay in self.relays:
            relay.close()
        self.room.close()


@pytest.fixture
def relay_to_postgres(postgres: Any) -> Iterator[Relay]:
    with closing(Relay(str(postgres.folder / ".s.PGSQL.5432"))) as relay:
        yield relay


@pytest.fixture
def fleet(tmp_path: Path, postgres: Any, postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    url = postgres.url(postgres_database)
    monkeypatch.setenv("NEWSWIRE_STORE__URL", url)
    sandbox = Sandbox(auto_register=True, limits=False)
    with sandbox.background() as address:
        path = tmp_path / "config.toml"
        chats = "".join(CHAT.format(name=chat[1:]) for chat in CHATS)
        path.write_text(CONFIG.format(sandbox=address) + chats, "utf-8")
        room = Room(load_config(path))
        room.prepare()
        fleet = Fleet(
            folder=tmp_path,
            url=url,
            socket=str(postgres.folder / ".s.PGSQL.5432"),
            database=postgres_database,
            sandbox=sandbox,
            sandbox_port=int(address.rpartition(":")[2]),
            room=room,
        )
        with closing(fleet):
            yield fleet
