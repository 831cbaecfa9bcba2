"""The few phrases newswire says to readers itself, in their languages (``phrases.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from newswire import languages


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("newswire").joinpath("phrases.toml").read_text("utf-8"))


def known_languages() -> tuple[str, ...]:
    """The languages newswire can speak to readers in."""
    return tuple(_table())


def phrase(key: str, language: str, /, **values: str) -> str:
    """A phrase in a reader's language, in English where it is not spoken.

    Raises:
        KeyError: there is no phrase of that key.
    """
    table = _table()
    english = table["en"][key]
    spoken = languages.closest(language, table)
    return (table[spoken].get(key, english) if spoken else english).format(**values)
