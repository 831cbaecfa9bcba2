"""`newswire config show`: the whole config, resolved, masked, each value with its origin."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

SECRET = "123456:secret-of-the-bot-0123456789abcdef"
MORE = """
[filters.both]
languages = ["de", "en"]
topics = "science & !science"
fallback = "skip"

[[channels]]
name = "filtered"
account = "telegram"
chat = "@filtered"
filter = "both"
fallback = "original"
quiet_hours = "22:00-07:00"

[[accounts]]
name = "resting"
type = "telegram"
enabled = false
token = "env:NOT_SET_ANYWHERE"

[[channels]]
name = "asleep"
account = "resting"
chat = "@asleep"
languages = ["en"]
"""


@pytest.fixture
def lines(desk: Any) -> Callable[[str], int]:
    """The line of the config file on which a text stands for the first time."""
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8") + MORE, "utf-8")
    written = path.read_text("utf-8").split("\n")
    return lambda text: next(number for number, line in enumerate(written, start=1) if text in line)


def _comment(shown: str, table: str, key: str) -> str:
    """What is said of the origin of a key of the first table with a name."""
    part = shown[shown.index(f'name = "{table}"') :] if f'name = "{table}"' in shown else shown[shown.index(table) :]
    found = re.search(rf"^{key} = .*  # (.*)$", part, re.MULTILINE)
    assert found is not None, (table, key)
    return found[1]


def test_every_value_is_shown_with_its_origin(
    admin: Callable[..., Result], lines: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSWIRE_DISPATCH__HORIZON", "2d")
    monkeypatch.setenv("NEWSWIRE_SITE__TIMEZONE", "Europe/Berlin")
    result = admin("config", "show")
    assert result.exit_code == 0, result.output
    shown = result.stdout
    assert _comment(shown, "[site]", "name") == f"config.toml:{lines('News Example')}"
    assert _comment(shown, "[dispatch]", "horizon") == "environment NEWSWIRE_DISPATCH__HORIZON"
    assert _comment(shown, "[dispatch]", "lease") == "default"
    both = lines("[filters.both]")
    assert _comment(shown, "filtered", "languages") == f"config.toml:{both + 1} (filter both)"
    assert _comment(shown, "filtered", "topics").endswith("(filter both)")
    original = lines('fallback = "original"')
    assert _comment(shown, "filtered", "fallback") == f"config.toml:{original}"
    assert _comment(shown, "filtered", "timezone") == "environment NEWSWIRE_SITE__TIMEZONE"
    assert _comment(shown, "asleep", "enabled") == f"config.toml:{lines('enabled = false')} (account resting)"
    assert _comment(shown, "resting", "token").endswith("NOT_SET_ANYWHERE is not set")
    assert "env:TEST_TELEGRAM_TOKEN" in _comment(shown, "[[accounts]]", "token")


def test_what_is_shown_is_toml_and_says_what_json_says(
    admin: Callable[..., Result], lines: Callable[[str], int]
) -> None:
    assert lines("filtered")
    told: dict[str, Any] = json.loads(admin("config", "show", "--json").stdout)
    read = tomllib.loads(admin("config", "show").stdout)
    assert {name: table for name, table in told["config"].items() if table or name in read} == read
    assert {channel["name"]: channel["fallback"] for channel in read["channels"]}["filtered"] == "original"
    assert told["origins"]["channels[2].topics"].endswith("(filter both)")
    assert told["origins"]["dispatch.concurrency"] == "default"


def test_no_secret_is_shown(admin: Callable[..., Result], desk: Any) -> None:
    path = desk.folder / "config.toml"
    literal = path.read_text("utf-8").replace("env:TEST_TELEGRAM_TOKEN", SECRET)
    path.write_text(literal + '\n[store]\nurl = "postgresql://wire:hunter2@db/news"\n', "utf-8")
    for words in (("config", "show"), ("config", "show", "--json")):
        output = admin(*words).output
        assert "hunter2" not in output
        assert SECRET not in output
        assert "**********" in output


def test_a_file_with_mistakes_is_not_shown(admin: Callable[..., Result], desk: Any) -> None:
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8").replace("languages", "langauges"), "utf-8")
    result = admin("config", "show")
    assert result.exit_code != 0
    assert result.stdout == ""
