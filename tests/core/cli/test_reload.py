"""A changed config takes effect in running processes; one that is wrong changes nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = str(Path(sys.executable).with_name("newswire"))
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}
CHANNEL = """
[[channels]]
name = "telegram-{name}"
account = "telegram"
chat = "@{name}"
languages = ["en"]
max_age = "off"
"""


@dataclass
class Newsroom:
    """An admin's folder and the processes that run in it."""

    desk: Any
    admin: Callable[..., Any]
    bind: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        folder: Path = self.desk.folder
        return folder / "config.toml"

    @property
    def url(self) -> str:
        return f"http://{self.bind}"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **SECRETS, "NEWSWIRE_HTTP__BIND": self.bind, "NEWSWIRE_LOGGING__LEVEL": "info"}
        number = len(self.processes)
        with (self.desk.folder / f"process-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "run", *words], cwd=self.desk.folder, env=environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def log(self, number: int = 0) -> str:
        text: str = (self.desk.folder / f"process-{number}.log").read_text("utf-8")
        return re.sub(r"\x1b\[[0-9;]*m", "", text)

    def write(self, text: str) -> None:
        """As editors do it: a new file takes the place of the old one."""
        new = self.file.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(self.file)

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text("utf-8")
        assert old in text
        self.write(text.replace(old, new))

    def posted(self, chat: str) -> list[str]:
        return [text.split("\n")[0] for text in self.desk.sandbox.telegram.texts(chat)]

    def has(self, chat: str, number: int) -> bool:
        return len(self.posted(chat)) >= number

    def taken_again(self, times: int) -> bool:
        return self.log().count("the config was read again") > times

    def all_done(self, number: int) -> bool:
        rows = json.loads(self.admin("status", "--json").stdout)["channels"]
        kept = [row["states"] for row in rows if row["name"] != "telegram-passing"]
        return kept == [{"done": number}] * 3

    def page(self) -> str:
        try:
            return httpx.get(f"{self.url}/?lang=en").text
        except httpx.TransportError:
            return ""

    def until(self, reached: Callable[[], object], complaint: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > end:
                logs = "\n".join(self.log(number)[-3000:] for number in range(len(self.processes)))
                pytest.fail(f"{complaint}\n{logs}")
            time.sleep(0.1)


@pytest.fixture
def newsroom(desk: Any, admin: Callable[..., Any]) -> Iterator[Newsroom]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    room = Newsroom(desk, admin, bind)
    try:
        yield room
    finally:
        desk.sandbox.faults.clear()
        for process in room.processes:
            process.kill()
            process.wait()


def test_a_running_room_goes_by_its_file(newsroom: Newsroom) -> None:
    desk = newsroom.desk
    desk.article("en", "one", "First")
    process = newsroom.start()
    newsroom.until(lambda: newsroom.posted("@news_de") == ["First"], "the first article did not go out")

    # A channel is added: it starts silent, and gets what comes next. A topic gets another name, the site as well.
    text = newsroom.file.read_text("utf-8").replace("News Example", "Changed Wire")
    text = text.replace('en = "Science"', 'en = "Natural philosophy"')
    text = text.replace('type = "mastodon"', 'type = "mastodon"\nhandle = "@news@mastodon.example"')
    newsroom.write(text + CHANNEL.format(name="late"))
    newsroom.until(lambda: "channels added: telegram-late" in newsroom.log(), "the new channel was not seen")
    desk.article("en", "two", "Second")
    newsroom.until(lambda: newsroom.posted("@late") == ["Second"], "the new channel did not get the next article")
    newsroom.until(lambda: "Natural philosophy" in newsroom.page(), "the reader page goes by the old topics")
    assert "Changed Wire" in newsroom.page()
    assert "mastodon.example/@news" in newsroom.page(), "the channels there are the old ones"

    # A broken file changes nothing, and the admin is told why, at once by the log, later by the status.
    good = newsroom.file.read_text("utf-8")
    newsroom.write(good.replace('name = "telegram-late"', 'name = "telegram-other"\nlangauges = ["en"]'))
    told = "channels[2].langauges: unknown key; hint: did you mean 'languages'?"
    newsroom.until(lambda: told in newsroom.log(), "the broken file was not told of")
    desk.article("en", "three", "Third")
    newsroom.until(lambda: newsroom.posted("@late") == ["Second", "Third"], "it did not go on as before")
    status = newsroom.admin("status")
    assert status.exit_code == 0
    assert "channels[2].langauges: unknown key" in status.stdout
    assert "telegram-late\ttelegram\tyes\t2 done" in status.stdout
    (word,) = json.loads(newsroom.admin("status", "--json").stdout)["config"]
    assert "unknown key" in word["problems"]
    newsroom.write(good)
    newsroom.until(lambda: "changes=none" in newsroom.log(), "the mended file was not seen")
    (word,) = json.loads(newsroom.admin("status", "--json").stdout)["config"]
    assert word["problems"] is None

    # A channel is removed, a filter changed, and what cannot be changed is named.
    newsroom.write(good.replace(CHANNEL.format(name="late"), "").replace('topics = ["science"]', 'topics = "!science"'))
    newsroom.until(lambda: "channels removed: telegram-late" in newsroom.log(), "the removal was not seen")
    newsroom.change("[[intakes]]", '[store]\nurl = "sqlite:///other.db"\n\n[[intakes]]')
    newsroom.until(lambda: "settings=['store.url']" in newsroom.log(), "nobody was told of the restart")
    science, other = desk.sandbox.mastodon.texts("main", "news"), "Fourth"
    desk.article("en", "four", other, topics="[]")
    newsroom.until(lambda: newsroom.posted("@news_de")[-1] == other, "the channel that stayed got nothing")
    newsroom.until(lambda: len(desk.sandbox.mastodon.texts("main", "news")) > len(science), "the filter is the old one")
    assert newsroom.posted("@late") == ["Second", "Third"]
    assert not (desk.folder / "other.db").exists()

    # SIGHUP has it read though nothing changed.
    lines = newsroom.log().count("the config was read again")
    process.send_signal(signal.SIGHUP)
    newsroom.until(partial(newsroom.taken_again, lines), "SIGHUP was not heeded")
    assert not any(secret in newsroom.log() for secret in SECRETS.values())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_every_role_goes_by_the_file_and_secrets_are_read_again(newsroom: Newsroom) -> None:
    desk = newsroom.desk
    secret = desk.folder / "token"
    secret.write_text("123457:an-old-token-of-the-bot-0123456789abcdef\n", "utf-8")
    newsroom.change('"env:TEST_TELEGRAM_TOKEN"', '"file:token"')
    for role in ("intake", "dispatch", "serve"):
        newsroom.start("--only", role)
    newsroom.until(newsroom.page, "nothing is served")
    desk.article("en", "one", "First")
    newsroom.until(lambda: newsroom.posted("@news_de") == ["First"], "the first article did not go out")

    newsroom.write(newsroom.file.read_text("utf-8") + CHANNEL.format(name="late"))
    secret.write_text("123456:secret-of-the-bot-0123456789abcdef\n", "utf-8")
    newsroom.until(
        lambda: all("channels added" in newsroom.log(number) for number in range(3)), "a process did not see it"
    )
    newsroom.until(lambda: "accounts changed: telegram" in newsroom.log(1), "the new secret was not seen")
    desk.article("en", "two", "Second")
    newsroom.until(lambda: newsroom.posted("@late") == ["Second"], "the new channel did not get the next article")
    calls = [call for call in desk.sandbox.journal.accepted if call.method == "sendMessage"]
    assert len({call.account for call in calls}) == 2, "the new token was not used"
    for process in newsroom.processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(timeout=20) for process in newsroom.processes] == [0, 0, 0]


def test_nothing_is_lost_repeated_or_out_of_order_while_the_file_changes(newsroom: Newsroom) -> None:
    desk = newsroom.desk
    desk.sandbox.faults.add(Fault(effect="delay", when="after", seconds=0.05, count=None))
    text = newsroom.file.read_text("utf-8").replace("token =", "per_second = 1000\nper_minute = 1200\ntoken =", 1)
    newsroom.write(text + CHANNEL.format(name="kept"))
    newsroom.start()
    newsroom.until(newsroom.page, "nothing is served")
    good = newsroom.file.read_text("utf-8")
    versions = [
        good.replace("per_minute = 1200", "per_minute = 1100"),  # another account: its lane ends and begins
        good + CHANNEL.format(name="passing"),
        good.replace("[topics.science]", '[topics.law]\n[topics.science]\naliases = ["sciences"]'),  # everything anew
        good.replace('chat = "@kept"', 'chat = "@kept"\nsilent = true'),  # another channel of the same account
        good,
    ]
    for number in range(40):
        desk.article("en", f"a{number:02}", f"Title {number:02}")
        if number % 8 == 4:
            lines = newsroom.log().count("the config was read again")
            newsroom.write(versions[number // 8])
            newsroom.processes[0].send_signal(signal.SIGHUP)
            newsroom.until(partial(newsroom.taken_again, lines), "it was not taken")
        time.sleep(0.02)
    for chat in ("@news_de", "@kept"):
        newsroom.until(partial(newsroom.has, chat, 40), f"something is missing in {chat}", 60)
    newsroom.until(lambda: len(desk.sandbox.mastodon.texts("main", "news")) >= 40, "something is missing on Mastodon")
    lists = [newsroom.posted(chat) for chat in ("@news_de", "@kept")]
    lists.append([text.split("\n")[0] for text in desk.sandbox.mastodon.texts("main", "news")])
    intake_order = lists[0]
    assert sorted(intake_order) == [f"Title {number:02}" for number in range(40)]
    assert lists[1] == lists[2] == intake_order
    newsroom.until(partial(newsroom.all_done, 40), "a delivery is not done")
