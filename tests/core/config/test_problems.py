"""Bad input, one kind at a time (the golden file has them all together)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newswire.config import Config, load_config
from newswire.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newswire.plugins import Plugins

    Problems = Callable[..., str]
    Load = Callable[..., Config]

ACCOUNT = '[[accounts]]\nname = "a"\ntype = "post"\ntoken = "a-literal-token"\n'
CHANNEL = '[[channels]]\nname = "c"\naccount = "a"\nbox = 1\n'


def test_a_missing_file_is_no_empty_config(tmp_path: Path, plugins: Plugins) -> None:
    with pytest.raises(
        ConfigError, match=r"there is no such file\n    hint: start with a copy of config\.example\.toml"
    ):
        load_config(tmp_path / "nowhere.toml", plugins=plugins)
    with pytest.raises(ConfigError, match="this is a folder, not a file"):
        load_config(tmp_path, plugins=plugins)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[site\n", "config.toml:1: column 6: Expected ']' at the end of a table declaration"),
        (
            "[site]\nname = News\n",
            (
                "config.toml:2: column 8: Invalid value\n"
                '    hint: text stands in quotes: key = "value"; true and false are written in small letters'
            ),
        ),
        ('[site]\nname = "a"\nname = "b"\n', "config.toml:3: column 11: Cannot overwrite a value\n    hint: the key"),
        ('[site]\nname = """\nopen', "config.toml:3: Unterminated string"),
        ("x = " + "[" * 10_000, "is nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml(text: str, told: str, tmp_path: Path, plugins: Plugins) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, plugins=plugins)
    assert told in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_no_utf_8(tmp_path: Path, plugins: Plugins) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[site]\nname = "caf\xe9"\n')
    with pytest.raises(ConfigError, match=r"config\.toml:2: is not UTF-8"):
        load_config(path, plugins=plugins)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels = 3", "config.toml:1: channels: must be a list of tables\n    hint: write [[channels]]"),
        ("[channels]\nname = 1", "config.toml:1: channels: must be a list of tables"),
        ("accounts = [1]", "config.toml:1: accounts[0]: must be a table"),
        ("topics = []", "config.toml:1: topics: must be a table"),
        ("[topics]\nai = 1", "config.toml:2: topics.ai: must be a table"),
        ("[filters]\nf = 1", "config.toml:2: filters.f: must be a table"),
        ("store = 1", "config.toml:1: store: must be a table"),
        ("office = 1", "config.toml:1: office: must be a table"),
        ("[[store]]\nurl = 1", "config.toml:1: store: must be a table"),
        ("[office]\nkeys = 1", "config.toml:2: office.keys: must be a list"),
        ("[topics.ai]\n[topics.ml]\naliases = ['AI']", "aliases[0]: the alias 'AI' belongs to topic 'ai' already"),
        ("[filters.f]\ntopics = []", "config.toml:2: filters.f.topics: must not be empty"),
        ("[filters.f]\ntopics = ['AI']", "config.toml:2: filters.f.topics[0]: 'AI' is no slug"),
        ("[filters.f]\ntopics = ''", "config.toml:2: filters.f.topics: a topic, '!' or '(' must stand here"),
        (
            "[topics.ai]\nlabels.de = 'KI'\n[filters.f]\ntopics = 'KI'",
            (
                "config.toml:4: filters.f.topics: a topic, '!' or '(' must stand here (character 1)\n"
                "        KI\n        ^\n    hint: did you mean 'ai'?"
            ),
        ),
        (
            "[topics.ai]\n[filters.f]\ntopics = 'ai & !moon'",
            "config.toml:3: filters.f.topics: unknown topic 'moon'\n    hint: known: ai",
        ),
        ("[http]\nbind = '::1:80'", "config.toml:2: http.bind: must be 'host:port'"),
        ("[http]\nbind = 'x:99999'", "config.toml:2: http.bind: must be 'host:port'"),
        ("[store]\nurl = 'sqlite://x.db'", "config.toml:2: store.url: must be 'sqlite:///FILE': three slashes"),
        ("[store]\nurl = 'sqlite:///:memory:'", "config.toml:2: store.url: the database must be a file"),
        ("[store]\nurl = 'env:NOT_SET_ANYWHERE'", "store.url: environment variable NOT_SET_ANYWHERE is not set"),
        ("[dispatch]\nhorizon = '0s'", "config.toml:2: dispatch.horizon: must be longer than nothing"),
        ("[plugins]\ndisabled = 'feeds'", "config.toml:2: plugins.disabled: must be a list"),
        (ACCOUNT + CHANNEL, "config.toml:5: channels[0].languages: required key is missing"),
        (ACCOUNT + CHANNEL + "languages = []", "config.toml:9: channels[0].languages: must not be empty"),
        (
            ACCOUNT + CHANNEL + "languages = ['fr']",
            (
                "config.toml:9: channels[0].languages[0]: the site has no language like 'fr'\n"
                "    hint: languages in [site] are en, de, zh-Hant, pt-BR"
            ),
        ),
        (ACCOUNT + CHANNEL + "languages = ['zh-Hans']", "the site has no language like 'zh-Hans'"),
        (
            "[filters.f]\ntopics = 'a'\n" + ACCOUNT + CHANNEL + "languages = ['en']\nfilter = 'f'\ntopics = ['b']",
            "config.toml:13: channels[0].topics: filter 'f' says which topics\n    hint: leave one of the two out",
        ),
        (CHANNEL + "languages = ['en']", "account: no account 'a'\n    hint: there is no [[accounts]] table"),
        (
            "[[accounts]]\nname = 'a'\ntype = 'matrix'",
            (
                "config.toml:3: accounts[0].type: no channel type 'matrix'\n"
                "    hint: is its plugin installed? there is post"
            ),
        ),
        ("[[intakes]]\nname = 'a'\ntype = 3", "config.toml:3: intakes[0].type: must be a string"),
        ("[[intakes]]\nname = 'a'\ntype = 'pigeon'\npath = 3", "config.toml:4: intakes[0].path: must be a string"),
        (ACCOUNT.replace('"a-literal-token"', '""'), "config.toml:4: accounts[0].token: is empty; write 'env:NAME'"),
        (ACCOUNT.replace('"a-literal-token"', '"$POST"'), "token: a reference is written 'env:POST'"),
        (ACCOUNT.replace('"a-literal-token"', '"env: POST"'), "token: 'env:' must be followed by a name"),
        (ACCOUNT.replace('"a-literal-token"', "17"), "token: must be a string: 'env:NAME' or 'file:path'"),
    ],
)
def test_one_problem(problems: Problems, text: str, told: str) -> None:
    complaint = problems(text)
    assert told in complaint
    # Nothing else is complained of.
    assert len([line for line in complaint.split("\n") if not line.startswith(" ")]) == 1, complaint


def test_a_missing_site_is_one_problem(problems: Problems) -> None:
    assert problems("[http]\n", site="") == (
        "config.toml: site: the table [site] is missing\n    hint: it names the site: see config.example.toml"
    )


def test_a_long_expression_is_cut_around_its_fault(problems: Problems) -> None:
    expression = "aaaa | " * 30 + "& " + "| bbbb" * 30
    lines = problems(f"[filters.f]\ntopics = '{expression}'").split("\n")
    assert lines[0] == ("config.toml:2: filters.f.topics: a topic, '!' or '(' must stand here (character 211)")
    shown, caret = lines[1], lines[2]
    assert len(shown) < 110
    assert shown[caret.index("^")] == "&"


def test_a_plugin_whose_model_breaks_is_told_and_stops_nothing_else(problems: Problems) -> None:
    assert problems("[[intakes]]\nname = 'a'\ntype = 'brittle'\n[store]\nurl = 3") == (
        "config.toml:1: intakes[0]: cannot be checked: BrittleOptions raised RuntimeError\n"
        "config.toml:5: store.url: must be a string"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('verse = """\none\nmonth\n"""\n', "config.toml:12: channels[0].verse: nothing rhymes with month"),
        ("verse = '''\none\nmonth'''\n", "config.toml:12: channels[0].verse: nothing rhymes with month"),
        ('verse = """one\nmonth"""\n', "config.toml:11: channels[0].verse: nothing rhymes with month"),
        ('verse = "one\\nmonth"\n', "config.toml:10: channels[0].verse: line 2: nothing rhymes with month"),
        ('verse = "a = month"\n', "config.toml:10: channels[0].verse: line 1: nothing rhymes with month"),
        ('paper = "thin" # = """\nverse = "month"\n', "config.toml:11: channels[0].verse: line 1: nothing rhymes"),
    ],
)
def test_a_problem_within_a_text_is_told_with_the_line_it_is_in(text: str, told: str, problems: Problems) -> None:
    assert told in problems(ACCOUNT + CHANNEL + 'languages = ["en"]\n' + text)
