"""The room as a running process: served, watching, woken by other processes, stopped by a signal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = str(Path(sys.executable).with_name("newswire"))
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}


@contextmanager
def _running(desk: Any, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {**os.environ, **SECRETS, "NEWSWIRE_HTTP__BIND": bind}
    process = subprocess.Popen(
        [PROGRAM, "run", *words],
        cwd=desk.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    url = f"http://{bind}"
    try:
        _until(lambda: _status(f"{url}/readyz") == 200, "the room is not ready")
        yield process, url
    finally:
        process.kill()
        process.communicate()


def _status(address: str) -> int | None:
    try:
        return httpx.get(address).status_code
    except httpx.TransportError:
        return None


def _until(reached: Callable[[], bool], complaint: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            pytest.fail(complaint)
        time.sleep(0.05)


def _posted(desk: Any) -> list[str]:
    return [text.split("\n")[0] for text in desk.sandbox.telegram.texts("@news_de")]


def test_a_running_room_serves_delivers_watches_and_stops(desk: Any) -> None:
    desk.article("en", "one", "First")
    with _running(desk) as (process, url):
        _until(lambda: _posted(desk) == ["First"], "the first article did not go out")
        assert "<title>First</title>" in httpx.get(f"{url}/feeds/en.rss").text

        desk.article("en", "two", "Second")
        _until(lambda: _posted(desk) == ["First", "Second"], "a new file was not picked up")

        desk.article("de", "one", "Erstes")
        _until(lambda: _posted(desk) == ["Erstes", "Second"], "the late translation did not upgrade the post")

        assert desk.newswire("withdraw", "two").returncode == 0
        _until(lambda: _posted(desk) == ["Erstes"], "another process' withdrawal was not seen")
        _until(lambda: "Second" not in httpx.get(f"{url}/feeds/en.rss").text, "it is still in the feed")

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_without_watching_only_publishing_brings_something_new(desk: Any) -> None:
    desk.article("en", "one", "First")
    with _running(desk, "--no-watch") as (process, _):
        _until(lambda: _posted(desk) == ["First"], "the first article did not go out")
        path = desk.article("en", "two", "Second")
        time.sleep(1)
        assert _posted(desk) == ["First"]
        desk.newswire("publish", str(path))
        _until(lambda: _posted(desk) == ["First", "Second"], "what was published was not delivered")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def test_a_port_that_is_taken_ends_the_run_with_the_cure(desk: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, **SECRETS, "NEWSWIRE_HTTP__BIND": f"127.0.0.1:{taken.getsockname()[1]}"}
        result = subprocess.run(
            [PROGRAM, "run"], cwd=desk.folder, env=environment, capture_output=True, text=True, check=False, timeout=30
        )
    assert result.returncode == 2
    assert "choose another port" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_killed_room_goes_on_where_it_was(desk: Any) -> None:
    for number in range(5):
        desk.article("en", f"a{number}", f"Article {number}")
    with _running(desk) as (process, _):
        _until(lambda: len(_posted(desk)) >= 1, "nothing went out")
        process.kill()
        process.wait()
    time.sleep(0.1)
    result = desk.newswire("run", "--once")
    assert result.returncode == 0
    status = desk.newswire("status")
    posted = _posted(desk)
    assert len(posted) == len(set(posted))
    doubtful = "doubt" in status.stdout
    assert len(posted) == 5 or doubtful
