"""What cannot be taken is named, with file, line and cure, and stops nothing else."""

from __future__ import annotations

import os
from typing import Any

import pytest

from newswire.api import Arrival

Desk = Any

LANGUAGE = "is not among the site's; add it to [site] languages, or skip such files"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: [T\n---\n", "en/a.md:3: the front matter is not YAML: "),
        ("---\ntitle: T\n", "en/a.md:1: the front matter is not closed; end it with a line of ---"),
        ("+++\ntitle = T\n+++\n", "en/a.md:2: the front matter is not TOML: Invalid value"),
        ("Text only.\n", "en/a.md: there is no title; write 'title: ...' at the top"),
        ("---\ntitle: '{% x %}'\n---\n", "en/a.md:2: there is no title; write 'title: ...' at the top"),
        (b"---\ntitle: T\n---\n\nCaf\xe9\n", "en/a.md:5: the file is not UTF-8; save it in that encoding"),
        (
            "---\ntitle: T\ndate: soon\n---\n",
            "en/a.md:3: date 'soon' is no date; write it as 2026-11-23 or 2026-11-23T07:00:00Z",
        ),
        (
            "---\ntitle: T\ndate: 2087-01-01\n---\n",
            "en/a.md:3: dated 2087-01-01, which lies in the future; correct date",
        ),
        (
            "---\ntitle: T\nlastmod: 2087-01-01\n---\n",
            "en/a.md:3: dated 2087-01-01, which lies in the future; correct lastmod",
        ),
        ("---\ntitle: T\ndraft: perhaps\n---\n", "en/a.md:3: draft must be true or false"),
        ("---\ntitle: T\nlang: english!\n---\n", "en/a.md:3: 'english!' is no language tag; use a BCP 47 tag such as "),
        ("---\ntitle: T\nlang: fr\n---\n", f"en/a.md:3: the language 'fr' {LANGUAGE}"),
        ("---\ntitle: T\noriginal: '?'\n---\n", "en/a.md:3: '?' is no language tag; use a BCP 47 tag such as "),
        (
            "---\ntitle: T\npermalink: http://\n---\n",
            "en/a.md:3: permalink: must be an absolute http or https address",
        ),
        (
            f"---\ntitle: {'T' * 1001}\n---\n",
            "en/a.md:2: title: more than the 1,000 characters there may be; shorten it",
        ),
        (
            "---\ntitle: T\nfaq: [{question: Why?}]\n---\n",
            "en/a.md:3: faq must be a list of tables with question and answer",
        ),
        (
            "---\ntitle: T\nsource: {name: S, url: ftp://x}\n---\n",
            "en/a.md: url: must be an absolute http or https address",
        ),
        (
            "---\ntitle: T\nsummary: S\n---\n" + "x" * 2_000_001,
            "en/a.md: body: more than the 2,000,000 characters there may be; shorten it",
        ),
    ],
)
def test_a_bad_file_is_named_and_stops_nothing(desk: Desk, text: str | bytes, message: str) -> None:
    desk.write("en/a.md", text)
    desk.article("en/good.md")
    delivered = desk.read()
    (problem,) = desk.problems(delivered)
    assert problem.startswith(message)
    assert problem == message or message.endswith(" ")
    assert [item.article.id for item in delivered if isinstance(item, Arrival)] == ["good"]


def test_a_day_is_left_for_time_zones(desk: Desk) -> None:
    desk.article("en/a.md", date="2026-11-24T06:00:00Z")
    assert desk.only().id == "a"
    desk.article("en/a.md", date="2026-11-24T08:00:00Z")
    assert desk.problems() == ["en/a.md:3: dated 2026-11-24, which lies in the future; correct date"]


def test_a_future_date_in_the_path(desk: Desk) -> None:
    desk.article("en/2087-01-01-a.md")
    assert desk.problems(pattern="{lang}/{date}-{key}.md") == [
        "en/2087-01-01-a.md: dated 2087-01-01, which lies in the future; correct the date in its path"
    ]


def test_two_files_with_one_identity(desk: Desk) -> None:
    desk.article("en/a.md", title="First")
    desk.article("zz/a.md", title="Second", lang="en")
    delivered = desk.read()
    assert desk.problems(delivered) == [
        f"zz/a.md: is the 'en' edition of 'a', and so is {desk.root}/en/a.md; rename or remove one".replace(
            f"{desk.root}/", ""
        )
    ]
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert arrival.article.original.title == "First"


@pytest.mark.parametrize("folder", ["fr", "klingonese", "x_y"])
def test_an_edition_in_an_unknown_language(desk: Desk, folder: str) -> None:
    desk.article(f"{folder}/a.md")
    desk.article("en/a.md")
    delivered = desk.read()
    (problem,) = desk.problems(delivered)
    assert problem.startswith(f"{folder}/a.md: ")
    assert "language" in problem
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert arrival.article.languages == ("en",)


def test_a_large_file_is_not_even_read(desk: Desk) -> None:
    path = desk.article("en/a.md")
    os.truncate(path, 20_000_000)
    assert desk.problems() == [
        "en/a.md: the file has 20.0 MB and the limit is 5.0 MB; shorten it, or raise max_bytes of the intake"
    ]


def test_a_file_that_cannot_be_read(desk: Desk) -> None:
    (desk.root / "en.md").symlink_to("nowhere.md")
    assert desk.problems(pattern="{key}.md", url="/{key}") == [
        "en.md: the file cannot be read (No such file or directory)"
    ]


def test_a_name_that_makes_no_id(desk: Desk) -> None:
    desk.article("en/日本.md")
    assert desk.problems() == [
        "en/日本.md: '日本' cannot be an id, which holds letters a to z, digits and . _ ~ / -; rename the file"
    ]


def test_a_topic_that_makes_no_slug_is_dropped(desk: Desk) -> None:
    desk.article("en/a.md", tags="[новости, ok, '!!']")
    delivered = desk.read()
    assert desk.problems(delivered) == [
        "en/a.md:3: the topic 'новости' makes no slug; add it to the aliases of a topic under [topics]",
        "en/a.md:3: the topic '!!' makes no slug; add it to the aliases of a topic under [topics]",
    ]
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert arrival.article.topics == ("ok",)


BROKEN = "---\ntitle: [\n---\n"


@pytest.mark.parametrize(
    ("broken", "good", "languages"),
    [
        ("de", {"en": "", "ja": ""}, ("en", "ja")),  # a translation: the others go
        ("en", {"de": "", "ja": ""}, None),  # the original by default
        ("de", {"en": "de", "ja": ""}, None),  # the original by name
        ("en", {"de": "ja", "ja": ""}, ("de", "ja")),  # the original is another one
        ("de", {"ja": "", "ar": ""}, None),  # the site's first among those there
        ("ar", {"ja": "", "de": ""}, ("de", "ja")),
    ],
)
def test_a_broken_original_keeps_the_whole_article_out(
    desk: Desk, broken: str, good: dict[str, str], languages: tuple[str, ...] | None
) -> None:
    desk.write(f"{broken}/a.md", BROKEN)
    for language, original in good.items():
        desk.article(f"{language}/a.md", **({"original": original} if original else {}))
    delivered = desk.read()
    assert len(desk.problems(delivered)) == 1
    arrived = [item.article.languages for item in delivered if isinstance(item, Arrival)]
    assert arrived == ([languages] if languages else [])


def test_a_translation_from_the_future_is_left_out_alone(desk: Desk) -> None:
    desk.article("en/a.md", date="2026-01-01")
    desk.article("de/a.md", date="2087-01-01")
    delivered = desk.read()
    assert desk.problems(delivered) == ["de/a.md:3: dated 2087-01-01, which lies in the future; correct date"]
    (arrival,) = [item for item in delivered if isinstance(item, Arrival)]
    assert arrival.article.languages == ("en",)


def test_a_missing_folder(desk: Desk) -> None:
    desk.root.rmdir()
    assert desk.problems() == [f"{desk.root}: there is no such folder; correct the intake's path, or make the folder"]
