from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newswire.model import Article
from newswire.story import Link, Story, notice, resolve
from newswire.subscription import Choice
from newswire.taxonomy import Taxonomy, Topic

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMAGE = {"url": "https://news.example/a.png", "alt": "A wafer", "type": "image/png", "length": 7}


@pytest.fixture
def story_of() -> Callable[..., Story]:
    """Resolves an article in the edition of one language, with the body of another."""

    def make(article: Article, language: str, body: str | None = None, **changes: Any) -> Story:
        edition = article.edition(language)
        assert edition
        values: dict[str, Any] = {
            "rev": 3,
            "reader_language": language,
            "taxonomy": Taxonomy(),
            "published": NOON,
            "updated": NOON,
        }
        return resolve(article, Choice(edition, article.edition(body) if body else None), **(values | changes))

    return make


@pytest.mark.parametrize(
    ("reader", "edition", "body", "told"),
    [
        ("de", "de", "de", None),
        ("de", "de", None, None),
        ("de-AT", "de", "de", None),
        ("no", "nb", "nb", None),
        ("sr-Latn", "sr", "sr", None),
        ("en", "en-GB", "en-US", None),
        ("de", "de", "en", "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch"),
        (
            "fr",
            "fr",
            "de",
            "Le texte intégral n\u2019est pour l\u2019instant disponible que dans cette langue\u00a0: allemand",
        ),
        ("zh-Hant", "zh-Hant", "zh-Hans", "全文目前僅有以下語言版本\uff1a簡體中文"),
        ("de", "en", "en", "Dieser Artikel liegt bisher nur in dieser Sprache vor: Englisch"),
        ("de", "en", None, "Dieser Artikel liegt bisher nur in dieser Sprache vor: Englisch"),
        ("de", "en", "de", "Dieser Artikel liegt bisher nur in dieser Sprache vor: Englisch"),
        ("de", "en", "fr", "Dieser Artikel liegt bisher nur in dieser Sprache vor: Englisch"),
        ("ja", "ja", "en", "全文は現在この言語でのみ読めます\uff1a英語"),
        ("sw", "sw", "en", "The full text is so far available only in: Kiingereza"),
    ],
)
def test_notice(
    an_article: MakeArticle, an_edition: MakeEdition, *, reader: str, edition: str, body: str | None, told: str | None
) -> None:
    languages = {edition, *([body] if body else [])}
    article = an_article(original_language=edition, editions=[an_edition(tag) for tag in languages])
    shown, text = article.edition(edition), article.edition(body) if body else None
    assert shown
    assert notice(shown, text, reader) == told


@pytest.mark.parametrize(
    ("language", "edition_alt", "image_alt", "alt"),
    [
        ("en", None, "A wafer", "A wafer"),
        ("en", "Own words", "A wafer", "Own words"),
        ("de", "Ein Wafer", "A wafer", "Ein Wafer"),
        ("de", None, "A wafer", "Title of a (de)"),
        ("de", " ", "A wafer", "Title of a (de)"),
        ("en", None, "", "Title of a (en)"),
    ],
)
def test_the_picture_is_described_in_the_language_of_the_story(
    an_article: MakeArticle,
    an_edition: MakeEdition,
    story_of: Callable[..., Story],
    *,
    language: str,
    edition_alt: str | None,
    image_alt: str,
    alt: str,
) -> None:
    editions = [an_edition(tag, image_alt=edition_alt if tag == language else "Other") for tag in ("en", "de")]
    image = story_of(an_article(editions=editions, image=IMAGE | {"alt": image_alt}), language).image
    assert image is not None
    assert (image.alt, image.url, image.type, image.length) == (alt, IMAGE["url"], "image/png", 7)


def test_without_a_picture_there_is_none(an_article: MakeArticle, story_of: Callable[..., Story]) -> None:
    assert story_of(an_article(), "en").image is None


def test_a_fallen_back_body_keeps_its_own_language(
    an_article: MakeArticle, an_edition: MakeEdition, story_of: Callable[..., Story]
) -> None:
    editions = [an_edition("ar", body="نص", body_format="html"), an_edition("de", body=None), an_edition("fr")]
    story = story_of(an_article(original_language="ar", editions=editions), "de", "ar")
    assert (story.language, story.direction, story.title) == ("de", "ltr", "Title of a (de)")
    assert (story.body, story.body_format) == ("نص", "html")
    assert (story.body_language, story.body_direction, story.body_url) == ("ar", "rtl", "https://news.example/ar/a")
    assert story.alternates == (
        Link("العربية", "https://news.example/ar/a", "ar"),
        Link("français", "https://news.example/fr/a", "fr"),
    )


def test_without_a_body_all_is_told_of_the_edition(an_article: MakeArticle, story_of: Callable[..., Story]) -> None:
    story = story_of(an_article(), "en")
    assert (story.body, story.body_language, story.body_url) == (None, "en", story.url)


def test_questions_come_from_the_edition_else_with_the_body(
    an_article: MakeArticle, an_edition: MakeEdition, story_of: Callable[..., Story]
) -> None:
    english, german = ({"question": f"Why ({tag})?", "answer": "So."} for tag in ("en", "de"))
    both = an_article(editions=[an_edition("en", questions=[english]), an_edition("de", questions=[german])])
    one = an_article(editions=[an_edition("en", questions=[english]), an_edition("de", body=None)])
    assert [question.question for question in story_of(both, "de", "en").questions] == ["Why (de)?"]
    assert [question.question for question in story_of(one, "de", "en").questions] == ["Why (en)?"]
    assert story_of(one, "de").questions == ()


def test_topics_are_told_as_the_reader_calls_them(an_article: MakeArticle, story_of: Callable[..., Story]) -> None:
    taxonomy = Taxonomy({"cpp": Topic(labels={"en": "C++"}, hashtag="Cpp"), "ai": Topic(labels={"de": "KI"})})
    story = story_of(an_article(topics=["cpp", "ai", "new-thing"]), "en", taxonomy=taxonomy, reader_language="de")
    assert [(topic.slug, topic.label, topic.hashtag) for topic in story.topics] == [
        ("cpp", "C++", "Cpp"),
        ("ai", "KI", "KI"),
        ("new-thing", "new thing", "new thing"),
    ]


def test_nothing_is_updated_before_it_was_published(an_article: MakeArticle, story_of: Callable[..., Story]) -> None:
    assert story_of(an_article(), "en", updated=NOON - timedelta(days=1)).updated == NOON
    assert story_of(an_article(), "en", updated=NOON + timedelta(days=1)).updated == NOON + timedelta(days=1)


def test_source_and_phrases(an_article: MakeArticle, story_of: Callable[..., Story]) -> None:
    story = story_of(an_article(), "en", reader_language="de")
    assert story.source is not None
    assert (story.source.name, story.source.slug) == ("Hacker News", "hacker-news")
    assert story.phrase("source") == "Quelle"
    assert story_of(an_article(source=None), "en").source is None
