"""The traps of pydantic-settings, each closed: what it would pass over in silence is told, or cannot happen here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from newswire.config import Config, load_config, masked
from newswire.dispatch.dispatcher import lane_fingerprints
from newswire.errors import ConfigError
from newswire.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newswire.plugins import Plugins

    Load = Callable[..., Config]
    Problems = Callable[..., str]
    Write = Callable[..., Path]

SECRET = "correct-horse-battery"
ACCOUNT = "[[accounts]]\nname = 'a'\ntype = 'post'\ntoken = {token!r}\n"


def test_trap_1_a_missing_file_is_no_config_of_defaults(tmp_path: Path, plugins: Plugins) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: there is no such file\n    hint: "):
        load_config(tmp_path / "config.toml", plugins=plugins)


def test_trap_2_a_misspelt_table_in_a_variable_is_told(problems: Problems, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_STOER__URL", "sqlite:///x.db")
    assert problems("") == (
        "environment variable NEWSWIRE_STOER__URL: no such setting\n    hint: did you mean NEWSWIRE_STORE__URL?"
    )


def test_trap_3_a_variable_that_would_replace_a_list_is_refused(
    problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSWIRE_ACCOUNTS__0__TOKEN", SECRET)
    told = problems(ACCOUNT.format(token=SECRET))
    assert "NEWSWIRE_ACCOUNTS__0__TOKEN: a variable cannot reach into [accounts]" in told
    assert "a secret there can be a reference: 'env:NAME'" in told


def test_trap_4_a_secret_in_a_file_reaches_any_depth_and_must_be_there(
    load: Load, problems: Problems, tmp_path: Path
) -> None:
    told = problems("[office]\nsafe = 'file:secrets/safe'\n")
    assert told == "config.toml:2: office.safe: the secret file secrets/safe cannot be read (FileNotFoundError)"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "safe").write_text(f"{SECRET}\n", "utf-8")
    config = load("[office]\nsafe = 'file:secrets/safe'\n" + ACCOUNT.format(token="file:secrets/safe"))
    assert config.settings["office"].safe.get_secret_value() == SECRET  # type: ignore[attr-defined]
    assert config.account("a").options.token.get_secret_value() == SECRET  # type: ignore[attr-defined]


@pytest.mark.parametrize("at_fault", ["file", "environment"])
def test_trap_5_a_problem_names_the_source_at_fault(
    problems: Problems, monkeypatch: pytest.MonkeyPatch, at_fault: str
) -> None:
    if at_fault == "environment":
        monkeypatch.setenv("NEWSWIRE_OFFICE__DESKS", "none")
        told, place = problems("[office]\ndesks = 3\n"), "environment variable NEWSWIRE_OFFICE__DESKS: "
    else:
        monkeypatch.setenv("NEWSWIRE_OFFICE__KEYS", "a,b")
        told, place = problems("[office]\ndesks = 'none'\n"), "config.toml:2: "
    assert told == f"{place}office.desks: must be a whole number"


def test_trap_6_the_file_that_is_named_is_read_and_no_other(write: Write, plugins: Plugins, tmp_path: Path) -> None:
    write("[office]\ndesks = 4\n")
    other = tmp_path / "other.toml"
    other.write_text(write("[office]\ndesks = 5\n").read_text("utf-8"), "utf-8")
    first = load_config(write("[office]\ndesks = 4\n"), plugins=plugins)
    second = load_config(other, plugins=plugins)
    assert [config.settings["office"].model_dump()["desks"] for config in (first, second)] == [4, 5]
    other.write_text("[site\n", "utf-8")
    with pytest.raises(ConfigError, match=r"other\.toml:1: column 6: "):  # and no TOMLDecodeError
        load_config(other, plugins=plugins)


def test_trap_7_nothing_that_is_made_of_options_holds_a_secret(load: Load) -> None:
    config = load(f"[office]\nsafe = '{SECRET}'\n" + ACCOUNT.format(token=SECRET))
    account, office = config.account("a"), config.settings["office"]
    made = [
        account.options.model_dump_json(),
        office.model_dump_json(),
        repr(account.options.model_dump()),
        repr(config),
        json.dumps(masked(config)),
        repr(lane_fingerprints(config)),
    ]
    assert not any(SECRET in text for text in made)
    assert masked(config)["office"]["safe"] == MASK
