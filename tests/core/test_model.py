from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from newswire.model import BODY_LIMIT, Address, Article, Edition, Moment, Source, content_hash, slugify
from newswire.reading import describe

MakeArticle = Callable[..., Article]
quick = settings(deadline=None, max_examples=60)

TEXT = st.text(st.characters() | st.sampled_from("\x00\x1f\ud800\r\n\u2028 "), max_size=30)
WORDS = st.builds("{} x {}".format, TEXT, TEXT)
URL = st.builds("https://news.example/{}".format, st.text("abcäñ/?=&#%7", max_size=10))
MOMENT = st.none() | st.datetimes(datetime(1000, 1, 2), datetime(2999, 12, 30), timezones=st.timezones())  # noqa: DTZ001  # hypothesis adds the zone
SLUG = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
QUESTION = st.fixed_dictionaries({"question": WORDS, "answer": WORDS})
EDITION = st.fixed_dictionaries(
    {"title": WORDS, "url": URL},
    optional={
        "summary": TEXT,
        "summary_derived": st.booleans(),
        "body": st.none() | TEXT,
        "body_format": st.sampled_from(["markdown", "html"]),
        "image_alt": st.none() | TEXT,
        "questions": st.lists(QUESTION, max_size=2),
        "translators": st.lists(TEXT, max_size=2),
        "published": MOMENT,
    },
)
EDITIONS = st.dictionaries(st.sampled_from(["de", "pt-br", "zh_Hans", "iw"]), EDITION, max_size=3).flatmap(
    lambda others: EDITION.map(
        lambda first: [part | {"language": tag} for tag, part in ({"en": first} | others).items()]
    )
)
ARTICLES = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~/-]{0,9}", fullmatch=True),
        "original_language": st.just("en"),
        "editions": EDITIONS,
    },
    optional={
        "topics": st.lists(SLUG, max_size=3),
        "source": st.fixed_dictionaries({"name": WORDS}, optional={"url": URL}),
        "authors": st.lists(TEXT, max_size=2),
        "image": st.fixed_dictionaries({"url": URL}, optional={"alt": TEXT, "length": st.integers(0, 2**53 - 1)}),
        "published": MOMENT,
        "updated": MOMENT,
        "urgent": st.booleans(),
    },
)


@quick
@given(ARTICLES)
def test_an_article_survives_json(values: dict[str, Any]) -> None:
    article = Article.model_validate(values)
    assert Article.model_validate_json(article.model_dump_json()) == article
    kept = article.model_dump(mode="json", exclude_defaults=True)
    assert Article.model_validate(json.loads(json.dumps(kept))) == article
    assert content_hash(Article.model_validate(kept)) == content_hash(article)


@quick
@given(ARTICLES, st.randoms(use_true_random=False))
def test_the_hash_is_of_the_content_alone(values: dict[str, Any], chooser: Any) -> None:
    article = Article.model_validate(values)
    everything = list(article.model_dump().items())
    chooser.shuffle(everything)
    assert content_hash(Article.model_validate(dict(everything))) == content_hash(article)
    assert content_hash(article.model_copy(update={"urgent": not article.urgent})) != content_hash(article)


def test_the_hash_of_a_content_never_changes(an_article: MakeArticle) -> None:
    # It is kept in the store: a new way of hashing would revise, and edit, every article there is.
    assert content_hash(an_article()) == "6b44dc3bdf4c42793f233984580ef79e"
    assert content_hash(an_article(urgent=False, authors=[], image=None)) == content_hash(an_article())
    moved = an_article(published=datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2))))
    assert content_hash(moved) == content_hash(an_article())


REFUSED = {
    "no original": ({"original_language": "de"}, "the original edition (de) is missing; there are: en"),
    "no editions": ({"editions": []}, "the original edition (en) is missing; there are: none"),
    "an unknown key": ({"tittle": "x"}, "tittle: unknown key"),
    "a topic that is no slug": ({"topics": ["ok", "AI Safety"]}, "topics.1: must be lower-case letters, digits and"),
    "an id with a space": ({"id": "a b"}, "id: must be letters, digits and . _ ~ / - only"),
    "an id with a line end": ({"id": "a\n"}, "id: must be letters"),
    "an empty id": ({"id": ""}, "id: String should have at least 1 character"),
    "a related id that is none": ({"related": ["a", "?"]}, "related.1: must be letters"),
    "a language that is none": ({"original_language": "english"}, "original_language: 'english' is no language tag"),
    "a huge number": ({"image": {"url": "https://e.example/", "length": 10**30}}, "image.length: "),
    "a source without a name": ({"source": {"name": "\x00 "}}, "source.name: must not be empty"),
    "no source": ({"source": "Hacker News"}, "source: "),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_an_article(an_article: MakeArticle, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        an_article(**changes)
    assert describe(caught.value).startswith((message, f"article: {message}"))


EDITION_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a blank title": ({"title": " \t\x00"}, "editions.0.title: must not be empty"),
    "a long title": ({"title": "x" * 1001}, "editions.0.title: has 1,001 characters; at most 1,000 are taken"),
    "a long summary": ({"summary": "x" * 10_001}, "editions.0.summary: has 10,001 characters"),
    "a huge body": ({"body": "x" * (BODY_LIMIT + 1)}, "editions.0.body: has 2,000,001 characters; at most 2,000,000"),
    "no title": ({"title": None}, "editions.0.title: Input should be a valid string"),
    "a number for a title": ({"title": 7}, "editions.0.title: Input should be a valid string"),
    "an unknown key": ({"lang": "en"}, "editions.0.lang: unknown key"),
    "an empty answer": ({"questions": [{"question": "Q", "answer": ""}]}, "editions.0.questions.0.answer: must not be"),
    "an unknown format": ({"body_format": "rst"}, "editions.0.body_format: Input should be 'markdown' or 'html'"),
    "a relative address": ({"url": "/a"}, "editions.0.url: must be an absolute http or https address"),
}


@pytest.mark.parametrize(("changes", "message"), EDITION_REFUSED.values(), ids=EDITION_REFUSED)
def test_what_cannot_be_an_edition(
    an_article: MakeArticle, an_edition: Callable[..., dict[str, Any]], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        an_article(editions=[an_edition("en", **changes)])
    told = describe(caught.value)
    assert told.startswith(message)
    assert told.count("editions") == 1


def test_an_edition_a_language(an_article: MakeArticle, an_edition: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(ValidationError, match="two editions in one language: he"):
        an_article(editions=[an_edition(tag) for tag in ("en", "iw", "he")])


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "/a",
            "a",
            "//e.example/",
            "news.example/a",
            "ftp://e.example/",
            "javascript:alert(1)",
            "data:text/html,x",
        ),
        *("http://", "http:///a", "https://?q", "https://#f", "http:e.example", "http://[::1", "http://a:99999/"),
        *("https://exa%mple/", "https://ex℀mple.com/", "https://1.2.3.999/", "http://a[b@e.example/", "http://:80/"),
        *("http://e.example/a b", "http://e.example/<b>", 'http://e.example/"', "http://e.example\\@evil.example/"),
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError, match="must be an absolute http or https address"):
        TypeAdapter[str](Address).validate_python(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://e.example",
            "HTTP://E.example/A?b=c&d#e",
            "http://[::1]:8080/",
            "https://ü.example/ä",
            "http://localhost",
        ),
        *("https://e.example/می\u200cشود", "http://user@e.example/", "https://e.example/%zz", "https://e.example/a|b"),
    ],
)
def test_an_address_stays_as_it_was_written(address: str) -> None:
    assert TypeAdapter[str](Address).validate_python(f" {address}\n") == address


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        (date(2026, 11, 23), datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23T12:00", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("2026-11-23 12:00:00Z", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("2026-11-23T12:00:00+05:30", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 12), datetime(2026, 11, 23, 12, tzinfo=UTC)),  # noqa: DTZ001  # what is tested
        ("1000-01-01T00:00:00-12:00", datetime(1000, 1, 1, 12, tzinfo=UTC)),
        ("3000-01-01T00:00:00+14:00", datetime(2999, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_moments_are_in_utc(written: object, moment: datetime) -> None:
    found: datetime = TypeAdapter(Moment).validate_python(written)
    assert (found, found.tzinfo) == (moment, UTC)


NUMBERS: list[object] = ["2026", 2026, 0, 1.5, True, "1e400", float("inf"), 10**40]
NO_DATES: list[object] = ["yesterday", "2026-02-30", "", "23.11.2026", [], {}]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        *(
            (each, "the year must lie between 1000 and 2999")
            for each in (date.min, date.max, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
        ),
        ("0001-01-01T00:00:00+14:00", "the year must lie"),
        ("1000-01-01T00:00:00+14:00", "the year must lie"),
        ("9999-12-31T23:59:59-12:00", "the year must lie"),
        *((each, "must be a date such as '2026-11-23'") for each in NUMBERS),
        *((each, "Input should be a valid datetime") for each in NO_DATES),
    ],
)
def test_what_is_no_moment(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Moment).validate_python(written)


def _strings(value: object) -> Iterator[str]:
    """Every text in something nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, tuple):
        for part in value:
            yield from _strings(part)


def test_control_characters_are_cleaned_wherever_text_is(an_article: MakeArticle) -> None:
    dirty = "a\x00\x1f\ud800\ufffeb"
    question = {"question": dirty, "answer": dirty}
    edition: dict[str, Any] = {
        "language": "en",
        "title": dirty,
        "summary": dirty,
        "body": dirty,
        "url": f"https://e.example/{dirty}",
    }
    edition |= {"image_alt": dirty, "questions": [question], "translators": [dirty]}
    image = {"url": f"https://e.example/{dirty}", "alt": dirty, "type": dirty}
    article = an_article(editions=[edition], authors=[dirty], source={"name": dirty}, image=image)
    told = "".join(_strings(article.model_dump()))
    assert not set("\x00\x1f\ud800\ufffe") & set(told)
    assert told.count("ab") == 13


def test_a_lone_surrogate_in_json_is_told(an_article: MakeArticle) -> None:
    text = an_article().model_dump_json().replace("Title of a", r"Title \ud800 of")
    with pytest.raises(ValidationError) as caught:
        Article.model_validate_json(text)
    assert describe(caught.value).startswith("article: Invalid JSON: ")


def test_blanks_are_nothing(an_article: MakeArticle, an_edition: Callable[..., dict[str, Any]]) -> None:
    article = an_article(editions=[an_edition("en", body=" \n", translators=["", "T"])], authors=["", " ", "A"])
    assert (article.original.body, article.original.translators, article.authors) == (None, ("T",), ("A",))


def test_repetitions_are_dropped(an_article: MakeArticle) -> None:
    article = an_article(topics=["b", "a", "b"], related=["x", "x"])
    assert (article.topics, article.related) == (("b", "a"), ("x",))


def test_editions_are_found_by_their_tag(an_article: MakeArticle, an_edition: Callable[..., dict[str, Any]]) -> None:
    article = an_article(editions=[an_edition("zh_hans"), an_edition("EN")])
    assert (article.languages, article.original.language) == (("en", "zh-Hans"), "en")
    assert article.edition("zh-Hans") is article.editions[0]
    assert article.edition("zh") is None


def test_nothing_changes_once_it_is_made(an_article: MakeArticle) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        an_article().urgent = True


def test_the_schema_tells_the_limits() -> None:
    schema = Article.model_json_schema()
    edition = schema["$defs"]["Edition"]
    assert edition["properties"]["title"]["maxLength"] == 1000
    assert edition["additionalProperties"] is False
    assert schema["properties"]["editions"]["minItems"] == 1
    fields = {**edition["properties"], **schema["properties"]}
    assert [name for name, field in fields.items() if "description" not in field] == []
    assert set(edition["required"]) == {name for name, field in Edition.model_fields.items() if field.is_required()}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Hacker News", "hacker-news"),
        ("  The Straße, Ltd. ", "the-strasse-ltd"),
        ("İstanbul Post", "istanbul-post"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("ไทยรัฐ", "ไทยรัฐ"),
        ("朝日新聞", "朝日新聞"),
        ("Le Cafe\u0301", "le-café"),
        ("a__b--c", "a-b-c"),
        ("?!", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug


@quick
@given(TEXT)
def test_a_slug_is_its_own_slug(text: str) -> None:
    assert slugify(slugify(text)) == slugify(text)
    assert not set(slugify(text)) & set(" /?#%&\n")


def test_a_source_is_addressed_by_its_slug() -> None:
    assert Source(name="Hacker  News").slug == "hacker-news"
