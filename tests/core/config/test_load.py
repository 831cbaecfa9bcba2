"""A config that is right: what becomes of each table, and its defaults."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newswire import filters
from newswire.config import Config, load_config
from newswire.subscription import Subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.plugins import Plugins

    Load = Callable[..., Config]
    Write = Callable[..., Path]

WHOLE = """
[topics.ai]
labels = { en = "AI" }
[topics.chips]

[filters.silicon]
topics = "chips & !ai"
sources = ["Hacker News"]
fallback = "skip"
languages = ["de"]

[office]
desks = 5

[[intakes]]
name = "coop"
type = "pigeon"
path = "coop"
every = "1h30m"

[[accounts]]
name = "main"
type = "post"
token = "a-literal-token"

[[accounts]]
name = "closed"
type = "post"
enabled = false
token = "env:NOT_SET_ANYWHERE"

[[channels]]
name = "one"
account = "main"
languages = ["zh-TW", "EN"]
topics = ["ai", "chips"]
sources = ["Die Zeit"]
max_age = "off"
backfill = 3
in_doubt = "drop"
box = "north"

[[channels]]
name = "two"
account = "main"
filter = "silicon"
box = 2

[[channels]]
name = "three"
account = "closed"
languages = ["en"]
box = 3

[[channels]]
name = "four"
account = "main"
enabled = false
languages = ["en"]
filter = "silicon"
fallback = "original"
box = 4
"""


def test_the_whole(load: Load, tmp_path: Path) -> None:
    config = load(WHOLE)
    assert config.path == tmp_path / "config.toml"
    assert config.site.name == "The Wire"
    assert config.store.url == f"sqlite:///{tmp_path}/newswire.db"
    assert (config.http.bind, config.http.public_url) == ("127.0.0.1:8300", "http://127.0.0.1:8300")
    assert (config.http.host, config.http.port) == ("127.0.0.1", 8300)
    assert (config.logging.level, config.logging.format) == ("info", "console")
    assert config.dispatch.send_timeout == timedelta(minutes=1)
    assert config.dispatch.horizon == timedelta(days=1)
    assert config.dispatch.lease == timedelta(seconds=15)
    assert config.taxonomy.label("ai", "de") == "AI"
    assert config.settings["office"].model_dump() == {"desks": 5, "keys": (), "safe": None}
    (intake,) = config.intakes
    assert (intake.name, intake.type.kind, intake.every) == ("coop", "pigeon", timedelta(minutes=90))
    assert intake.options.model_dump()["path"] == str(tmp_path / "coop")
    assert [(account.name, account.enabled) for account in config.accounts] == [("main", True), ("closed", False)]
    assert config.account("closed").type.kind == "post"
    with pytest.raises(KeyError):
        config.account("nobody")
    assert config.filters["silicon"].topics == filters.parse("chips & !ai")


def test_channels(load: Load) -> None:
    one, two, three, four = load(WHOLE).channels
    assert one.subscription == Subscription(
        languages=("zh-TW", "en"), topics=filters.parse("ai | chips"), sources=frozenset({"die-zeit"})
    )
    assert one.reader_language == "zh-TW"
    assert (one.max_age, one.backfill, one.in_doubt) == (None, 3, "drop")
    assert one.options.model_dump() == {"box": "north", "paper": "thin", "stamps": (), "verse": ""}
    assert two.subscription == Subscription(
        languages=("de",), topics=filters.parse("chips & !ai"), sources=frozenset({"hacker-news"}), fallback="skip"
    )
    assert (two.max_age, two.backfill, two.in_doubt) == (timedelta(days=3), 0, "hold")
    assert four.subscription.languages == ("en",)
    assert four.subscription.fallback == "original"
    assert [channel.enabled for channel in (one, two, three, four)] == [True, True, False, False]


def test_enabled_channels_need_an_enabled_account(load: Load) -> None:
    assert [channel.name for channel in load(WHOLE).enabled_channels] == ["one", "two"]


def test_the_smallest_config(load: Load) -> None:
    config = load("")
    assert (config.intakes, config.accounts, config.channels, config.warnings) == ((), (), (), LOST)
    assert config.settings["office"].model_dump()["desks"] == 3


LOST = ("plugins: plugin 'telegraph' failed to load (ModuleNotFoundError: No module named 'semaphores')",)


@pytest.fixture
def load(write: Write, plugins: Plugins, tmp_path: Path) -> Load:
    def load(text: str) -> Config:
        config = load_config(write(text), plugins=plugins)
        warnings = tuple(warning.replace(f"{tmp_path}/config.toml: ", "") for warning in config.warnings)
        object.__setattr__(config, "warnings", warnings)
        return config

    return load


def test_a_topic_of_any_name_will_do_without_a_taxonomy(load: Load) -> None:
    text = WHOLE.replace('[topics.ai]\nlabels = { en = "AI" }\n[topics.chips]', "")
    assert load(text).channels[0].subscription.topics == filters.parse("ai | chips")


def test_a_byte_order_mark_does_no_harm(write: Write, plugins: Plugins) -> None:
    path = write(WHOLE)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load_config(path, plugins=plugins).channels) == 4


def test_paths_start_at_the_file_wherever_the_program_runs(
    write: Write, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(WHOLE.replace('"a-literal-token"', '"file:secrets/post.txt"'))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "post.txt").write_text("a-token-in-a-file\n", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = load_config(Path("../config.toml"), plugins=plugins)
    assert config.store.url == f"sqlite:///{tmp_path}/newswire.db"
    assert config.account("main").options.token.get_secret_value() == "a-token-in-a-file"  # type: ignore[attr-defined]


def test_an_intake_path_may_name_variables(
    write: Write, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COOPS", "/srv/coops")
    config = load_config(write(WHOLE.replace('path = "coop"', 'path = "${COOPS}/a"')), plugins=plugins)
    assert config.intakes[0].options.model_dump()["path"] == "/srv/coops/a"
    monkeypatch.setenv("COOPS", "coops")
    config = load_config(config.path, plugins=plugins)
    assert config.intakes[0].options.model_dump()["path"] == str(tmp_path / "coops" / "a")


def test_plugins_are_loaded_as_the_file_selects_them(write: Write) -> None:
    config = load_config(write('[plugins]\ndisabled = ["telegram", "tellegram"]\n'))
    assert "telegram" not in config.plugins.channel_types
    assert "mastodon" in config.plugins.channel_types
    assert config.plugins.why_missing("telegram") == "plugin 'telegram' is disabled by [plugins] disabled"
    assert any("no plugin 'tellegram' is installed\n    hint: did you mean 'telegram'?" in w for w in config.warnings)


def test_tables_of_a_disabled_plugin_are_left_alone(write: Write) -> None:
    text = '[plugins]\ndisabled = ["feeds", "telegram"]\n[feeds]\nentries = "many"\n'
    text += '[[accounts]]\nname = "t"\ntype = "telegram"\nenabled = false\n'
    text += '[[channels]]\nname = "c"\naccount = "t"\nlanguages = ["en"]\n'
    config = load_config(write(text))
    assert (config.accounts, config.channels) == ((), ())
    warnings = "\n".join(config.warnings)
    assert "feeds: is not read\n    hint: plugin 'feeds' is disabled by [plugins] disabled" in warnings
    assert "accounts[0].type: no channel type 'telegram'\n    hint: plugin 'telegram' is disabled" in warnings
