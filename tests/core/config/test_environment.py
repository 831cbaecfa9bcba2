"""The environment above the file, and every way to get it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.config import Config

    Load = Callable[..., Config]
    Problems = Callable[..., str]
    SetEnv = Callable[[str, str], None]

STORE = (
    "[store]\nurl = 'sqlite:///a.db'\n[logging]\nlevel = 'error'\nformat = 'json'\n[office]\ndesks = 4\nkeys = ['k']\n"
)


def test_the_environment_beats_the_file_key_by_key(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_STORE__URL", "postgresql://wire@db/news")
    monkeypatch.setenv("NEWSWIRE_LOGGING__LEVEL", "debug")
    monkeypatch.setenv("newswire_dispatch__horizon", "2d")
    monkeypatch.setenv("NEWSWIRE_OFFICE__DESKS", "9")
    config = load(STORE)
    assert config.store.url == "postgresql+psycopg://wire@db/news"
    assert (config.logging.level, config.logging.format) == ("debug", "json")
    assert config.dispatch.horizon.days == 2
    assert config.settings["office"].model_dump() == {"desks": 9, "keys": ("k",), "safe": None}


@pytest.mark.parametrize("written", ["de, en", '["de", "en"]'])
def test_a_list_may_be_written_with_commas_or_as_json(
    load: Load, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("NEWSWIRE_SITE__LANGUAGES", written)
    monkeypatch.setenv("NEWSWIRE_OFFICE__KEYS", written)
    config = load(STORE)
    assert config.site.languages == ("de", "en")
    assert config.settings["office"].model_dump()["keys"] == ("de", "en")


def test_a_whole_table_may_be_json(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_LOGGING", '{"level": "warning"}')
    config = load(STORE)
    assert (config.logging.level, config.logging.format) == ("warning", "json")


def test_an_empty_variable_counts_as_none(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_LOGGING__LEVEL", "")
    monkeypatch.setenv("NEWSWIRE_NO__SUCH", "")
    assert load(STORE).logging.level == "error"


def test_the_whole_site_may_come_from_the_environment(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    site = {"NAME": "W", "URL": "https://w.example", "DEFAULT_LANGUAGE": "en", "LANGUAGES": "en"}
    for key, value in {**site, "TAG_AUTHORITY": "w.example,2026"}.items():
        monkeypatch.setenv(f"NEWSWIRE_SITE__{key}", value)
    assert load("", site="").site.name == "W"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("NEWSWIRE_LOGGING__LEVEL", "loud", ": logging.level: must be 'debug', 'info', 'warning' or 'error'"),
        ("newswire_Logging__Level", "loud", ": logging.level: must be 'debug', 'info', 'warning' or 'error'"),
        ("NEWSWIRE_LOGGING__LEVLE", "info", ": logging.levle: unknown key\n    hint: did you mean 'level'?"),
        ("NEWSWIRE_LOGGING", "junk", ": logging: must be a table"),
        ("NEWSWIRE_LOGGING", '{"level": 3}', ": logging.level: must be 'debug', 'info', 'warning' or 'error'"),
        ("NEWSWIRE_LOGGING", '{"level": ', ": logging: must be a table"),
        ("NEWSWIRE_SITE__LANGUAGES", '["de"', ": site.languages: must be a list"),
        ("NEWSWIRE_SITE__LANGUAGES", "en,xx-nope", ": site.languages[1]: 'xx-nope' is no language tag"),
        ("NEWSWIRE_OFFICE__DESKS", "some", ": office.desks: must be a whole number"),
        (
            "NEWSWIRE_OFFICE__SAFE",
            "env:NOT_SET_ANYWHERE",
            ": office.safe: environment variable NOT_SET_ANYWHERE is not",
        ),
        ("NEWSWIRE_STOER__URL", "x", ": no such setting\n    hint: did you mean NEWSWIRE_STORE__URL?"),
        ("NEWSWIRE_ZEBRA__X", "x", ": no such setting\n    hint: known tables: alerts, dispatch, http, logging"),
        (
            "NEWSWIRE_CHANNELS__0__NAME",
            "x",
            ": a variable cannot reach into [channels]\n    hint: write it in the file",
        ),
        ("NEWSWIRE_TOPICS__AI__HASHTAG", "x", ": a variable cannot reach into [topics]"),
    ],
)
def test_a_problem_names_the_variable_at_fault(
    problems: Problems, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    complaint = problems(STORE)
    assert f"environment variable {name}{told}" in complaint
    assert "config.toml" not in complaint


def test_what_the_file_gets_wrong_is_not_blamed_on_the_environment(
    problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSWIRE_LOGGING__LEVEL", "info")
    assert problems("[logging]\nformat = 'xml'") == "config.toml:2: logging.format: must be 'console' or 'json'"


def test_a_right_variable_heals_a_wrong_file(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_LOGGING__LEVEL", "info")
    assert load("[logging]\nlevel = 'loud'").logging.level == "info"


def test_a_single_underscore_is_warned_of(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_STORE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("NEWSWIRE_SERVICE_HOST", "10.0.0.1")  # a cluster sets such names for a service of that name
    warnings = "\n".join(load(STORE).warnings)
    assert (
        "environment variable NEWSWIRE_STORE_URL: no such setting\n    hint: did you mean NEWSWIRE_STORE__URL?"
    ) in warnings
    assert "NEWSWIRE_SERVICE_HOST" not in warnings


def test_variables_the_file_refers_to_may_have_any_name(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_MY__TOKEN", "a-token-of-any-name")
    monkeypatch.setenv("NEWSWIRE_MY__COOP", "/srv/coop")
    config = load(
        "[[accounts]]\nname = 'a'\ntype = 'post'\ntoken = 'env:NEWSWIRE_MY__TOKEN'\n"
        "[[intakes]]\nname = 'i'\ntype = 'pigeon'\npath = '${NEWSWIRE_MY__COOP}/x'\n"
    )
    assert config.intakes[0].options.model_dump()["path"] == "/srv/coop/x"


def test_names_with_a_meaning_of_their_own(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_DISABLED_PLUGINS", "x")
    monkeypatch.setenv("NEWSWIRE_CONFIG", "config.toml")
    assert not any("NEWSWIRE" in warning for warning in load(STORE).warnings)
