"""A config, a folder of articles, and the program as a person starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from newswire.cli import program
from newswire.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

PROGRAM = str(Path(sys.executable).with_name("newswire"))
CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "ar"]
tag_authority = "news.example,2026"

[logging]
level = "warning"

[topics.science]
labels = {{ en = "Science", de = "Wissenschaft" }}

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
token = "env:TEST_MASTODON_TOKEN"

[[channels]]
name = "telegram-de"
account = "telegram"
chat = "@news_de"
languages = ["de", "en"]
max_age = "off"

[[channels]]
name = "mastodon-science"
account = "mastodon"
languages = ["en"]
topics = ["science"]
max_age = "off"
"""
SECRETS = {"TEST_TELEGRAM_TOKEN": "123456:secret-of-the-bot-0123456789abcdef", "TEST_MASTODON_TOKEN": "sandbox-news"}


@dataclass
class Desk:
    """An admin's folder."""

    folder: Path
    sandbox: Sandbox

    def article(self, language: str, key: str, title: str, *, topics: str = "[science]", body: str = "Body.") -> Path:
        path = self.folder / "articles" / language / f"{key}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = f"title: {title}\nsummary: About {title}.\ndate: 2026-11-20T08:00:00Z\ntopics: {topics}"
        path.write_text(f"---\n{front}\n---\n{body}\n", "utf-8")
        return path

    def newswire(self, *words: str, secrets: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **(SECRETS if secrets else {})}
        return subprocess.run(
            [PROGRAM, *words], cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[tuple[Sandbox, str]]:
    sandbox = Sandbox(auto_register=True, limits=False)
    with sandbox.background() as url:
        yield sandbox, url


@pytest.fixture
def desk(tmp_path: Path, _sandbox: tuple[Sandbox, str]) -> Desk:
    sandbox, url = _sandbox
    sandbox.clear()
    (tmp_path / "config.toml").write_text(CONFIG.format(sandbox=url), "utf-8")
    (tmp_path / "articles").mkdir()
    return Desk(tmp_path, sandbox)


@pytest.fixture
def admin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the program in this process, in the admin's folder."""
    monkeypatch.chdir(desk.folder)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def call(*words: str) -> Result:
        return CliRunner().invoke(program, words)

    return call
