from __future__ import annotations

import tomllib
from importlib.resources import files
from string import Formatter

import pytest

from newswire import languages, phrases, text

TABLES: dict[str, dict[str, str]] = tomllib.loads(files("newswire").joinpath("phrases.toml").read_text("utf-8"))
NOTICES = {"body_only_in": "language", "only_in": "language", "read_in": "language", "more_articles": "count"}


@pytest.mark.parametrize("language", TABLES)
def test_every_language_says_everything(language: str) -> None:
    assert list(TABLES[language]) == list(TABLES["en"])
    assert languages.standardize(language) == language
    for key, phrase in TABLES[language].items():
        # A no-break space is right before a colon in French; nothing else may need cleaning.
        assert text.one_line(phrase) == phrase.replace("\u00a0", " "), key
        assert phrase, key


@pytest.mark.parametrize("language", TABLES)
def test_a_value_stands_after_a_colon_at_the_end(language: str) -> None:
    for key, phrase in TABLES[language].items():
        fields = [name for _, name, _, _ in Formatter().parse(phrase) if name is not None]
        assert fields == ([NOTICES[key]] if key in NOTICES else []), key
        if key in NOTICES:
            assert phrase.removesuffix(f"{{{NOTICES[key]}}}").rstrip()[-1] in ":\uff1a", key


@pytest.mark.parametrize("language", TABLES)
def test_what_stands_side_by_side_is_not_called_the_same(language: str) -> None:
    table = TABLES[language]
    titles = [table[key] for key in ("topics", "languages", "feeds", "channels", "source", "related", "questions")]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("language", "key", "told"),
    [
        ("de", "source", "Quelle"),
        ("de-AT", "source", "Quelle"),
        ("pt-PT", "source", "Fonte"),
        ("zh-TW", "source", "來源"),
        ("zh-CN", "source", "来源"),
        ("sw", "source", "Source"),
        ("nn", "read_more", "Read more"),
    ],
)
def test_a_reader_hears_the_nearest_language_else_english(language: str, key: str, told: str) -> None:
    assert phrases.phrase(key, language) == told


def test_a_name_stands_as_it_is_given() -> None:
    assert phrases.phrase("only_in", "en", language="{x}") == "This article is so far available only in: {x}"


def test_an_unknown_phrase_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        phrases.phrase("reed_more", "de")


def test_the_languages_that_are_spoken() -> None:
    assert set(phrases.known_languages()) == set(TABLES)
    assert {"en", "de", "ar", "ja", "zh-Hans", "zh-Hant"} <= set(phrases.known_languages())
