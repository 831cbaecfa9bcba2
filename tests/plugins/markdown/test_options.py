from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newswire_markdown.options import MarkdownOptions


def options(**table: Any) -> MarkdownOptions:
    return MarkdownOptions.model_validate({"path": "articles"} | table)


def refusal(**table: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        options(**table)
    return str(caught.value.errors()[0]["msg"])


def test_a_path_is_all_it_takes() -> None:
    made = options()
    assert made.path == Path("articles")
    assert made.pattern == ("{lang}/{key}.md",)
    assert options(path=Path("/x")).path == Path("/x")


def test_environment_variables_in_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ROOT", "/somewhere")
    assert options(path="${TEST_ROOT}/a").path == Path("/somewhere/a")
    monkeypatch.delenv("TEST_ROOT")
    assert refusal(path="${TEST_ROOT}/a") == (
        "Value error, environment variable TEST_ROOT is not set; set it, or write the folder into the config"
    )


def test_one_string_stands_for_a_list_of_one() -> None:
    made = options(pattern="{key}.md", skip="x", fields={"title": "name"}, shortcodes=[{"tag": "A"}], source="HN")
    assert (made.pattern, made.skip, made.fields.title, made.shortcodes[0].tag) == (
        ("{key}.md",), ("x",), ("name",), ("A",),
    )  # fmt: skip
    assert made.source
    assert made.source.name == "HN"


def test_mistakes_are_named() -> None:
    assert refusal(pattern="{lang/{key}.md") == (
        "Value error, pattern '{lang/{key}.md' has a '{' that belongs to no placeholder such as {key}"
    )
    assert refusal(id="x/{slug}") == (
        "Value error, id needs {slug}, which the pattern '{lang}/{key}.md' does not give; it gives key, lang, language"
    )
    assert refusal(url="/{year}/{key}", pattern=["{year}/{key}.md", "{key}.md"]) == (
        "Value error, url needs {year}, which the pattern '{key}.md' does not give; it gives key, lang, language"
    )
    assert refusal(id="{lang}/{key}") == (
        "Value error, id must not hold {lang}: all editions of an article share their id"
    )
    assert refusal(pattern=[]) == "Value should have at least 1 item after validation, not 0"
    assert refusal(patern="x") == "Extra inputs are not permitted"
    assert refusal(fields={"titel": ["x"]}) == "Extra inputs are not permitted"


def test_derived_placeholders_may_be_used() -> None:
    assert options(pattern="{lang}/{date}-{key}.md", id="{year}/{month}/{day}/{key}").id == "{year}/{month}/{day}/{key}"
    assert options(pattern="{year}/{month}/{day}/{key}.md", id="{date}-{key}").id == "{date}-{key}"


def test_every_option_says_what_it_is() -> None:
    schema = MarkdownOptions.model_json_schema()
    for model in (schema, schema["$defs"]["FieldNames"], schema["$defs"]["Shortcode"]):
        assert [name for name, field in model["properties"].items() if not field.get("description")] == []
