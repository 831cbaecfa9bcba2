"""The JSON Schema takes what the loader takes, and refuses what it refuses."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it comes without types

from newswire.config import config_schema, load_config
from newswire.config.tables import AccountTable, ChannelTable, IntakeTable
from newswire.plugins import Plugins, load_plugins
from newswire.plugins.offers import ACCOUNT_KEYS, CHANNEL_KEYS, CORE_TABLES, INTAKE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

GOOD = """
[topics.ai]
labels = { de = "KI" }
[filters.f]
topics = "ai"
[office]
desks = 2
[dispatch]
horizon = "1h30m"
send_timeout = 20
[[intakes]]
name = "i"
type = "pigeon"
every = "1h"
[[accounts]]
name = "a"
type = "post"
token = "a-literal-token"
[[channels]]
name = "c"
account = "a"
languages = ["en"]
topics = ["ai"]
max_age = "off"
box = 1
"""


def errors(plugins: Plugins, path: Path) -> list[str]:
    tables = tomllib.loads(path.read_text("utf-8"))
    return [error.json_path for error in Draft202012Validator(config_schema(plugins)).iter_errors(tables)]


def test_it_is_a_schema(plugins: Plugins) -> None:
    for loaded in (plugins, load_plugins(), Plugins()):
        schema = config_schema(loaded)
        Draft202012Validator.check_schema(schema)
        assert set(schema["properties"]) == CORE_TABLES | set(loaded.settings_tables)


def test_a_good_config_passes(plugins: Plugins, write: Write) -> None:
    path = write(GOOD)
    load_config(path, plugins=plugins)
    assert errors(plugins, path) == []


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("desks = 2", "dseks = 2", "$.office"),
        ("desks = 2", "desks = 'two'", "$.office.desks"),
        ('horizon = "1h30m"', 'horizon = "soon"', "$.dispatch.horizon"),
        ('type = "pigeon"', 'type = "pidgeon"', "$.intakes[0]"),
        ('type = "post"', 'type = "post"\nbox = 1', "$.accounts[0]"),
        ('token = "a-literal-token"', "", "$.accounts[0]"),
        ("box = 1", "bx = 1", "$.channels[0]"),
        ('account = "a"', "", "$.channels[0]"),
        ('max_age = "off"', 'max_age = "of"', "$.channels[0]"),
        ("[topics.ai]", "[topics.ai]\nhastag = 'x'", "$.topics.ai"),
        ('topics = "ai"', 'topcis = "ai"', "$.filters.f"),
        ("[dispatch]", "[dispach]", "$"),
    ],
)
def test_a_bad_config_does_not(plugins: Plugins, write: Write, right: str, wrong: str, place: str) -> None:
    assert errors(plugins, write(GOOD.replace(right, wrong, 1))) == [place]


def test_what_options_mean_is_told(plugins: Plugins) -> None:
    schema: Any = config_schema(plugins)
    (account,) = schema["properties"]["accounts"]["items"]["oneOf"]
    assert account["properties"]["token"]["description"] == "What it is opened with."
    assert account["properties"]["enabled"]["description"].startswith("Whether it is used")


def test_the_keys_plugins_may_not_use_are_those_of_the_tables() -> None:
    assert set(AccountTable.model_fields) == ACCOUNT_KEYS
    assert set(ChannelTable.model_fields) == CHANNEL_KEYS
    assert set(IntakeTable.model_fields) == INTAKE_KEYS
