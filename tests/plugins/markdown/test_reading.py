"""From files to articles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Arrival, Left, Question, Source, Withdrawal

if TYPE_CHECKING:
    from pathlib import Path

Desk = Any


def test_files_of_one_key_are_the_editions_of_one_article(desk: Desk) -> None:
    desk.article("en/a.md", title="Title", summary="Sum", date="2026-11-01")
    desk.article("de/a.md", title="Titel", summary="Summe", date="2026-11-02")
    desk.article("zh-hans/a.md", title="標題", date="2026-10-01", body="正文。")
    article = desk.only()
    assert article.id == "a"
    assert article.original_language == "en"
    assert article.languages == ("de", "en", "zh-Hans")
    assert article.published == datetime(2026, 11, 1, tzinfo=UTC)
    german, english, chinese = article.editions
    assert (english.title, english.summary, english.summary_derived) == ("Title", "Sum", False)
    assert (english.body, english.body_format) == ("A body.", "markdown")
    assert (chinese.summary, chinese.summary_derived) == ("正文。", True)
    assert german.published == datetime(2026, 11, 2, tzinfo=UTC)
    assert (english.published, chinese.published) == (None, None)
    assert [edition.url for edition in article.editions] == [
        "https://news.example/de/a/", "https://news.example/en/a/", "https://news.example/zh-hans/a/",
    ]  # fmt: skip


def test_a_rich_article(desk: Desk) -> None:
    desk.write(
        "de/a.md",
        """---
title: "*Größe* &amp; `Code` {{ '{%' }}"
description: |
  Zwei
  [Zeilen](https://x.example).
date: 2026-11-01T08:00:00+01:00
updated: 2026-11-02
original: de
topics: [KI-Sicherheit, Безопасность ИИ, "Künstliche Intelligenz", "1.10", no]
source: {name: Hacker News, url: "https://news.ycombinator.com/item?id=1"}
authors: ["[Ann](https://x.example)", Bob]
translator: Cleo
image: {url: /i/ä.png, alt: Bild, focus: "0.2, -0.5"}
related: [b, c/, "not an id", a]
questions:
  - question: "**Warum** {% x %}?"
    answer: "Weil `{{ x }}`. {% y %}"
urgent: yes
---

# Größe & Code

Text.
""",
    )
    article = desk.only(base_url="https://site.example/blog/", id="x/{key}")
    edition = article.edition("de")
    assert edition.title == "Größe & Code"
    assert edition.summary == "Zwei Zeilen."
    assert edition.body == "Text."
    assert edition.url == "https://site.example/blog/de/a/"
    assert edition.image_alt == "Bild"
    assert edition.questions == (Question(question="Warum ?", answer="Weil `{{ x }}`."),)
    assert edition.translators == ("Cleo",)
    assert article.id == "x/a"
    assert article.topics == ("ai-safety", "kunstliche-intelligenz", "1-10", "no")
    assert article.source == Source(name="Hacker News", url="https://news.ycombinator.com/item?id=1")
    assert article.authors == ("Ann", "Bob")
    assert article.image.model_dump() == {
        "url": "https://site.example/blog/i/%C3%A4.png", "alt": "Bild", "type": "image/png", "length": 0,
            "focus": (0.2, -0.5),
    }  # fmt: skip
    assert article.related == ("x/b", "x/c")
    assert (article.published, article.updated) == (
        datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC),
    )  # fmt: skip
    assert article.urgent


def test_what_the_original_does_not_say_comes_from_the_first_edition_that_does(desk: Desk) -> None:
    desk.article("en/a.md")
    desk.article("ar/a.md", topics="[climate]", authors="[Third]", image="/c.jpg", date="2026-01-03")
    desk.article("de/a.md", topics="[space]", image="/b.jpg", date="2026-01-02", updated="2026-01-05")
    article = desk.only(source={"name": "Default"})
    assert article.topics == ("space",)
    assert article.authors == ("Third",)
    assert article.image.url == "https://news.example/b.jpg"
    assert article.published == datetime(2026, 1, 2, tzinfo=UTC)
    assert article.updated is None
    assert article.source == Source(name="Default")


@pytest.mark.parametrize(
    ("files", "original"),
    [
        ({"en": "", "de": ""}, "en"),
        ({"ja": "", "ar": "", "de": ""}, "de"),  # the site's order
        ({"en": "", "de": "", "ja": "de"}, "de"),
        ({"en": "ja", "ja": ""}, "ja"),
        ({"de": "ja"}, "de"),  # there is no such edition
        ({"en": "", "pt-BR": "pt_br"}, "pt-BR"),
    ],
)
def test_the_original_language(desk: Desk, files: dict[str, str], original: str) -> None:
    for language, named in files.items():
        desk.article(f"{language}/a.md", **({"original": named} if named else {}))
    assert desk.only().original_language == original


def test_no_date_is_no_date_and_one_in_the_path_is_one(desk: Desk) -> None:
    desk.article("en/plain.md")
    assert desk.only().published is None
    desk.article("en/2026-03-04-dated.md")
    found = desk.articles(pattern=["{lang}/{date}-{key}.md", "{lang}/{key}.md"])["dated"]
    assert found.published == datetime(2026, 3, 4, tzinfo=UTC)


def test_an_update_before_the_date_is_dropped(desk: Desk) -> None:
    desk.article("en/a.md", date="2026-03-04", updated="2026-03-03")
    assert desk.only().updated is None


def test_the_default_language_may_have_no_folder(desk: Desk) -> None:
    desk.article("a.md", title="Standard")
    desk.article("de/a.md", title="Deutsch")
    article = desk.only(
        pattern=["{lang}/{key}.md", "{key}.md"], default_language="ja", url_default_language="/{key}/{language}"
    )
    assert {edition.language: edition.url for edition in article.editions} == {
        "ja": "https://news.example/a/ja", "de": "https://news.example/de/a/",
    }  # fmt: skip
    assert article.original_language == "ja"


def test_the_language_field_wins_over_the_path(desk: Desk) -> None:
    desk.article("x/a.md", lang="pt_BR")
    assert desk.only(pattern="{folder}/{key}.md", url="/{folder}/{lang}/{key}").editions[0].url == (
        "https://news.example/x/pt-BR/a"
    )


@pytest.mark.parametrize(
    ("permalink", "url"),
    [
        ("/x/y/", "https://news.example/x/y/"),
        ("https://else.example/x", "https://else.example/x"),
        ("//else.example/x", "https://else.example/x"),
        ("'{{locale}}/x'", "https://news.example/en/a/"),
        ("/:year/:title/", "https://news.example/en/a/"),
    ],
)
def test_a_permalink_is_the_page(desk: Desk, permalink: str, url: str) -> None:
    desk.article("en/a.md", permalink=permalink)
    assert desk.only().original.url == url


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("", None),
        ("\n \n", None),
        ("<!-- only a comment -->\n", None),
        ("# Title\n", None),
        ("# *Title* #\n\nText\n", "Text"),
        ("# Another\n\nText\n", "# Another\n\nText"),
        ("Text[^1] [a][b]\n\n[b]: https://x.example\n", "Text[^1] [a][b]\n\n[b]: https://x.example"),
        ('<div dir="rtl">\n\nنص\n\n</div>\n', '<div dir="rtl">\n\nنص\n\n</div>'),
        ("    code\n", "    code"),
        ("a\x1fb\n", "ab"),
    ],
)
def test_bodies(desk: Desk, body: str, result: str | None) -> None:
    desk.article("en/a.md", title="Title", summary="Given", body=body)
    assert desk.only().original.body == result


def test_an_article_may_be_title_and_summary_only(desk: Desk) -> None:
    desk.article("en/a.md", title="Title", body="")
    edition = desk.only().original
    assert (edition.summary, edition.summary_derived, edition.body) == ("", False, None)


def test_a_derived_summary_keeps_no_tag_of_a_code_span(desk: Desk) -> None:
    desk.article("en/a.md", body="Use `{{ x }}` and `{% y %}` *here*.")
    edition = desk.only().original
    assert edition.summary == "Use and here."
    assert edition.body == "Use `{{ x }}` and `{% y %}` *here*."


def test_rules_leave_files_out(desk: Desk) -> None:
    desk.article("en/a.md")
    desk.article("en/_index.md")
    desk.article("en/landing.md", layout="landing")
    desk.article("en/draft.md", draft="yes")
    desk.article("de/a.md", draft="true")
    desk.article("en/notes.txt")
    desk.article("too/deep/a.md")
    for unfinished in ("en/.hidden.md", "en/a.md~", "en/.git/x.md", ".obsidian/x.md", "en/~.md.tmp"):
        desk.article(unfinished)
    delivered = desk.read(skip="**/_index.md", skip_when={"layout": ["landing", "list"]})
    left = {(item.place.removeprefix(f"{desk.root}/"), item.why) for item in delivered if isinstance(item, Left)}
    assert left == {
        ("en/_index.md", "skipped"), ("en/landing.md", "skipped"), ("en/draft.md", "draft"), ("de/a.md", "draft"),
    }  # fmt: skip
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert arrival.article.languages == ("en",)
    assert len(delivered) == 5


def test_articles_come_in_the_order_of_their_dates(desk: Desk) -> None:
    for key, date in {"c": "2026-01-01", "a": "2026-02-01", "b": "2026-02-01", "d": "2025-01-01"}.items():
        desk.article(f"en/{key}.md", date=date)
    desk.article("de/a.md", date="2026-03-01")
    desk.article("en/e.md")
    assert list(desk.articles()) == ["e", "d", "c", "a", "b"]
    assert desk.intake().expected() == 5


def test_reading_twice_gives_the_same(desk: Desk) -> None:
    desk.article("en/a.md", tags="[x, y]")
    desk.article("de/a.md", tags="[y]")
    assert desk.read() == desk.read()


def test_withdrawn(desk: Desk) -> None:
    desk.write("en/a.md", "---\nwithdrawn: true\n---\n")
    desk.article("de/a.md")
    desk.article("en/b.md")
    desk.write("de/b.md", "---\nwithdrawn: true\n---\n")
    delivered = desk.read()
    assert Withdrawal("a") in delivered
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert (arrival.article.id, arrival.article.languages) == ("b", ("en",))
    assert len(delivered) == 2


def test_toml_front_matter(desk: Desk) -> None:
    desk.write("en/a.md", '+++\ntitle = "T"\ndate = 2026-11-01T08:00:00+01:00\ntags = ["no"]\n+++\nText')
    article = desk.only()
    assert (article.original.title, article.topics) == ("T", ("no",))
    assert article.published == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_links_out_of_the_folder_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/x.md").write_text("---\ntitle: Secret\n---\n")
    desk.article("en/a.md")
    (desk.root / "en/link.md").symlink_to(tmp_path / "secret/x.md")
    (desk.root / "de").symlink_to(tmp_path / "secret")
    (desk.root / "en/same.md").symlink_to(desk.root / "en/a.md")
    (desk.root / "round").symlink_to(desk.root)
    assert sorted(desk.articles()) == ["a", "same"]
    assert not desk.intake().covers(desk.root / "en/link.md")


def test_one_file_brings_its_whole_article(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = desk.article("en/a.md"), desk.article("de/a.md")
    desk.article("en/b.md")
    skipped, outside = desk.article("en/_index.md"), desk.article("x.md")
    intake = desk.intake(skip=["**/_index.md"])
    assert [intake.covers(path) for path in (one, other, skipped, outside)] == [True, True, False, False]
    monkeypatch.chdir(desk.root / "en")
    assert intake.covers(one.relative_to(desk.root / "en"))
    (arrival,) = intake.read_files([other, one])
    assert (arrival.article.id, arrival.article.languages) == ("a", ("de", "en"))
    assert list(intake.read_files([skipped])) == [Left(str(skipped), "skipped")]
    assert desk.problems(list(intake.read_files([outside, desk.root / "en/gone.md"]))) == [
        "x.md: is no article of the intake 'desk'; look at its path and pattern",
        "en/gone.md: there is no such file",
    ]


def test_the_folder_may_be_relative(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.root.parent)
    desk.article("en/a.md")
    desk.article("xx/a.md")
    intake = desk.intake(path="articles")
    problem, arrival = intake.read()
    assert problem.place == "articles/xx/a.md"
    assert arrival.article.id == "a"
    assert intake.covers(desk.root / "en/a.md")
