from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from newswire.filters import parse
from newswire.model import Article
from newswire.subscription import Fallback, Subscription, choose, judge

MakeArticle = Callable[..., Article]
MakeEdition = Callable[..., dict[str, Any]]


@pytest.fixture
def article_in(an_article: MakeArticle, an_edition: MakeEdition) -> Callable[[str, str], Article]:
    """An article with editions such as ``en de- fr-``: a hyphen leaves the body out; the first is the original."""

    def make(editions: str, topics: str = "science") -> Article:
        parts = editions.split()
        made = [an_edition(p.rstrip("-"), body=None if p.endswith("-") else f"Body in {p}.") for p in parts]
        return an_article(original_language=parts[0].rstrip("-"), editions=made, topics=topics.split())

    return make


@pytest.mark.parametrize(
    ("editions", "wanted", "fallback", "edition", "body"),
    [
        # the first wanted language that is there gives title and summary
        ("en de", "de en", "teaser", "de", "de"),
        ("en de", "fr en", "teaser", "en", "en"),
        ("en de fr", "fr de", "skip", "fr", "fr"),
        # a missing body comes from the next wanted language, else from the original
        ("en de-", "de", "teaser", "de", "en"),
        ("en de- fr", "de fr", "teaser", "de", "fr"),
        ("en de- fr-", "de fr", "teaser", "de", "en"),
        ("en- de- fr", "de", "teaser", "de", None),
        ("en- de-", "de", "teaser", "de", None),
        ("en- de", "de", "teaser", "de", "de"),
        ("en-", "en", "teaser", "en", None),
        # nothing wanted is there
        ("en de", "fr", "teaser", None, None),
        ("en de", "fr", "skip", None, None),
        ("en de", "fr", "original", "en", "en"),
        ("en- de", "fr", "original", "en", None),
        ("en de", "fr de", "original", "de", "de"),
        ("en de-", "de", "original", "de", "en"),
        # only complete editions, in the order of preference
        ("en de-", "de", "skip", None, None),
        ("en de- fr", "de fr", "skip", "fr", "fr"),
        ("en de-", "de en", "skip", "en", "en"),
        ("en-", "en", "skip", None, None),
        # languages are matched, not compared
        ("en zh-Hant", "zh-TW", "teaser", "zh-Hant", "zh-Hant"),
        ("en zh-Hant", "zh-Hans", "teaser", None, None),
        ("en pt-PT pt-BR", "pt", "teaser", "pt-BR", "pt-BR"),
        ("en pt-BR-", "pt-PT en", "skip", "en", "en"),
    ],
)
def test_choice(
    article_in: Callable[[str], Article],
    *,
    editions: str,
    wanted: str,
    fallback: Fallback,
    edition: str | None,
    body: str | None,
) -> None:
    article = article_in(editions)
    choice, why = choose(article, tuple(wanted.split()), fallback)
    assert why
    if choice is None:
        assert edition is None
        assert all(language in why for language in (*wanted.split(), *article.languages))
    else:
        assert (choice.edition.language, choice.body and choice.body.language) == (edition, body)
        assert choice.edition.language in why
        assert choice.body is None or choice.body.body


def test_no_preference_takes_nothing(article_in: Callable[[str], Article]) -> None:
    assert choose(article_in("en"), (), "teaser")[0] is None


@pytest.mark.parametrize(
    ("subscription", "matched", "because"),
    [
        (Subscription(languages=("en",)), True, "the en edition is there"),
        (Subscription(languages=("de",)), False, "language: no edition in de; there are en"),
        (
            Subscription(languages=("en",), topics=parse("ai & policy")),
            False,
            "topics: policy: no (the filter is ai & policy)",
        ),
        (
            Subscription(languages=("en",), topics=parse("ai")),
            True,
            "the en edition is there; ai: yes (the filter is ai)",
        ),
        (Subscription(languages=("en",), sources=frozenset({"lwn"})), False, "source: the source is hacker-news"),
        (
            Subscription(languages=("en",), sources=frozenset({"hacker-news"})),
            True,
            "the en edition is there; the source is hacker-news",
        ),
    ],
)
def test_verdict(
    article_in: Callable[[str, str], Article], subscription: Subscription, *, matched: bool, because: str
) -> None:
    verdict = judge(article_in("en", "ai"), subscription)
    assert (verdict.matched, verdict.because) == (matched, because)


def test_every_stage_is_looked_at_even_when_one_fails(article_in: Callable[[str, str], Article]) -> None:
    wanted = Subscription(languages=("fr",), topics=parse("!ai"), sources=frozenset({"lwn"}))
    verdict = judge(article_in("en", "ai"), wanted)
    assert [(reason.stage, reason.passed) for reason in verdict.reasons] == [
        ("language", False),
        ("topics", False),
        ("source", False),
    ]
    assert verdict.because.startswith("language: ")


def test_an_article_without_a_source_is_of_no_wanted_source(an_article: MakeArticle) -> None:
    wanted = Subscription(languages=("en",), sources=frozenset({"hacker-news"}))
    verdict = judge(an_article(source=None), wanted)
    assert (verdict.matched, verdict.because) == (False, "source: the source is none")


def test_the_body_that_is_missing_is_told(article_in: Callable[[str], Article]) -> None:
    assert choose(article_in("en de-"), ("de",), "teaser")[1] == "the de edition is there, body in en"
