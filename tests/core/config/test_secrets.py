"""Secrets: read late, shown nowhere."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from newswire.api import ConfigError
from newswire.config import Config, StoreSettings, load_config, masked
from newswire.secrets import MASK, mask, remember

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newswire.plugins import Plugins

    Load = Callable[..., Config]
    Problems = Callable[..., str]
    Write = Callable[..., Path]

SECRET = "correct-horse-battery"
ACCOUNT = f'[[accounts]]\nname = "a"\ntype = "post"\ntoken = "{SECRET}"\n'
UNSET = '[[accounts]]\nname = "a"\ntype = "post"\ntoken = "env:NOT_SET_ANYWHERE"\n'
CHANNEL = '[[channels]]\nname = "c"\naccount = "a"\nlanguages = ["en"]\nbox = 1\n'


def test_a_secret_is_in_no_repr_and_no_print(load: Load) -> None:
    config = load(
        f"[store]\nurl = 'postgresql://wire:{SECRET}@db/news'\n[office]\nsafe = '{SECRET}'\nkeys = ['{SECRET}']\n"
        + ACCOUNT
    )
    assert SECRET in config.store.url
    for shown in (repr(config.store), repr(config.accounts), str(masked(config))):
        assert SECRET not in shown
        assert MASK in shown
    assert masked(config)["accounts"] == [
        {"name": "a", "type": "post", "enabled": True, "token": MASK, "depot": "central"}
    ]
    assert masked(config)["store"]["url"] == f"postgresql+psycopg://wire:{MASK}@db/news"
    assert masked(config)["office"]["keys"] == [MASK]


def test_a_secret_is_in_no_complaint_and_no_chained_exception(write: Write, plugins: Plugins) -> None:
    wrong = ACCOUNT + f'depot = ["{SECRET}"]\n{SECRET} = 1\n[store]\nurl = "postgresql:/wire:{SECRET}@db"\n'
    with pytest.raises(ConfigError) as caught:
        load_config(write(wrong + CHANNEL + f'fallback = "{SECRET}"\n'), plugins=plugins)
    told = "".join(traceback.format_exception(caught.value))
    assert len(str(caught.value).splitlines()) >= 4
    assert SECRET not in told


def test_a_secret_is_not_logged_while_loading(load: Load, problems: Problems, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        load(ACCOUNT)
        problems(ACCOUNT + "x = 1")
    assert SECRET not in caplog.text


def test_an_unset_secret_is_a_problem_only_where_it_is_needed(load: Load, problems: Problems) -> None:
    told = "config.toml:4: accounts[0].token: environment variable NOT_SET_ANYWHERE is not set"
    assert problems(UNSET + CHANNEL) == told
    assert not load(UNSET + "enabled = false\n" + CHANNEL).enabled_channels
    config = load(UNSET + CHANNEL, require_secrets=False)
    assert [channel.name for channel in config.enabled_channels] == ["c"]
    assert masked(config)["accounts"][0]["token"] == MASK


def test_a_disabled_account_is_still_checked_for_the_rest(problems: Problems) -> None:
    assert problems(UNSET + "enabled = false\ndeopt = 'x'\n") == (
        "config.toml:6: accounts[0].deopt: unknown key\n    hint: did you mean 'depot'?"
    )
    assert "required key is missing" in problems("[[accounts]]\nname = 'a'\ntype = 'post'\nenabled = false")
    assert "must be a string" in problems(UNSET.replace('"env:NOT_SET_ANYWHERE"', "1") + "enabled = false")


def test_a_placeholder_passes_a_type_that_looks_closely(write: Write) -> None:
    bot = '[[accounts]]\nname = "t"\ntype = "telegram"\ntoken = "env:NOT_SET_ANYWHERE"\n'
    config = load_config(write(bot), require_secrets=False)
    options = config.account("t").options
    assert isinstance(options, config.account("t").type.account_options)
    with pytest.raises(ConfigError, match="is no bot token"):
        load_config(write(bot.replace("env:NOT_SET_ANYWHERE", "not-a-bot-token")), require_secrets=False)


def test_a_secret_in_an_open_file_is_warned_of(write: Write, plugins: Plugins) -> None:
    path = write(ACCOUNT + "[office]\nsafe = 'another-literal-secret'\n")
    assert not [warning for warning in load_config(path, plugins=plugins).warnings if "a secret stands" in warning]
    path.chmod(0o640)
    warnings = [warning for warning in load_config(path, plugins=plugins).warnings if "a secret stands" in warning]
    assert [warning.split(": ")[1] for warning in warnings] == ["accounts[0].token", "office.safe"]
    assert f"chmod 600 {path}" in warnings[0]


def test_a_reference_in_an_open_file_is_fine(write: Write, plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOT_SET_ANYWHERE", "set-after-all")
    path = write(UNSET)
    path.chmod(0o644)
    assert not [warning for warning in load_config(path, plugins=plugins).warnings if "a secret stands" in warning]


@pytest.mark.parametrize("secret", ["pa ss/word+1", 'quo"te-and\\slash', "schlüssel-wörter", "日本語の秘密です"])
def test_every_spelling_of_a_secret_is_masked(secret: str) -> None:
    import json  # noqa: PLC0415  # used here only
    from urllib.parse import quote, quote_plus, urlencode  # noqa: PLC0415

    remember(secret)
    spellings = (
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        urlencode({"x": secret})[2:],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    )
    for spelling in spellings:
        assert mask(f"before {spelling} after") == f"before {MASK} after"


def test_the_password_of_any_address_is_masked() -> None:
    assert mask("see https://me:x@host/ and ftp://h/p") == f"see https://me:{MASK}@host/ and ftp://h/p"
    assert mask("redis://:pw@h") == f"redis://:{MASK}@h"
    assert "short" not in repr(StoreSettings(url="postgresql://u:short@h/db"))
