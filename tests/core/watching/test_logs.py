"""Every line tells what it is about, whoever wrote it, and no line of any process tells a secret."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import structlog
from click.testing import CliRunner

from newswire import errors
from newswire.api import Event, Follower
from newswire.cli import program
from newswire.followers import FollowerRunner
from newswire.logs import setup_logging
from newswire.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENGINES = ("sqlite",)
PROGRAM = str(Path(sys.executable).with_name("newswire"))
BOT, MASTODON = "123456:a-secret-of-the-bot-0123456789abcdef", "a-secret-of-the-mastodon-account"
CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"

[store]
url = "env:TEST_STORE"

[alerts]
channel = ["telegram-one", "mastodon"]

[[intakes]]
name = "articles"
type = "markdown"
path = "articles"
pattern = ["{{lang}}/{{key}}.md"]
url = "https://news.example/{{lang}}/{{key}}"

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "env:TEST_TELEGRAM_TOKEN"

[[accounts]]
name = "mastodon"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "file:mastodon.secret"

[[channels]]
name = "telegram-one"
account = "telegram"
chat = "@news_one"
languages = ["en"]
max_age = "off"

[[channels]]
name = "telegram-two"
account = "telegram"
chat = "@news_two"
languages = ["en"]
max_age = "off"

[[channels]]
name = "mastodon"
account = "mastodon"
languages = ["en"]
max_age = "off"
"""


@pytest.fixture
def lines() -> Iterator[Any]:
    """What is logged from now on, a line each."""
    stream = io.StringIO()
    setup_logging("debug", "json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


async def test_lines_of_an_attempt_tell_account_channel_article_and_delivery(
    watched: Any, an_article: Any, lines: Any
) -> None:
    class Talkative(errors.Retry):
        """A platform whose library says something of its own, in a task and on a thread."""

        def __init__(self) -> None:
            super().__init__("busy")
            logging.getLogger("library").info("asked")

    class Board(dict[str, Exception]):
        def __getitem__(self, place: str) -> Exception:
            del place
            return Talkative()

    watched.board.fails = Board(news=errors.Retry("busy"))
    watched.publish(an_article("a"))
    await watched.deliver()
    about = {"account": "wire", "channel": "news", "article": "a", "delivery": 1}
    found = {line["event"]: line for line in lines()}
    assert {key: found["asked"].get(key) for key in about} == about
    assert {key: found["post"].get(key) for key in about} == about
    assert found["post"]["outcome"] == "talkative"


class Odd(Follower):
    name: ClassVar[str] = "odd"

    async def handle(self, events: Sequence[Event]) -> None:
        logging.getLogger("library").info("read %s", events[0].seq)
        raise ZeroDivisionError


async def test_lines_of_a_follower_tell_which(watched: Any, an_article: Any, lines: Any) -> None:
    watched.publish(an_article("a"))
    runner = FollowerRunner(Odd(), watched.store, lambda: 0.0, clock=watched.clock, owner="me")
    await runner.run(asyncio.Event(), once=True)
    told = {(line["event"], line["follower"]) for line in lines() if "follower" in line}
    assert told == {("read 1", "odd"), ("a follower failed", "odd")}


def test_lines_of_an_intake_tell_which(watched: Any, lines: Any) -> None:
    def broken() -> Iterator[Any]:
        logging.getLogger("library").warning("a strange file")
        raise OSError("gone")
        yield

    watched.room.receiver("tray").receive(broken())
    assert {(line["event"], line["intake"]) for line in lines()} == {
        ("a strange file", "tray"),
        ("an intake failed", "tray"),
    }


async def test_what_is_bound_ends_with_what_it_is_about(watched: Any, an_article: Any, lines: Any) -> None:
    watched.publish(an_article("a"))
    await watched.deliver()
    logging.getLogger("library").info("later")
    assert not {"account", "channel", "article", "delivery"} & lines()[-1].keys()


def test_no_process_tells_a_secret_at_any_level(
    tmp_path: Path, postgres: Any, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = postgres.url(postgres_database).replace("postgres@/", "postgres:the-password-of-the-database@/")
    environment = {**os.environ, "TEST_TELEGRAM_TOKEN": BOT, "TEST_STORE": store, "NEWSWIRE_LOGGING__LEVEL": "debug"}
    (tmp_path / "mastodon.secret").write_text(f"{MASTODON}\n", "utf-8")
    article = tmp_path / "articles/en/a.md"
    article.parent.mkdir(parents=True)
    article.write_text("---\ntitle: A\nsummary: About A.\n---\nBody.\n", "utf-8")
    secrets = (BOT, BOT.partition(":")[2], MASTODON, "the-password-of-the-database")
    said = []

    def newswire(*words: str, **settings: str) -> None:
        done = subprocess.run(
            [PROGRAM, *words],
            cwd=tmp_path,
            env=environment | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        said.append(done.stdout + done.stderr)

    sandbox = Sandbox(auto_register=True, limits=False)
    with sandbox.background() as address:
        (tmp_path / "config.toml").write_text(CONFIG.format(sandbox=address), "utf-8")
        leaking = {"ok": False, "error_code": 400, "description": f"Bad Request: no bot{BOT} here"}
        for fault in (
            Fault(effect="status", status=400, platform="telegram", chat="@news_one", body=leaking, count=None),
            Fault(effect="cut", platform="telegram", chat="@news_two"),
            Fault(effect="status", status=401, platform="mastodon", method="POST", body={"error": f"not {MASTODON}"}),
        ):
            sandbox.faults.add(fault)
        newswire("run", "--once", NEWSWIRE_LOGGING__FORMAT="json")
        newswire("run", "--once")
    newswire("run", "--once")  # nobody answers any more
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        for name, value in environment.items():
            patch.setenv(name, value)
        said += [CliRunner().invoke(program, [what, "list", "--json"]).output for what in ("alerts", "deliveries")]
    lines = [json.loads(line) for line in said[0].splitlines() if line.startswith("{")]
    outcomes = {(line["channel"], line["outcome"]) for line in lines if line.get("event") == "post"}
    assert {("telegram-one", "rejected"), ("telegram-two", "unknown"), ("mastodon", "accountrefused")} <= outcomes
    assert all(line.keys() >= {"account", "channel", "article", "delivery"} for line in lines if "outcome" in line)
    assert "account_paused" in said[3]
    for text in said:
        assert text
        assert not [secret for secret in secrets if secret in text]
