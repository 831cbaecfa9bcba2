from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newswire_markdown import fields
from newswire_markdown.fields import FieldError

if TYPE_CHECKING:
    from newswire_markdown.frontmatter import Value


def test_the_first_key_that_is_there_and_not_empty_counts() -> None:
    values = fields_of(a="", b=None, c=[], d="x", params={"e": "y"})
    assert fields.find(values, ("a", "b", "c", "d")) == ("d", "x")
    assert fields.find(values, ("params.e", "d")) == ("params.e", "y")
    assert fields.find(values, ("params.f", "d.e", "z")) == ("", None)


def fields_of(**values: Value) -> dict[str, Value]:
    return values


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-1-3", datetime(2026, 1, 3, tzinfo=UTC)),
        ("2026/01/03", datetime(2026, 1, 3, tzinfo=UTC)),
        ("2026-11-23T07:00:00Z", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23T07:00:00+02:00", datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("2026-11-23 07:00:00 +0100", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        ("2026-11-23 07:00:00 UTC", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23 7:05", datetime(2026, 11, 23, 7, 5, tzinfo=UTC)),
        ("2026-11-23 7:05:06 -0330", datetime(2026, 11, 23, 10, 35, 6, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 07:00:00 +0100", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        ("2026-02-31", None),
        ("0000-00-00", None),
        ("31 Feb", None),
        ("soon", None),
        ("2026", None),
        ("", None),
    ],
)
def test_dates(written: str, moment: datetime | None) -> None:
    assert fields.parse_moment(written) == moment


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("OpenTelemetry Governance Committee", ("OpenTelemetry Governance Committee",)),
        ("[Severin Neumann](https://github.com/svrnm), Cisco", ("Severin Neumann",)),
        ("[A\n  B](https://x.example/(1)) (C), [D](https://y.example)", ("A B", "D")),
        (["Ann &amp; Co", "*Bob*", "Ann &amp; Co"], ("Ann & Co", "Bob")),
        ([{"name": "Ann", "url": "https://x.example"}, {"link": "none"}], ("Ann",)),
        (None, ()),
    ],
)
def test_names(value: Value, names: tuple[str, ...]) -> None:
    assert fields.names({"author": value}, ("authors", "author")) == names


def test_lists_of_texts() -> None:
    assert fields.texts(fields_of(tags="ai, no ,, 1.10"), ("tags",)) == ["ai", "no", "1.10"]
    assert fields.texts(fields_of(tags=["a, b", None, " c "]), ("tags",)) == ["a, b", "c"]
    assert fields.texts({}, ("tags",)) == []


@pytest.mark.parametrize(
    ("word", "truth"), [("true", True), ("Yes", True), ("no", False), ("FALSE", False), ("1", True)]
)
def test_truth(word: str, truth: bool) -> None:  # noqa: FBT001  # a parametrized case
    assert fields.truth({"draft": word}, ("draft",)) is truth


def test_what_a_field_cannot_mean_is_told() -> None:
    with pytest.raises(FieldError, match="draft must be true or false") as caught:
        fields.truth({"draft": "perhaps"}, ("draft",))
    assert caught.value.key == "draft"
    with pytest.raises(FieldError, match=r"date 'soon' is no date; write it as 2026-11-23 or 2026-11-23T07:00:00Z"):
        fields.moment({"date": "soon"}, ("date",))
    with pytest.raises(FieldError, match="date is no date"):
        fields.moment({"date": ["2026-11-23"]}, ("date",))
    with pytest.raises(FieldError, match="title must be a text"):
        fields.text({"title": {"a": "b"}}, ("title",))
    with pytest.raises(FieldError, match="faq must be a list of tables with question and answer"):
        fields.questions({"faq": [{"question": "Only?"}]}, ("faq",))


def test_sources() -> None:
    keys = (("source",), ("source_url",))
    assert fields.source({"source": "Hacker News"}, *keys) == {"name": "Hacker News"}
    assert fields.source({"source": "HN", "source_url": "https://x.example"}, *keys) == {
        "name": "HN", "url": "https://x.example",
    }  # fmt: skip
    table: Value = {"name": "A &amp; B", "url": "https://y.example"}
    assert fields.source({"source": table, "source_url": "https://x.example"}, *keys) == {
        "name": "A & B", "url": "https://y.example",
    }  # fmt: skip
    assert fields.source({"source_url": "https://x.example"}, *keys) is None


def test_images() -> None:
    assert fields.image({"image": "/a.PNG?x=1"}, ("image",)) == {"url": "/a.PNG?x=1", "type": "image/png"}
    assert fields.image({"image": ["b.webp", "c.gif"]}, ("image",)) == {"url": "b.webp", "type": "image/webp"}
    table: Value = {"src": "d", "alt": "D", "length": "7", "type": "image/avif"}
    assert fields.image({"image": table}, ("image",)) == {"url": "d", "alt": "D", "length": "7", "type": "image/avif"}
    assert fields.image({"image": {"alt": "none"}}, ("image",)) is None


def test_questions() -> None:
    assert fields.questions({"faq": [{"q": "Why?", "a": "So."}]}, ("faq",)) == [("Why?", "So.")]
    assert fields.questions({"faq": {"Why?": "So."}}, ("faq",)) == [("Why?", "So.")]
