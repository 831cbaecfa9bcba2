"""Real articles of four projects, read in place."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from newswire.api import Arrival, Left, Problem, Site, Taxonomy, graphemes, to_html
from newswire_markdown.intake import MarkdownIntake
from newswire_markdown.options import MarkdownOptions

PROJECT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("NEWSWIRE_CORPUS") or PROJECT / "../shared/corpus").resolve()

pytestmark = pytest.mark.skipif(
    not (CORPUS / "articles").is_dir(), reason="there are no real articles here; NEWSWIRE_CORPUS names their folder"
)


def intakes() -> dict[str, MarkdownIntake]:
    config = tomllib.loads((PROJECT / "examples/corpus.toml").read_text("utf-8"))
    site = Site.model_validate(config["site"])
    opened = {}
    for table in config["intakes"]:
        options = {key: value for key, value in table.items() if key not in {"name", "type"}}
        opened[table["name"]] = MarkdownIntake(
            table["name"],
            MarkdownOptions.model_validate(options),
            site=site,
            taxonomy=Taxonomy(),
            clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )
    return opened


@pytest.fixture(scope="module")
def delivered() -> dict[str, list[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSWIRE_CORPUS", str(CORPUS))
        return {name: list(intake.read()) for name, intake in intakes().items()}


@pytest.fixture(scope="module")
def articles(delivered: dict[str, list[Any]]) -> list[Any]:
    return [item.article for items in delivered.values() for item in items if isinstance(item, Arrival)]


def test_the_counts_are_right(delivered: dict[str, list[Any]], articles: list[Any]) -> None:
    found = {
        name: (
            sum(len(item.article.editions) for item in items if isinstance(item, Arrival)),
            sum(isinstance(item, Arrival) for item in items),
        )
        for name, items in delivered.items()
    }
    assert found == {
        "chrome-developers": (286, 126),
        "optech": (436, 92),
        "opensource-guide": (110, 12),
        "opentelemetry": (127, 56),
    }
    everything = [item for items in delivered.values() for item in items]
    assert [str(item) for item in everything if isinstance(item, Problem)] == []
    assert Counter(item.why for item in everything if isinstance(item, Left)) == {"skipped": 29, "draft": 8}
    assert len({article.id for article in articles}) == 286
    assert sum(len(article.topics) * len(article.editions) for article in articles) == 586


def test_languages_are_told_apart(articles: list[Any]) -> None:
    present = Counter(language for article in articles for language in article.languages)
    assert set(present) == set("en ja zh es pt ko ru fr de cs hi uk ar fa zh-Hans".split())
    assert all(article.original_language == "en" for article in articles if "en" in article.languages)


def test_dates_are_as_written_or_none(articles: list[Any]) -> None:
    undated = {article.id.split("/")[0] for article in articles if article.published is None}
    assert undated == {"opensource-guide"}
    by_id = {article.id: article for article in articles}
    assert by_id["optech/2022-06-01-newsletter"].published == datetime(2022, 6, 1, tzinfo=UTC)
    assert all(article.updated is None or article.updated >= article.published for article in articles)


def test_titles_and_summaries_are_plain(articles: list[Any]) -> None:
    for article in articles:
        for edition in article.editions:
            assert edition.title
            assert edition.summary, (article.id, edition.language)
            assert not edition.summary_derived or len(graphemes(edition.summary)) <= 300
            for text in (edition.title, edition.summary):
                found = re.search(r"\{%|\{\{|<!--|-->|\]\(|\]\[|\*\*|&\w+;|[\x00-\x1f\ue000]", text)
                assert not found, (article.id, edition.language, text)


def test_bodies_leak_nothing(articles: list[Any]) -> None:
    for article in articles:
        for edition in article.editions:
            if not re.search(r"\{[%{:#]|<!--|%7B", edition.body or ""):
                continue  # there is nothing that could leak; the slow look is for the others
            html = to_html(edition.body, "markdown", base_url=edition.url)
            shown = unescape(re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL))
            found = re.search(r".*(?:\{%|\{\{|<!--|\{:|%7B%7Bb|%7B%25).*", shown)
            assert not found, (article.id, edition.language, found)


def test_control_characters_are_gone(articles: list[Any]) -> None:
    assert not [article.id for article in articles for edition in article.editions if "\x1f" in (edition.body or "")]


def test_variables_of_a_file_become_addresses(articles: list[Any]) -> None:
    bodies = [edition.body for article in articles for edition in article.editions if edition.body]
    assert sum(body.count("](https://bitcoin.stackexchange.com/a/") for body in bodies) > 500


def test_reading_again_gives_the_same(delivered: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_CORPUS", str(CORPUS))
    again = intakes()["opentelemetry"]
    assert list(again.read()) == delivered["opentelemetry"]
    assert again.expected() == 56 + 22
