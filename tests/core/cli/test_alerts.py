"""`newswire alerts`: what stands, and whether a trial arrives, through the program itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newswire.errors import ConfigError
from newswire.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

PROGRAM = str(Path(sys.executable).with_name("newswire"))
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}
ALERTS = """
[http]
bind = "127.0.0.1:0"

[alerts]
channel = ["ops", "mastodon-science"]

[[channels]]
name = "ops"
account = "telegram"
chat = "@news_ops"
languages = ["en"]
articles = false
"""


@pytest.fixture
def alerted(desk: Any, admin: Callable[..., Result]) -> Any:
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8") + ALERTS, "utf-8")
    assert admin("run", "--once").exit_code == 0
    return desk


def test_a_trial_arrives_on_every_channel(alerted: Any, admin: Callable[..., Result]) -> None:
    process = subprocess.Popen(
        [PROGRAM, "run", "--only", "dispatch"],
        cwd=alerted.folder,
        env={**os.environ, **SECRETS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        done = admin("alerts", "test")
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    assert (done.exit_code, done.stdout.count("it arrived: http")) == (0, 2), done.output + said
    (telegram,) = alerted.sandbox.telegram.texts("@news_ops")
    assert telegram.startswith("Alerts reach this channel\n\nThis is a trial")
    (mastodon,) = [text for text in alerted.sandbox.mastodon.texts("main") if "Alerts reach" in text]
    assert "https://news.example#notice-mastodon-science-trial-" in mastodon


def test_a_trial_that_nobody_sends_says_so(alerted: Any, admin: Callable[..., Result]) -> None:
    del alerted
    done = admin("alerts", "test", "--wait", "1s")
    assert done.exit_code == 1
    assert "ops: it waits: is newswire run at work?" in done.stdout


def test_without_a_channel_a_trial_says_what_to_write(admin: Callable[..., Result]) -> None:
    done = admin("alerts", "test")
    assert isinstance(done.exception, ConfigError)
    assert 'write channel = "NAME" in [alerts]' in str(done.exception)


def test_what_stands_is_told_and_listed(alerted: Any, admin: Callable[..., Result]) -> None:
    refusal = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the channel chat"}
    alerted.sandbox.faults.add(Fault(effect="status", status=403, chat="@news_de", body=refusal))
    alerted.article("de", "a", "Ein Titel")
    for _ in range(2):
        assert admin("run", "--once").exit_code == 0
    (listed,) = json.loads(admin("alerts", "list", "--json").stdout)
    assert (listed["kind"], listed["subject"], sorted(listed["told"])) == (
        "channel_suspended",
        "telegram-de",
        ["mastodon-science", "ops"],
    )
    (told,) = alerted.sandbox.telegram.texts("@news_ops")
    assert told.startswith("Alert: channel telegram-de is suspended\n\n")
    assert "bot was kicked" in told
    assert "channel_suspended\ttelegram-de\t" in admin("alerts", "list").stdout


def test_an_unknown_channel_for_alerts_is_a_config_error(desk: Any, admin: Callable[..., Result]) -> None:
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8") + '\n[alerts]\nchannel = "telegram-d"\n', "utf-8")
    done = admin("check", "--offline")
    assert "alerts.channel: no channel 'telegram-d'\n    hint: did you mean 'telegram-de'?" in str(done.exception)
