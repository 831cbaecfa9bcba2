"""config.example.toml: it works as it stands, shows every option, and shows none that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it comes without types

from newswire.config import Config, config_schema, load_config
from newswire.config.environment import CORE_MODELS
from newswire.config.tables import AccountTable, ChannelTable, FilterTable, GlossaryTable, IntakeTable, TranslatorTable
from newswire.errors import ConfigError
from newswire.taxonomy import Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"
OFF = re.compile(r"^#(?=[a-z_]+ = )", re.MULTILINE)


@pytest.fixture
def config() -> Config:
    return load_config(EXAMPLE)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The example with every option taken out of its comment."""
    path = tmp_path / "config.toml"
    path.write_text(OFF.sub("", EXAMPLE.read_text("utf-8")), "utf-8")
    return path


def test_it_works_as_it_stands(config: Config) -> None:
    assert config.warnings == ()
    (folder,) = [intake for intake in config.intakes if intake.enabled]
    assert folder.options.model_dump()["path"] == EXAMPLE.parent / "examples/articles"
    assert config.enabled_channels == ()
    assert {account.type.kind for account in config.accounts} == {"telegram", "mastodon", "apprise", "webhook"}
    assert len(config.channels) >= 2


def test_one_word_and_one_secret_turn_an_account_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, account, after = EXAMPLE.read_text("utf-8").partition("[[accounts]]")
    text = before + account + after.replace("enabled = false", "enabled = true", 1)
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    with pytest.raises(ConfigError, match=r"token: environment variable TELEGRAM_TOKEN is not set$"):
        load_config(path)
    monkeypatch.setenv("TELEGRAM_TOKEN", "123456:a-token-of-the-example")
    assert [channel.account for channel in load_config(path).enabled_channels] == ["telegram", "telegram"]


def test_every_option_in_a_comment_is_a_real_one(whole: Path) -> None:
    assert len(OFF.findall(EXAMPLE.read_text("utf-8"))) > 40
    assert load_config(whole).intakes[0].every is not None


def test_every_option_there_is_is_shown(whole: Path, config: Config) -> None:
    tables: dict[str, Any] = tomllib.loads(whole.read_text("utf-8"))
    types = config.plugins.channel_types
    shown: list[tuple[str, list[dict[str, Any]], Sequence[type[BaseModel]]]] = [
        *((name, [tables[name]], [model]) for name, model in CORE_MODELS.items()),
        *((name, [tables[name]], [table.options]) for name, table in config.plugins.settings_tables.items()),
        ("topics", list(tables["topics"].values()), [Topic]),
        ("filters", list(tables["filters"].values()), [FilterTable]),
        ("glossary", tables["glossary"], [GlossaryTable]),
        *(
            (kind, [table for table in tables["intakes"] if table["type"] == kind], [intake_type.options])
            for kind, intake_type in config.plugins.intake_types.items()
        ),
        ("intakes", tables["intakes"], [IntakeTable]),
    ]
    for kind in ("openai", "libretranslate"):
        translators = [table for table in tables["translators"] if table["type"] == kind]
        shown.append((kind, translators, [config.plugins.translator_types[kind].options]))
    shown.append(("translators", tables["translators"], [TranslatorTable]))
    for kind in ("telegram", "mastodon", "apprise", "webhook"):
        accounts = [table for table in tables["accounts"] if table["type"] == kind]
        names = {account["name"] for account in accounts}
        channels = [table for table in tables["channels"] if table["account"] in names]
        shown.append((kind, accounts, [AccountTable, types[kind].account_options]))
        shown.append((f"{kind} channels", channels, [types[kind].channel_options]))
    shown.append(("channels", tables["channels"], [ChannelTable]))
    for name, found, models in shown:
        wanted = {key for model in models for key in model.model_fields}
        assert wanted <= {key for table in found for key in table}, name


def test_every_option_is_explained() -> None:
    lines = EXAMPLE.read_text("utf-8").split("\n")
    options = [line for line in lines if re.match(r"#?[a-z_]+ = ", line)]
    plain = {
        "labels",
        "aliases",
        "hashtag",
        "name",
        "account",
        "type",
        "enabled",
        "filter",
        "languages",
        "chat",
        "token",
    }
    bare = [line for line in options if not re.search(r"  # \S", line)]
    assert {line.lstrip("#").split(" ")[0] for line in bare} <= plain | {"sources", "fallback"}


def test_the_schema_takes_it(config: Config) -> None:
    validator = Draft202012Validator(config_schema(config.plugins))
    validator.validate(tomllib.loads(EXAMPLE.read_text("utf-8")))


def test_the_schema_takes_every_option(config: Config, whole: Path) -> None:
    validator = Draft202012Validator(config_schema(config.plugins))
    assert [error.json_path for error in validator.iter_errors(tomllib.loads(whole.read_text("utf-8")))] == []


def test_every_topic_has_a_label_in_every_language_of_the_site(config: Config) -> None:
    for slug, topic in config.taxonomy.topics.items():
        assert set(topic.labels) == set(config.site.languages), slug


def test_every_topic_of_the_sample_articles_is_there(config: Config) -> None:
    used: set[str] = set()
    for file in (EXAMPLE.parent / "examples" / "articles").rglob("*.md"):
        found = re.search(r"^topics: \[(.*)\]$", file.read_text("utf-8"), re.MULTILINE)
        used |= {topic.strip() for topic in (found[1] if found else "").split(",")} - {""}
    assert len(used) > 10
    assert used <= set(config.taxonomy.topics)
