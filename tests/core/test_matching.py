"""The index finds what judging each subscription by itself finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.filters import Expression, Group, Leaf, Not, parse
from newswire.matching import Matcher
from newswire.model import Article
from newswire.subscription import Subscription, judge

SLUGS = ["ai", "chips", "crypto", "law", "space"]
SOURCES = ["hacker-news", "die-zeit"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(SLUGS).map(Leaf),
    lambda part: (
        st.builds(Not, part)
        | st.builds(Group, st.sampled_from("&|"), st.lists(part, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
SUBSCRIPTIONS = st.builds(
    Subscription,
    languages=st.lists(st.sampled_from(["en", "de", "pt", "zh-TW"]), min_size=1, max_size=3, unique=True).map(tuple),
    topics=st.none() | EXPRESSIONS,
    sources=st.frozensets(st.sampled_from([*SOURCES, "none"]), max_size=2),
    fallback=st.sampled_from(["teaser", "original", "skip"]),
    articles=st.sampled_from([True, True, True, False]),
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    languages = draw(st.lists(st.sampled_from(["en", "de", "pt-BR", "zh-Hant"]), min_size=1, max_size=3, unique=True))
    editions = [
        {
            "language": language,
            "title": f"In {language}",
            "url": f"https://news.example/{language}",
            "body": draw(st.sampled_from([None, "A body."])),
        }
        for language in languages
    ]
    source = draw(st.none() | st.sampled_from(["Hacker News", "Die Zeit"]))
    return Article.model_validate(
        {
            "id": "a",
            "original_language": languages[0],
            "editions": editions,
            "topics": sorted(draw(st.sets(st.sampled_from(SLUGS)))),
            "source": {"name": source} if source else None,
            "published": NOON,
        }
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(SUBSCRIPTIONS, max_size=8), articles())
def test_it_finds_what_judging_each_finds(subscriptions: list[Subscription], article: Article) -> None:
    verdicts = [judge(article, wanted) for wanted in subscriptions]
    found = Matcher(subscriptions).match(article)
    assert found == {place: verdict.choice for place, verdict in enumerate(verdicts) if verdict.matched}
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("expression", "asked"),
    [
        ("ai", {"ai"}),
        ("ai | law", {"ai", "law"}),
        ("(ai | law) & space", {"space"}),
        ("ai & !crypto", {"ai"}),
        ("!crypto", None),
        ("ai | !crypto", None),
        ("!crypto & !law", None),
    ],
)
def test_only_what_can_match_is_asked(expression: str, asked: set[str] | None) -> None:
    """What it is not led to costs an article nothing, however many there are."""
    matcher = Matcher([Subscription(languages=("en",), topics=parse(expression))])
    assert set(matcher._by_topic) == (asked or set())
    assert len(matcher._others) == (asked is None)


def test_equal_subscriptions_are_kept_once() -> None:
    def wanted() -> Subscription:
        return Subscription(languages=("en",), topics=parse("ai & law"))

    matcher = Matcher(wanted() for _ in range(1000))
    ((rule,),) = matcher._by_topic.values()
    assert list(rule.positions) == list(range(1000))
