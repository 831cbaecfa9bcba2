"""The corpus' config, by the schema that editors use."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # jsonschema has no types

from newswire.config import config_schema
from newswire.plugins import load_plugins

ROOT = Path(__file__).parents[3]


def test_strings_and_lists_are_both_fine() -> None:
    document = tomllib.loads((ROOT / "examples" / "corpus.toml").read_text("utf-8"))
    assert isinstance(document["intakes"][0]["pattern"], str)
    assert isinstance(document["intakes"][1]["pattern"], list)
    jsonschema.validate(document, config_schema(load_plugins()))
