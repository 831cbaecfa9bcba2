"""The crash harness: a dispatcher is killed again and again while articles come, change and go.

Nothing of newswire is played here: the dispatcher is a process of its own with the real plugins, on a real database,
and talks by HTTP to the sandbox, which keeps the platforms' rules and a journal of what it took.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, get_args

import pytest
from sqlalchemy import select

from newswire.config import load_config
from newswire.delivery import State
from newswire.dispatch.dispatcher import World
from newswire.model import Article
from newswire.post import Receipt
from newswire.room import Room, real_world
from newswire.sandbox import Fault, Sandbox
from newswire.store import by_hand, deliveries
from newswire.store.schema import lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from newswire.delivery import Delivery

CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de"]
tag_authority = "news.example,2026"

[store]
url = "{database}"

[topics.science]
labels = {{ en = "Science", de = "Wissenschaft" }}

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "env:CRASH_TELEGRAM_TOKEN"
per_second = 1000
per_minute = 1200

[[accounts]]
name = "mastodon"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "env:CRASH_MASTODON_TOKEN"
rate_limits = "server"
"""
CHANNEL = """
[[channels]]
name = "{name}"
account = "{account}"
languages = {languages}
max_age = "off"
in_doubt = "{in_doubt}"
{more}
"""
CHANNELS: dict[str, tuple[str, list[str], str]] = {
    "telegram-en": ("telegram", ["en"], 'chat = "@crash_en"'),
    "telegram-de": ("telegram", ["de", "en"], 'chat = "@crash_de"'),
    "telegram-science": ("telegram", ["en"], 'chat = "@crash_science"\ntopics = ["science"]'),
    "mastodon-en": ("mastodon", ["en"], ""),
    "mastodon-de": ("mastodon", ["de"], ""),
}
SECRETS = {"CRASH_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "CRASH_MASTODON_TOKEN": "sandbox-crash"}
FRESH = 4
"""New articles for each process that is killed."""
LEASE = 16.0
"""Seconds the clock is put forward after a kill, so that nobody has to wait for the dead worker's lease to run out."""
MOST_WAITED = 1.0
"""Seconds after which a kill does not wait for its aim any longer."""

Aim = Literal[
    "at any time",
    "soon after a call",
    "neither accepted nor answered",
    "accepted, not answered",
    "right after an answer",
]
POSTS = ("sendMessage", "POST")
"""The methods that make a new post, of Telegram and Mastodon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A kill: when its process began and ended, and the first posts that were announced as being sent then."""

    aim: Aim
    begun: datetime
    ended: datetime
    sending: frozenset[int]


@dataclass(kw_only=True)
class Course:
    """What happened in a run of the harness, for the tally."""

    engine: str
    in_doubt: str
    seed: int
    sandbox: Sandbox
    newsroom: Newsroom
    kills: list[Kill] = field(default_factory=list)
    rows: list[Delivery] = field(default_factory=list)
    """Every delivery, oldest first."""
    seconds: float = 0.0


Look: TypeAlias = "Callable[[Course], Mapping[int, str | None]]"
"""Sees what happened, and tells of each doubtful delivery the id of its post, or None if there is none."""


class Newsroom(threading.Thread):
    """Publishes, corrects, translates and withdraws, all the time."""

    def __init__(self, publish: Callable[[Article], Any], withdraw: Callable[[str], Any], seed: int) -> None:
        super().__init__(name="newsroom")
        self.most = FRESH
        self.versions: dict[str, int] = {}
        self.german: set[str] = set()
        self.withdrawn: set[str] = set()
        self.error: Exception | None = None
        self.done = threading.Event()
        self._publish, self._withdraw = publish, withdraw
        self._random = random.Random(seed)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.join()
        if self.error is not None:
            raise self.error

    def run(self) -> None:
        try:
            while not self.done.wait(self._random.uniform(0, 0.06)):
                self._work()
        except Exception as error:  # noqa: BLE001  # told by the test, which waits for this thread
            self.error = error

    def _work(self) -> None:
        standing = sorted(self.versions.keys() - self.withdrawn)
        chance = self._random.random()
        if (chance < 0.6 or not standing) and len(self.versions) < self.most:
            key = f"nr-{len(self.versions) + 1:04d}"
            self.versions[key] = 1
            if self._random.random() < 0.6:
                self.german.add(key)
        elif not standing:
            return
        else:
            # Mostly the newest, for they are on their way.
            key = standing[-min(len(standing), 1 + int(self._random.expovariate(0.2)))]
            if chance > 0.95:
                self._withdraw(key)
                self.withdrawn.add(key)
                return
            if key not in self.german and chance > 0.7:
                self.german.add(key)
            else:
                self.versions[key] += 1
        self._publish(self.article(key))

    def article(self, key: str) -> Article:
        """The article as it is now."""
        languages = ["en", "de"] if key in self.german else ["en"]
        return Article.model_validate(
            {
                "id": key,
                "original_language": "en",
                "editions": [self._edition(key, language) for language in languages],
                "topics": ["science"] if int(key[3:]) % 2 else [],
                "source": {"name": "Hacker News", "url": "https://hn.example/1"},
            }
        )

    def _edition(self, key: str, language: str) -> dict[str, Any]:
        return {
            "language": language,
            "title": f"{key} ({language}) v{self.versions[key]}",
            "summary": "A summary.",
            "body": "A body.",
            "url": f"https://news.example/{language}/{key}",
        }


class Harness:
    """Runs dispatchers and kills them.

    Args:
        folder: for the config, and for what the processes write to their standard error.
        database: an SQLAlchemy URL.
        in_doubt: the channels' policy.
        seed: of the chance in it; moments of two processes are never the same twice.
        kills: how many processes are to be killed.
    """

    def __init__(self, folder: Path, database: str, *, in_doubt: str, seed: int, kills: int) -> None:
        self._folder, self._database, self._kills = folder, database, kills
        self._random = random.Random(seed)
        self._real = real_world()
        self._ahead = 0.0
        self._sandbox = Sandbox(auto_register=True, limits=False, clock=lambda: self._clock().timestamp())
        self._room: Room
        self._zygote: subprocess.Popen[str]
        self._course = Course(
            engine=database.partition(":")[0].partition("+")[0],
            in_doubt=in_doubt,
            seed=seed,
            sandbox=self._sandbox,
            newsroom=Newsroom(self._publish, self._withdraw, seed + 1),
        )

    def _clock(self) -> datetime:
        return self._real.clock() + timedelta(seconds=self._ahead)

    def _publish(self, article: Article) -> None:
        self._room.publisher.publish(article, intake="test")

    def _withdraw(self, key: str) -> None:
        self._room.publisher.withdraw(key)

    def run(self, look: Look) -> Course:
        """Kills as often as it should, lets the last process finish, has doubts cleared up, and gives what happened.

        Args:
            look: sees what happened, and tells of each doubtful delivery the id of its post, or None if there is none.
        """
        course, begun = self._course, time.monotonic()
        with ExitStack() as stack:
            config = self._folder / "config.toml"
            config.write_text(self._config(stack.enter_context(self._sandbox.background())), "utf-8")
            world = World(clock=self._clock, monotonic=self._real.monotonic, random=self._real.random)
            self._room = Room(load_config(config), world)
            stack.callback(self._room.close)
            self._room.prepare()
            self._zygote = stack.enter_context(self._zygote_of(config))
            with course.newsroom:
                while len(course.kills) < self._kills:
                    course.kills.append(self._one_life())
            self._finish()
            course.seconds = time.monotonic() - begun
            self._clear_up_by_hand(look(course))
            self._finish()
            self._note_rows()
        return course

    def _note_rows(self) -> None:
        with self._room.store.read() as connection:
            self._course.rows = deliveries.listing(connection, limit=1_000_000)[::-1]

    def _clear_up_by_hand(self, truth: Mapping[int, str | None]) -> None:
        hand = by_hand.Hand("somebody who looked", self._clock())
        for number, remote_id in truth.items():
            with self._room.store.write() as connection:
                by_hand.change(connection, [number], partial(self._decide, remote_id=remote_id, now=hand.now), hand)

    def _decide(self, row: Delivery, *, remote_id: str | None, now: datetime) -> by_hand.Settled:
        if remote_id is None:
            return by_hand.resolve_not_sent(row, now=now)
        withdrawn = row.article_id in self._course.newsroom.withdrawn
        return by_hand.resolve_sent(row, Receipt(remote_id=remote_id, at=now), withdrawn=withdrawn, now=now)

    def _config(self, url: str) -> str:
        channels = [
            CHANNEL.format(name=name, account=account, languages=languages, more=more, in_doubt=self._course.in_doubt)
            for name, (account, languages, more) in CHANNELS.items()
        ]
        return CONFIG.format(database=self._database, sandbox=url) + "".join(channels)

    @contextmanager
    def _zygote_of(self, config: Path) -> Iterator[subprocess.Popen[str]]:
        words = [sys.executable, str(Path(__file__).with_name("child.py")), str(config)]
        with (
            (self._folder / "stderr.txt").open("a") as errors,
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True) as zygote,
        ):
            yield zygote

    def _order(self, **order: Any) -> int:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps(order) + "\n")
        self._zygote.stdin.flush()
        answer = self._zygote.stdout.readline()
        assert answer, self._errors()
        return int(answer)

    def _errors(self) -> str:
        return (self._folder / "stderr.txt").read_text()

    def _one_life(self) -> Kill:
        """Starts a dispatcher, kills it, and puts the clock forward, for nobody wants to wait for the dead's lease."""
        aim: Aim = self._random.choice(get_args(Aim))
        reached = self._aim(aim)
        self._course.newsroom.most += FRESH
        begun = self._clock()
        pid = self._order(offset=self._ahead, patience=None)
        until = time.monotonic() + MOST_WAITED
        while not reached() and time.monotonic() < until:
            time.sleep(0.0005)
        os.kill(pid, signal.SIGKILL)
        assert self._order(wait=pid) == -signal.SIGKILL, self._errors()
        self._sandbox.faults.clear()
        with self._room.store.write() as connection:
            # A server may still be committing for the dead: whoever commits a step holds its lane until then.
            connection.execute(select(lane.c.name).with_for_update()).all()
            rows = deliveries.listing(connection, states=[State.SENDING], limit=1000)
        kill = Kill(
            aim=aim,
            begun=begun,
            ended=self._clock(),
            sending=frozenset(row.id for row in rows if row.receipt is None),
        )
        self._ahead += LEASE
        return kill

    def _aim(self, aim: Aim) -> Callable[[], bool]:
        """Sets the platforms' pace and faults, and gives what tells that the moment to kill has come."""
        chance, journal, faults = self._random, self._sandbox.journal, self._sandbox.faults
        after = chance.randint(0, 12)
        received, answered = len(journal.received) + after, len(journal.answered) + after
        late = chance.uniform(0, 0.02)
        struck: int | None = None
        match aim:
            case "accepted, not answered":
                struck = faults.add(Fault(effect="hang", when="after", method=chance.choice(POSTS), skip=after))
            case "neither accepted nor answered":
                struck = faults.add(Fault(effect="hang", when="before", method=chance.choice(POSTS), skip=after))
            case _:
                pass
        for method in (*POSTS, "editMessageText", "deleteMessage", "PUT", "DELETE"):
            faults.add(Fault(effect="delay", method=method, count=None, seconds=chance.uniform(0.0, 0.012)))
        match aim:
            case "at any time":
                at = time.monotonic() + chance.uniform(0, 0.6)
                return lambda: time.monotonic() >= at
            case "right after an answer":
                return lambda: len(journal.answered) > answered
            case "soon after a call":
                return lambda: len(journal.received) > received and _after(late)
            case _:
                return lambda: all(one["number"] != struck for one in faults.as_json()) and _after(0.003)

    def _finish(self) -> None:
        """Lets dispatchers work, unharmed, until nothing is left to do."""
        left: list[Delivery] = []
        for _ in range(10):
            self._ahead += LEASE
            assert self._order(wait=self._order(offset=self._ahead, patience=1.0)) == 0, self._errors()
            with self._room.store.read() as connection:
                left = deliveries.listing(connection, states=[State.SENDING, State.PENDING])
            if not left:
                self._note_rows()
                return
        pytest.fail(f"there is still something to do (seed {self._course.seed}): {left}")


def _after(seconds: float) -> bool:
    time.sleep(seconds)
    return True


@pytest.fixture
def run_and_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Course]:
    """Runs the harness: takes a database's URL, what `Harness` takes, and what `Harness.run` takes."""
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)

    def run(database: str, look: Look, *, in_doubt: str, seed: int, kills: int) -> Course:
        return Harness(tmp_path, database, in_doubt=in_doubt, seed=seed, kills=kills).run(look)

    return run
