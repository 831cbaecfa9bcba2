from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newswire.plugins import PluginRecord, Plugins, PluginStatus, load_plugins

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    MakePlugin = Callable[[str, str], ModuleType]

ROOT = Path(__file__).parents[3]
GOOD = """
@hookimpl
def newswire_channel_types(): return [Paper()]
"""
OTHER = """
@hookimpl
def newswire_intake_types(): return [Pigeon()]
"""


def record(plugins: Plugins, name: str) -> PluginRecord:
    return next(record for record in plugins.records if record.name == name)


def test_everything_a_plugin_may_offer_is_taken(make_plugin: MakePlugin) -> None:
    module = make_plugin(
        "whole",
        """
import click

@hookimpl
def newswire_channel_types(): return [Paper()]
@hookimpl
def newswire_intake_types(): return (Pigeon(),)
@hookimpl
def newswire_followers(): return [Clerk()]
@hookimpl
def newswire_http_apps(): return [Desk()]
@hookimpl
def newswire_cli_commands(): return [click.Command("fold")]
@hookimpl
def newswire_settings(): return [SettingsTable("post-room", PaperOptions)]
""",
    )
    plugins = load_plugins(enabled=["whole"], extra={"whole": module})
    assert record(plugins, "whole").status is PluginStatus.LOADED
    assert record(plugins, "whole").offers == (
        "channel paper",
        "intake pigeon",
        "settings [post-room]",
        "addresses /desk/",
        "follower clerk",
        "command fold",
    )
    assert set(plugins.channel_types) == {"paper"}
    assert set(plugins.intake_types) == {"pigeon"}
    assert [follower.name for follower in plugins.followers] == ["clerk"]
    assert [app.paths for app in plugins.http_apps] == [("/desk/",)]
    assert [command.name for command in plugins.commands] == ["fold"]
    assert plugins.settings_tables["post-room"].options is module.PaperOptions


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "it marks no function with newswire.api.hookimpl"),
        ("@hookimpl\ndef newswire_chanel_types(): return []", "unknown hook 'newswire_chanel_types'"),
        ("@hookimpl\ndef newswire_channel_types(room): return []", "hook 'newswire_channel_types'"),
        (
            "@hookimpl\ndef newswire_channel_types(): import no_such_library",
            "ModuleNotFoundError: No module named 'no_such_library'",
        ),
        ("@hookimpl\ndef newswire_channel_types(): raise SystemExit(3)", "SystemExit: 3"),
        ("@hookimpl\nasync def newswire_channel_types(): return []", "newswire_channel_types is async"),
        ("@hookimpl\ndef newswire_channel_types(): return Paper()", "gave an object of type Paper"),
        ("@hookimpl\ndef newswire_channel_types(): return [Paper]", "it must give an instance: Paper()"),
        ("@hookimpl\ndef newswire_channel_types(): return [1]", "it must give instances of ChannelType"),
        ("@hookimpl\ndef newswire_channel_types(): return [Paper(), Paper()]", "channel paper is offered twice"),
        ("@hookimpl\ndef newswire_followers(): return [Paper()]", "it must give instances of Follower"),
        ("Paper.kind = 'Paper Mail'\n" + GOOD, "Paper.kind must be a word"),
        ("Paper.account_options = dict\n" + GOOD, "Paper.account_options must be a class derived from"),
        ("del Paper.channel_options\n" + GOOD, "Paper.channel_options must be a class derived from"),
        (
            "class Clash(api.Options):\n    languages: str\nPaper.channel_options = Clash\n" + GOOD,
            "Clash has the key 'languages', which every such table has already",
        ),
        ("Desk.paths = ('desk',)\n@hookimpl\ndef newswire_http_apps(): return [Desk()]", "Desk.paths must be a tuple"),
        (
            "@hookimpl\ndef newswire_settings(): return [SettingsTable('store', PaperOptions)]",
            "the table [store] belongs to newswire itself",
        ),
        (
            "@hookimpl\ndef newswire_settings(): return [SettingsTable('copy', PaperOptions)]",
            "no table can be called [copy]",
        ),
    ],
)
def test_a_plugin_that_does_wrong_fails_alone_and_says_why(make_plugin: MakePlugin, source: str, reason: str) -> None:
    extra = {"bad": make_plugin("bad", source), "zoo": make_plugin("zoo", OTHER)}
    plugins = load_plugins(enabled=list(extra), extra=extra)
    bad = record(plugins, "bad")
    assert bad.status is PluginStatus.FAILED
    assert reason in (bad.reason or "")
    assert record(plugins, "zoo").status is PluginStatus.LOADED
    assert plugins.channel_types == {}
    assert set(plugins.intake_types) == {"pigeon"}


def test_nothing_of_a_failed_plugin_is_kept(make_plugin: MakePlugin) -> None:
    module = make_plugin("half", GOOD + "@hookimpl\ndef newswire_intake_types(): raise RuntimeError('tired')")
    plugins = load_plugins(enabled=["half"], extra={"half": module})
    assert record(plugins, "half").reason == "RuntimeError: tired"
    assert plugins.channel_types == {}
    assert plugins.why_missing("paper") == "plugin 'half' failed to load (RuntimeError: tired)"


def test_of_two_plugins_with_one_kind_the_second_fails(make_plugin: MakePlugin) -> None:
    extra = {name: make_plugin(name, GOOD) for name in ("b", "a")}
    plugins = load_plugins(enabled=list(extra), extra=extra)
    assert record(plugins, "a").status is PluginStatus.LOADED
    assert record(plugins, "b").reason == "channel paper is offered by plugin 'a' already"
    assert type(plugins.channel_types["paper"]) is extra["a"].Paper


def test_disabling(make_plugin: MakePlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"a": make_plugin("a", GOOD)}
    assert record(load_plugins(disabled=["a"], extra=extra), "a").reason == "disabled by [plugins] disabled"
    assert record(load_plugins(enabled=[], extra=extra), "a").reason == "disabled: it is not in [plugins] enabled"
    monkeypatch.setenv("NEWSWIRE_DISABLED_PLUGINS", "x, a")
    plugins = load_plugins(extra=extra)
    assert record(plugins, "a").status is PluginStatus.DISABLED
    assert record(plugins, "a").reason == "disabled by NEWSWIRE_DISABLED_PLUGINS"
    assert plugins.why_missing("a") == "plugin 'a' is disabled by NEWSWIRE_DISABLED_PLUGINS"
    assert "paper" not in plugins.channel_types


def test_the_reason_of_a_failure_hides_secrets(make_plugin: MakePlugin) -> None:
    module = make_plugin(
        "chatty",
        """
from newswire.secrets import remember
@hookimpl
def newswire_channel_types():
    remember("hunter2-of-the-loader")
    raise ValueError("bad token hunter2-of-the-loader")
""",
    )
    plugins = load_plugins(enabled=["chatty"], extra={"chatty": module})
    assert record(plugins, "chatty").reason == "ValueError: bad token **********"


def test_the_bundled_plugins_load_by_the_public_path() -> None:
    plugins = load_plugins()
    bundled = {record.name: record for record in plugins.records if record.distribution == "newswire"}
    folders = [*ROOT.glob("feeds/newswire_*"), *ROOT.glob("plugins/newswire_*")]
    assert list(bundled) == sorted(folder.name.removeprefix("newswire_") for folder in folders)
    assert {record.status for record in bundled.values()} == {PluginStatus.LOADED}, bundled
    assert {"mastodon", "telegram"} <= set(plugins.channel_types)
    assert "markdown" in plugins.intake_types
    assert "feeds" in plugins.settings_tables
