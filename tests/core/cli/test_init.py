"""`newswire init`: answers make a file that passes `newswire check`; nothing that is there is overwritten."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from newswire.cli import program
from newswire.config import load_config
from newswire.config.starter import Answers, draft, guessed_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

TOKEN = "123456:secret-of-the-bot-0123456789abcdef"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program in an empty folder; the first argument is what a person types."""
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "MASTODON_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return lambda typed, *words: CliRunner().invoke(program, words, input=typed)


def test_questions_make_a_file_that_passes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "first.de.md").write_text("---\ntitle: Erstes\nsummary: x\n---\nText\n", "utf-8")
    typed = 'Die "Zeit"\nhttps://zeit.example\nde, en\nposts\n@zeit_example\n\n'
    result = run(typed, "init")
    assert result.exit_code == 0, result.output
    tables: dict[str, Any] = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))
    assert tables["site"]["name"] == 'Die "Zeit"'
    assert tables["site"]["languages"] == ["de", "en"]
    assert tables["intakes"][0]["pattern"] == ["{key}.{lang}.md"], "the folder tells how it is made"
    assert [account["name"] for account in tables["accounts"]] == ["telegram"]
    secrets = tmp_path / ".env"
    assert "\nTELEGRAM_TOKEN=\n" in secrets.read_text("utf-8")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert "    newswire check\n    newswire run\n" in result.output
    assert run("", "check").exit_code == 0
    assert run("", "run", "--once").exit_code == 0
    assert "1 articles, 1 editions" in run("", "status").output


def test_a_wrong_answer_is_asked_again_in_the_words_of_the_config(run: Run, tmp_path: Path) -> None:
    typed = "Wire\nnews.example\nhttps://news.example\nen, xx-nope\nen\n\n@a\n@example_news\n\n"
    result = run(typed, "init")
    assert result.exit_code == 0, result.output
    assert "site.url: must be an absolute http or https address" in result.output
    assert "site.languages[1]: 'xx-nope' is no language tag" in result.output
    assert "chat: must be the id of a chat" in result.output
    assert load_config(tmp_path / "config.toml").channels[0].options.model_dump()["chat"] == "@example_news"


def test_options_ask_nothing_and_a_secret_that_is_there_switches_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    words = ("--yes", "--name", "Wire", "--url", "https://news.example", "--languages", "en,de", "--telegram=-100123")
    result = run("", "init", "-c", "conf/wire.toml", *words)
    assert result.exit_code == 0, result.output
    config = load_config(tmp_path / "conf" / "wire.toml")
    assert [channel.name for channel in config.enabled_channels] == ["telegram"]
    assert (tmp_path / "conf" / "articles").is_dir()
    assert not (tmp_path / "conf" / ".env").exists(), "there is nothing to fill in"
    assert "newswire run -c conf/wire.toml" in result.output
    assert run("", "check", "--offline", "-c", "conf/wire.toml").exit_code == 0


def test_only_feeds(run: Run, tmp_path: Path) -> None:
    words = ("--yes", "--name", "Wire", "--url", "https://news.example", "--languages", "en")
    assert run("", "init", *words).exit_code == 0
    tables = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))
    assert "accounts" not in tables
    assert tables["intakes"][0]["pattern"] == ["{key}.md"]
    assert run("", "check").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--name", "Wire"), "--yes asks nothing, so --url must say it"),
        (("--name", "Wire", "--url", "nowhere"), "--url: site.url: must be an absolute"),
        (("--name", "Wire", "--url", "https://n.example", "--mastodon", "ftp://x"), "--mastodon: accounts[0].url"),
        (
            ("--name", "Wire", "--url", "https://n.example", "--pattern", "{langg}.md"),
            "which the pattern '{langg}.md'",
        ),
    ],
)
def test_wrong_options_are_told_and_nothing_is_written(
    run: Run, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    result = run("", "init", "--yes", *words)
    assert result.exit_code == 2
    assert told in result.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine", "utf-8")
    assert run("", "init").exit_code != 0
    assert (tmp_path / "config.toml").read_text("utf-8") == "mine"
    (tmp_path / ".env").write_text("MINE=1\n", "utf-8")
    words = ("--yes", "--name", "W", "--url", "https://n.example", "--telegram", "@example_news", "-c", "other.toml")
    result = run("", "init", *words)
    assert result.exit_code == 0
    assert (tmp_path / ".env").read_text("utf-8") == "MINE=1\n"
    assert "Set TELEGRAM_TOKEN=" in result.output


def test_text_that_toml_must_escape_is_escaped() -> None:
    name = 'A "wire" \\ of\x7f {braces}  # and more'
    tables = tomllib.loads(draft(Answers(name=name, telegram="@example_news"), year=2026))
    assert tables["site"]["name"] == name


@pytest.mark.parametrize(
    ("files", "pattern"),
    [
        (["de/a.md", "en/a.md"], "{lang}/{key}.md"),
        (["a.de.md"], "{key}.{lang}.md"),
        (["a.md", "img/b.png"], "{key}.md"),
        (["2026/a.md"], None),
        ([], None),
    ],
)
def test_a_folder_tells_how_it_is_made(files: list[str], pattern: str | None) -> None:
    assert guessed_pattern(map(PurePosixPath, files), ["de", "en"]) == pattern
