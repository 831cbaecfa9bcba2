"""The tutorial, done as it stands by a reader with three terminals: from ``pip install`` to the first post."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = Path(__file__).parents[2] / "docs/tutorial.md"
PATIENCE = 60.0
"""Seconds after which what should have come does not come any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the tutorial, and what stands before it."""

    before: str
    language: str
    text: str

    @property
    def terminal(self) -> str:
        """In which terminal it is typed."""
        named = re.findall(r"(?:a|the) (first|second|third) terminal", self.before)
        return named[-1] if named else "first"

    @property
    def file(self) -> str | None:
        """The file it is saved as."""
        named = re.search(r"Save this as `([^`]+)`", self.before)
        return named[1] if named else None


def steps(page: str) -> Iterator[Step]:
    """All blocks in their order."""
    end = 0
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield Step(page[end : found.start()], found[1], found[2])
        end = found.end()


@dataclass(slots=True)
class Reader:
    """Who does what the tutorial says: a shell for each terminal, one folder for all."""

    folder: Path
    environment: dict[str, str]
    terminals: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def type(self, terminal: str, lines: str) -> str:
        """What the lines print, and errors with it, once they are done."""
        shell = self._shell(terminal)
        assert shell.stdin
        assert shell.stdout
        shell.stdin.write(f"set -e\n{lines}\necho '<done>'\n")
        shell.stdin.flush()
        printed: list[str] = []
        for line in shell.stdout:
            if line == "<done>\n":
                return "".join(printed)
            printed.append(line)
        raise AssertionError(f"{lines}\nended with:\n{''.join(printed)}")

    def leave_running(self, terminal: str, lines: str) -> None:
        """Types lines of which the last does not end by itself."""
        shell = self._shell(terminal)
        assert shell.stdin
        *first, last = lines.strip().splitlines()
        shell.stdin.write("\n".join(["set -e", *first, f"exec {last} > {terminal}.log 2>&1", ""]))
        shell.stdin.flush()

    def interrupt(self, terminal: str) -> int:
        """Ctrl-C, and what it ends with."""
        shell = self.terminals.pop(terminal)
        os.killpg(shell.pid, signal.SIGINT)
        shell.communicate(timeout=PATIENCE)
        return shell.returncode

    def close(self) -> None:
        """Leaves nothing running."""
        for shell in self.terminals.values():
            os.killpg(shell.pid, signal.SIGKILL)
            shell.communicate()

    def _shell(self, terminal: str) -> subprocess.Popen[str]:
        if terminal not in self.terminals:
            self.terminals[terminal] = subprocess.Popen(
                ["sh"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        return self.terminals[terminal]


@pytest.fixture
def reader(tmp_path: Path, source: Path, backend: Path) -> Iterator[Reader]:
    """A reader without a network: pip finds what builds the wheel at hand, and asks for nothing else."""
    (tmp_path / "newswire").symlink_to(source)
    folder = tmp_path / "work"
    folder.mkdir()
    base = Path(getattr(sys, "_base_executable", sys.executable)).parent
    reader = Reader(
        folder,
        {
            "PATH": f"{base}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(backend),
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of "build isolation"
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
    )
    yield reader
    reader.close()


@dataclass(slots=True)
class Walk:
    """The tutorial at addresses that are free on this machine, and what followers and feed readers see meanwhile."""

    reader: Reader
    feeds: int
    wall: int
    printed: str = ""

    def steps(self) -> Iterator[Step]:
        """The steps, in their order."""
        page = PAGE.read_text("utf-8")
        return steps(page.replace(":8300", f":{self.feeds}").replace(":8400", f":{self.wall}"))

    def do(self, step: Step) -> None:
        """Does what a step says."""
        if step.file:
            (self.reader.folder / step.file).write_text(step.text, "utf-8")
        elif step.language != "sh":
            assert _as_shown(step.text).fullmatch(self.printed), self.printed
        elif step.terminal == "first":
            self.printed = ""
            for line in step.text.splitlines():
                self.printed += self.reader.type("first", line)
                if line.startswith("pip install"):
                    _give_dependencies(self.reader)
        else:
            self.reader.leave_running(step.terminal, step.text)
            port = self.wall if step.terminal == "second" else self.feeds
            _wait(step.text, lambda: bool(_read(f"http://127.0.0.1:{port}/")))

    def messages(self) -> list[dict[str, Any]]:
        """What is, or was, in the channel."""
        chats = json.loads(_read(f"http://127.0.0.1:{self.wall}/sandbox/state"))["telegram"]["chats"]
        return [message for chat in chats for message in chat["messages"]]

    def titles(self) -> list[str]:
        """The first line of each post."""
        return [message["text"].split("\n")[0] for message in self.messages()]

    def feed(self, language: str) -> str:
        """A feed as it is served."""
        return _read(f"http://127.0.0.1:{self.feeds}/feeds/{language}.atom")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
    return text


def _wait(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.1)


def _as_shown(expected: str) -> re.Pattern[str]:
    """What a block shows, in which ``...`` stands for anything, and alone on its line for any lines."""
    lines = [r"(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in expected.splitlines()]
    return re.compile("".join(lines).replace(r"\.\.\.", ".*"))


@pytest.mark.timeout(300)
def test_it_leads_to_a_post(reader: Reader) -> None:
    walk = Walk(reader, feeds=_free_port(), wall=_free_port())
    reader.environment["NEWSWIRE_HTTP__BIND"] = f"127.0.0.1:{walk.feeds}"
    english, german = "The pump that runs on noon", "Die Pumpe, die mittags läuft"
    notice = "Dieser Artikel liegt bisher nur in dieser Sprache vor: Englisch"
    saved: dict[str, Callable[[], bool]] = {
        "config.toml": lambda: True,
        "articles/en/solar-pump.md": lambda: walk.titles() == [english] and notice in walk.messages()[0]["text"],
        "articles/de/solar-pump.md": lambda: (
            walk.titles() == [german]
            and "in dieser Sprache" not in walk.messages()[0]["text"]
            and german in walk.feed("de")
            and english in walk.feed("en")
        ),
        "articles/en/cup-final.md": lambda: "The cup stays in town" in walk.feed("en") and walk.titles() == [german],
    }
    done = []
    for step in walk.steps():
        walk.do(step)
        if step.file:
            _wait(step.file, saved[step.file])
            done.append(step.file)
    assert done == list(saved)
    _wait("the post's deletion", lambda: [bool(one["deleted"]) for one in walk.messages()] == [True])
    _wait("the feed without it", lambda: german not in walk.feed("de"))
    assert {terminal: reader.interrupt(terminal) for terminal in ("third", "second")} == {"third": 0, "second": 0}


def _give_dependencies(reader: Reader) -> None:
    """What pip would have downloaded: the tests' own environment, without the newswire that is installed there."""
    there = sysconfig.get_path("purelib")
    (packages,) = (reader.folder / "wire/lib").glob("python3.*/site-packages")
    assert (packages / "newswire/__init__.py").is_file()
    (packages / "dependencies.pth").write_text(f"{there}\n", "utf-8")
    reader.type("first", "unset PYTHONPATH")
    del reader.environment["PYTHONPATH"]
