"""Plugins of other distributions, as pip leaves them on the disk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import pytest
from click.testing import CliRunner
from orjson import loads

from newswire import __version__
from newswire.cli import program
from newswire.plugins import Plugins, PluginStatus, load_plugins

if TYPE_CHECKING:
    from pathlib import Path

    class InstallPlugin(Protocol):
        def __call__(
            self, name: str, source: str, *, distribution: str, version: str = "1.0", requires: str | None = None
        ) -> None: ...


def told(plugins: Plugins) -> dict[tuple[str, str | None], tuple[str | None, PluginStatus, str | None]]:
    return {(one.name, one.distribution): (one.version, one.status, one.reason) for one in plugins.records}


def test_a_record_names_the_distribution(install_plugin: InstallPlugin) -> None:
    install_plugin(
        "paper",
        "@hookimpl\ndef newswire_channel_types(): return [Paper()]",
        distribution="newswire-paper",
        version="2.5",
    )
    plugins = load_plugins()
    assert told(plugins)["paper", "newswire-paper"] == ("2.5", PluginStatus.LOADED, None)
    assert "paper" in plugins.channel_types


def test_a_broken_import_stops_no_other_plugin(install_plugin: InstallPlugin) -> None:
    install_plugin("aardvark", "import no_such_library", distribution="aardvark")
    install_plugin("quitter", "import sys; sys.exit('no licence')", distribution="quitter")
    install_plugin("garbled", "def (:", distribution="garbled")
    plugins = load_plugins()
    assert told(plugins)["aardvark", "aardvark"][2] == "ModuleNotFoundError: No module named 'no_such_library'"
    assert told(plugins)["quitter", "quitter"][2] == "SystemExit: no licence"
    assert (told(plugins)["garbled", "garbled"][2] or "").startswith("SyntaxError: ")
    assert plugins.why_missing("aardvark") == (
        "plugin 'aardvark' failed to load (ModuleNotFoundError: No module named 'no_such_library')"
    )
    assert {"mastodon", "telegram"} <= set(plugins.channel_types)


@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        ("newswire", None),
        ("newswire-extras<0.1", None),
        (f"newswire>={__version__}", None),
        (f"newswire (=={__version__})", None),
        ('newswire>=99; python_version < "3"', None),
        ("newswire>=99,<100", f"it is made for newswire <100,>=99, and this is {__version__}"),
        ("Newswire<0.0.1", f"it is made for newswire <0.0.1, and this is {__version__}"),
        ("newswire<<1", "nobody can read what version of newswire it needs: 'newswire<<1'"),
    ],
)
def test_a_plugin_made_for_another_version_is_not_imported(
    install_plugin: InstallPlugin, requires: str, reason: str | None
) -> None:
    source = "@hookimpl\ndef newswire_channel_types(): return [Paper()]" if reason is None else "raise BaseException"
    install_plugin("paper", source, distribution="newswire-paper", requires=requires)
    plugins = load_plugins(enabled=["paper", "telegram"])
    status = PluginStatus.LOADED if reason is None else PluginStatus.FAILED
    assert told(plugins)["paper", "newswire-paper"] == ("1.0", status, reason)
    assert "telegram" in plugins.channel_types


def test_a_disabled_plugin_is_not_even_imported(install_plugin: InstallPlugin) -> None:
    install_plugin("bomb", "raise BaseException('imported')", distribution="bomb")
    plugins = load_plugins(disabled=["bomb"])
    assert told(plugins)["bomb", "bomb"][1] is PluginStatus.DISABLED


def test_two_distributions_with_one_name_do_not_shadow_each_other(install_plugin: InstallPlugin) -> None:
    install_plugin("telegram", "@hookimpl\ndef newswire_channel_types(): return [Paper()]", distribution="impostor")
    plugins = load_plugins()
    failed = [one for one in plugins.records if one.name == "telegram" and one.status is PluginStatus.FAILED]
    assert [one.reason for one in failed] == ["another package has a plugin of this name"]


def test_the_whole_story_of_a_failure_is_in_the_debug_log(
    install_plugin: InstallPlugin, caplog: pytest.LogCaptureFixture
) -> None:
    install_plugin("aardvark", "import no_such_library", distribution="aardvark")
    with caplog.at_level(logging.DEBUG, "newswire.plugins"):
        load_plugins()
    assert "plugin aardvark failed to load" in caplog.text
    assert "Traceback" in caplog.text


def test_the_command_tells_of_every_plugin_though_the_config_is_wrong(
    install_plugin: InstallPlugin, tmp_path: Path
) -> None:
    good = "@hookimpl\ndef newswire_channel_types(): return [Paper()]"
    install_plugin("paper", good, distribution="newswire-paper", version="2.5")
    install_plugin("broken", "import no_such_library", distribution="newswire-broken")
    install_plugin("future", "raise BaseException", distribution="newswire-future", requires="newswire>=99")
    config = tmp_path / "config.toml"
    config.write_text('[plugins]\ndisabled = ["mastodon"]\n[[accounts]]\nname = "b"\ntype = "broken"\n', "utf-8")
    listed = CliRunner().invoke(program, ["plugins", "-c", str(config)])
    assert listed.exit_code == 0, listed.output
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in listed.output.splitlines() if line.strip()}
    assert lines["paper"] == "loaded newswire-paper 2.5 channel paper"
    assert lines["broken"] == "failed newswire-broken 1.0 ModuleNotFoundError: No module named 'no_such_library'"
    assert lines["future"] == f"failed newswire-future 1.0 it is made for newswire >=99, and this is {__version__}"
    assert lines["mastodon"] == f"disabled newswire {__version__} disabled by [plugins] disabled"
    assert lines["telegram"].startswith(f"loaded newswire {__version__} channel telegram")
    records = loads(CliRunner().invoke(program, ["plugins", "--json", "-c", str(config)]).output)
    (future,) = [one for one in records if one["name"] == "future"]
    assert (future["status"], future["distribution"], future["version"]) == ("failed", "newswire-future", "1.0")


def test_the_command_tells_what_is_wrong_with_the_selection(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[plugins]\ndisabled = 7\n", "utf-8")
    listed = CliRunner().invoke(program, ["plugins", "-c", str(config)])
    assert f"{config}:2: plugins.disabled" in str(listed.exception)
