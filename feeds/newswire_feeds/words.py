"""What the plugin's own pages say, in the readers' languages (``words.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from newswire.api import closest


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("newswire_feeds").joinpath("words.toml").read_text("utf-8"))


def spoken(language: str) -> str:
    """The language the pages speak to a reader of a language: English where they do not know it."""
    return closest(language, _table()) or "en"


def words(language: str) -> dict[str, str]:
    """All the words for a reader of a language."""
    return _table()[spoken(language)]
