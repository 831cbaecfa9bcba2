"""The status as an admin sees it: once, again and again, on a terminal and in a pipe."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswire.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.executable).with_name("newswire"))
KICKED = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the channel chat"}


def _lines(output: str, table: str) -> list[list[str]]:
    """The cells of a table without its header."""
    below = output.split(f"# {table}\n", 1)[1].split("\n# ", 1)[0]
    return [line.split("\t") for line in below.splitlines()[1:] if "\t" in line]


def test_what_needs_a_hand_comes_first_and_says_why(desk: Any, admin: Any) -> None:
    desk.sandbox.faults.add(Fault(effect="status", platform="telegram", method="sendMessage", status=403, body=KICKED))
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    shown = admin("status").output
    assert "2 channels, 1 of them need a look; 1 pending" in shown
    first, second = _lines(shown, "Channels")
    assert (first[0], second[0]) == ("telegram-de", "mastodon-science")
    assert "not active: Forbidden: bot was kicked" in first[-1]
    only = admin("status", "-C", "mastodon-science").output
    assert [line[0] for line in _lines(only, "Channels")] == ["mastodon-science"]
    assert "there is no channel 'x'" in str(admin("status", "-C", "x").exception)
    document = json.loads(admin("status", "--json").output)
    assert document["totals"]["troubled"] == 1
    assert [one["name"] for one in document["channels"]] == ["telegram-de", "mastodon-science"]
    assert document["channels"][1]["last_post"] is not None
    assert document["intakes"][0]["last_success"] == document["intakes"][0]["last_run"]


def test_watching_on_a_terminal_redraws_it_and_leaves_it_as_it_was(desk: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    process, terminal = pty.fork()
    if process == 0:  # the child: a person at a terminal of 45 lines, at which Ctrl-C does what it does
        os.chdir(desk.folder)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # The size is the terminal's: workers of xdist say another, in which names are cut.
        env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        os.execve(PROGRAM, [PROGRAM, "status", "--watch", "0.2"], env | {"TERM": "xterm-256color"})
    try:
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
        seen = _read(terminal, until=lambda some: some.count(b"telegram-de") > 1)  # it was drawn twice
        os.write(terminal, b"\x03")
        last = _read(terminal)
    except BaseException:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise
    finally:
        os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0, last
    assert seen.startswith(b"\x1b[?1049h")  # the other screen of the terminal ...
    assert b"\x1b[?1049l" in last[-40:]  # ... and back
    assert b"Traceback" not in seen + last
    drawn = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", seen).decode(errors="ignore")  # a read may end within a letter
    assert "2 channels, 0 of them need a look" in drawn


def _read(terminal: int, until: Callable[[bytes], bool] = lambda _: False) -> bytes:
    """All that is written until enough is there, or the other end is closed."""
    so_far = b""
    deadline = time.monotonic() + 50
    while not until(so_far):
        ready, _, _ = select.select([terminal], [], [], max(deadline - time.monotonic(), 0))
        assert ready, so_far[-2000:]
        assert time.monotonic() < deadline, so_far[-2000:]
        try:
            some = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not some:
            break
        so_far += some
    return so_far


def test_watching_in_a_pipe_writes_one_status_after_the_other(desk: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    assert admin("publish", "articles/en/one.md").exit_code == 0
    words = [PROGRAM, "status", "--watch", "0.1", "--json"]
    with subprocess.Popen(words, cwd=desk.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        documents = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert [one["latest_event"] for one in documents] == [1, 1, 1]
    assert documents[0]["at"] < documents[2]["at"]


def test_watching_ends_when_nobody_reads_any_more(desk: Any, admin: Any) -> None:
    assert admin("migrate").exit_code == 0
    with subprocess.Popen([PROGRAM, "status", "--watch", "0.1"], cwd=desk.folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is not None


def test_a_config_with_mistakes_hides_neither_them_nor_what_the_database_says(desk: Any, admin: Any) -> None:
    assert admin("migrate").exit_code == 0
    desk.article("en", "one", "First")
    assert admin("publish", "articles/en/one.md").exit_code == 0
    assert admin("channels", "pause", "telegram-de", "--for", "1s").exit_code == 0
    time.sleep(1)
    config = desk.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('topics = ["science"]', 'topics = ["scinece"]'), "utf-8")
    shown = admin("status")
    assert shown.exit_code == 0
    assert "scinece" in shown.output
    lines = _lines(shown.output, "Channels")
    assert [line[:4] for line in lines] == [
        ["mastodon-science", "mastodon", "yes", "1 pending"],
        ["telegram-de", "telegram", "yes", "1 pending"],
    ]
    assert lines[1][-1] == ""  # a pause that is over is not told
