"""``newswire telegram setup``: names, descriptions and commands per language, where they differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from newswire.cli import program
from newswire.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

TOKEN = "123456:AAH-the_secret_of_these_tests"
CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de"]
tag_authority = "news.example,2026"

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{api}/telegram"
token = "env:TEST_BOT_TOKEN"
updates = "poll"

[accounts.profile.default]
name = "The News"
description = "All the news."
about = "News."
commands = {{ start = "Begin", stop = "End" }}

[accounts.profile.de]
name = "Die Nachrichten"
commands = {{ start = "Anfangen" }}

[[accounts]]
name = "plain"
type = "telegram"
api_url = "{api}/telegram"
token = "env:TEST_BOT_TOKEN"
"""


@pytest.fixture
def served() -> Iterator[tuple[Sandbox, str]]:
    sandbox = Sandbox()
    sandbox.telegram.add_bot(TOKEN, username="news_bot")
    with sandbox.background() as url:
        yield sandbox, url


@pytest.fixture
def setup(served: tuple[Sandbox, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command with the config above."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEST_BOT_TOKEN", TOKEN)

    def call(account: str = "telegram", config: str | None = None) -> Result:
        Path("config.toml").write_text(config or CONFIG.format(api=served[1]), "utf-8")
        return CliRunner().invoke(program, ["telegram", "setup", account])

    return call


def test_what_differs_is_set_and_nothing_else(served: tuple[Sandbox, str], setup: Callable[..., Result]) -> None:
    sandbox = served[0]
    bot = sandbox.telegram.state.bots[TOKEN]
    bot.texts["description", ""] = "All the news."
    result = setup()
    assert result.output.splitlines() == [
        "default: the name is set",
        "default: the description is as it should be",
        "default: the short description is set",
        "default: the menu of commands is set",
        "de: the name is set",
        "de: the menu of commands is set",
    ]
    assert result.exit_code == 0
    assert (bot.texts["name", ""], bot.texts["name", "de"]) == ("The News", "Die Nachrichten")
    assert bot.commands["", "de"] == [{"command": "start", "description": "Anfangen"}]
    sandbox.journal.clear()
    assert setup().output.count("is as it should be") == 6
    assert [call.method for call in sandbox.journal.accepted if call.method.startswith("set")] == []


def test_a_webhook_that_stands_in_the_way_of_polling_goes(
    served: tuple[Sandbox, str], setup: Callable[..., Result]
) -> None:
    bot = served[0].telegram.state.bots[TOKEN]
    bot.webhook = {"url": "https://elsewhere.example/"}
    assert "the webhook is removed: updates are polled" in setup().output
    assert bot.webhook == {}


def test_a_refusal_is_told(served: tuple[Sandbox, str], setup: Callable[..., Result]) -> None:
    served[0].faults.add(Fault(effect="rate_limit", method="setMyName", retry_after=86_400))
    result = setup()
    assert result.exit_code == 1
    assert "refused: Too Many Requests: retry after 86400" in result.output
    assert "nothing to set" in setup("plain").output
    assert TOKEN not in result.output


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('[accounts.profile.pt-BR]\nname = "x"', "must be a two-letter language"),
        (f'[accounts.profile.en]\nname = "{"x" * 65}"', "accounts[1].profile.en.name"),
        ('[accounts.profile.en]\nnam = "x"', "accounts[1].profile.en.nam: unknown key"),
        ('[accounts.profile.en]\ncommands = { "Start!" = "x" }', "Start!"),
    ],
)
def test_what_telegram_would_not_take_is_a_mistake_of_the_config(
    setup: Callable[..., Result], wrong: str, told: str
) -> None:
    result = setup(config=CONFIG.replace("{api}", "http://127.0.0.1:1").replace("{{", "{").replace("}}", "}") + wrong)
    assert result.exception is not None
    assert told in str(result.exception)
