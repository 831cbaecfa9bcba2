"""The log beside a running room, as processes; on both engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = str(Path(sys.executable).with_name("newswire"))
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, **SECRETS}
    process = subprocess.Popen(
        [PROGRAM, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    written = process.stdout.readline()
    assert written, process.stderr.read() if process.stderr else ""
    return json.loads(written)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_it_follows_a_running_room(desk: Any, request: pytest.FixtureRequest, engine: str) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text("utf-8") + '\n[http]\nbind = "127.0.0.1:0"\n'
    if engine == "postgresql":
        url = request.getfixturevalue("postgres").url(request.getfixturevalue("postgres_database"))
        text += f'\n[store]\nurl = "{url}"\n'
    config.write_text(text, "utf-8")
    desk.article("en", "before", "Before")
    assert desk.newswire("publish", "articles/en/before.md").returncode == 0
    desk.sandbox.faults.add(Fault(effect="rate_limit", platform="telegram", method="sendMessage", retry_after=1))
    with (
        running(desk.folder, "log", "--json", "-n", "1") as log,
        running(desk.folder, "run", "--only", "dispatch", "--only", "intake") as room,
    ):
        assert line_of(log)["article"] == "before"
        desk.article("en", "after", "After")
        seen: list[dict[str, Any]] = []
        while len([one for one in seen if one["what"] == "attempt" and one["outcome"] == "sent"]) < 4:
            seen.append(line_of(log))
        status = json.loads(desk.newswire("status", "--json").stdout)
        assert {one["holder"]["process"].split(":")[0] for one in status["accounts"]} == {str(room.pid)}
        assert all(one["holder"]["since"] < status["at"] < one["holder"]["until"] for one in status["accounts"])
        room.send_signal(signal.SIGTERM)
        room.communicate(timeout=30)
        log.send_signal(signal.SIGINT)
        rest, errors = log.communicate(timeout=30)
    assert (log.returncode, rest, errors) == (0, "", "")
    assert [one["article"] for one in seen if one["what"] == "event"] == ["after"]
    attempts = [one for one in seen if one["what"] == "attempt"]
    sent = sorted((one["channel"], one["article"]) for one in attempts if one["outcome"] == "sent")
    assert sent == [(name, key) for name in ("mastodon-science", "telegram-de") for key in ("after", "before")]
    (slow,) = [one for one in attempts if one["outcome"] != "sent"]
    assert (slow["channel"], slow["outcome"]) == ("telegram-de", "channelpaused")
    assert "Too Many Requests" in slow["words"]
    assert len({one["id"] for one in attempts}) == len(attempts)


def test_what_was_is_told_in_words_and_it_ends(desk: Any, admin: Any) -> None:
    desk.article("de", "one", "Erstes")
    assert admin("run", "--once").exit_code == 0
    event, *attempts = admin("log", "--no-follow").output.splitlines()
    assert event[19:] == "  published       one  revision 1: de"
    assert [line[19:] for line in attempts] == ["  sent            telegram-de  one  post, revision 1"]
    assert admin("log", "--no-follow", "-C", "mastodon-science").output == ""
    assert len(admin("log", "--no-follow", "--since", "1h", "-A", "one").output.splitlines()) == 2
    assert admin("log", "--no-follow", "--since", "now").output == ""
    assert "there is no channel 'x'" in str(admin("log", "--no-follow", "-C", "x").exception)
