from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.errors import FilterSyntaxError
from newswire.filters import Expression, Group, Leaf, Not, any_of, because, leaves, parse

SLUGS = ["ai", "chips", "ai-safety", "x", "7"]
quick = settings(deadline=None, max_examples=150)

SPACE = st.sampled_from(["", " ", "\n\t ", "\u00a0"])
TEXTS = st.recursive(
    st.sampled_from(SLUGS),
    lambda text: (
        st.builds("{1}!{1}{0}".format, text, SPACE)
        | st.builds("({1}{0}){1}".format, text, SPACE)
        | st.builds("{0}{3}{1}{3}{2}".format, text, st.sampled_from("&|"), text, SPACE)
    ),
    max_leaves=12,
)
TOPICS = st.sets(st.sampled_from([*SLUGS, "other"]))
EXPRESSIONS = st.recursive(
    st.sampled_from(SLUGS).map(Leaf),
    lambda part: (
        st.builds(Not, part)
        | st.builds(Group, st.sampled_from("&|"), st.lists(part, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=10,
)


def _by_python(text: str, topics: set[str]) -> bool:
    """What Python makes of an expression: its not, and, or bind as ours do."""
    words = {"&": " and ", "|": " or ", "!": " not ", "(": "(", ")": ")"}
    tokens = re.findall(r"[a-z0-9-]+|[&|!()]", text)
    return bool(eval("".join(words.get(token) or f" {token in topics} " for token in tokens)))


def _by_hand(expression: Expression, topics: set[str]) -> bool:
    """The naive reading of a tree."""
    if isinstance(expression, Leaf):
        return expression.topic in topics
    if isinstance(expression, Not):
        return not _by_hand(expression.part, topics)
    values = [_by_hand(part, topics) for part in expression.parts]
    return False not in values if expression.kind == "&" else True in values


@quick
@given(TEXTS, TOPICS)
def test_an_expression_means_what_python_would_mean_by_it(text: str, topics: set[str]) -> None:
    assert parse(text).matches(topics) is _by_python(text, topics)


@quick
@given(EXPRESSIONS, TOPICS)
def test_matching_is_the_naive_reading(expression: Expression, topics: set[str]) -> None:
    assert expression.matches(topics) is _by_hand(expression, topics)


@quick
@given(EXPRESSIONS)
def test_an_expression_that_is_written_reads_as_itself(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@quick
@given(EXPRESSIONS, TOPICS)
def test_reasons_name_leaves_that_decided(expression: Expression, topics: set[str]) -> None:
    told = dict(part.split(": ") for part in because(expression, topics).split(", "))
    assert set(told) <= set(leaves(expression))
    assert told == {leaf: "yes" if leaf in topics else "no" for leaf in told}
    # They suffice: whatever else the article had, the verdict would be the same.
    for others in (set(), set(SLUGS)):
        changed = {slug for slug in SLUGS if (slug in topics if slug in told else slug in others)}
        assert expression.matches(changed) is expression.matches(topics)


@pytest.mark.parametrize(
    ("text", "topics", "reason"),
    [
        ("ai & policy", "ai", "policy: no"),
        ("ai | policy", "policy ai", "ai: yes"),
        ("ai | policy", "", "ai: no, policy: no"),
        ("(ai & policy) | chips & !crypto", "chips", "chips: yes, crypto: no"),
        ("!ai", "ai", "ai: yes"),
        ("ai & ai", "ai", "ai: yes"),
    ],
)
def test_because(text: str, topics: str, reason: str) -> None:
    assert because(parse(text), set(topics.split())) == reason


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("(ai & policy) | chips & !crypto", "ai & policy | chips & !crypto"),
        ("ai&(policy|chips)", "ai & (policy | chips)"),
        ("!(a|b)", "!(a | b)"),
        ("!!a", "!!a"),
        ("((a))", "a"),
        ("(a & b) & c", "(a & b) & c"),
    ],
)
def test_writing(text: str, written: str) -> None:
    assert str(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "a topic, '!' or '(' must stand here"),
        ("   ", 3, "a topic"),
        ("ai &", 4, "a topic"),
        ("ai &  | x", 6, "a topic"),
        ("& ai", 0, "a topic"),
        ("ai chips", 3, "'&', '|' or the end"),
        ("ai & AI", 5, "a topic"),
        ("aI", 1, "the end"),
        ("(ai | x", 7, "a ')' is missing"),
        ("(ai  x", 5, "a ')' is missing"),
        ("ai)", 2, "the end"),
        ("()", 1, "a topic"),
        ("ai-", 2, "the end"),
        ("a--b", 1, "the end"),
        ("-a", 0, "a topic"),
        ("a_b", 1, "the end"),
        ("ai && x", 4, "a topic"),
        ("künstlich", 1, "the end"),
        ("ai & /.*/", 5, "a topic"),
        ("ai & \x00", 5, "a topic"),
        ("!" * 100 + "a", 51, "nested deeper than 50"),
        ("(" * 100_000, 51, "nested deeper than 50"),
    ],
)
def test_errors_say_where_and_why(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position
    assert words in str(caught.value)


@quick
@given(st.text(st.sampled_from("ab-&|!() A\n"), max_size=12))
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    position = 0
    try:
        parse(text)
    except FilterSyntaxError as error:
        position = error.position
    assert 0 <= position <= len(text)


def test_the_deepest_expression_can_be_written_and_read_again() -> None:
    text = "(" * 50 + "a" + " & b | c)" * 50 + " & d"
    assert parse(str(parse(text))) == parse(text)


def test_a_long_expression_is_no_burden() -> None:
    expression = parse(" | ".join(f"topic-{number} & !x" for number in range(20_000)))
    assert expression.matches({"topic-19999"})
    assert not expression.matches({"topic-19999", "x"})


def test_a_list_means_any_of() -> None:
    assert any_of(("ai",)) == Leaf("ai")
    assert any_of(("ai", "chips")) == parse("ai | chips")
    assert not any_of(()).matches({"ai"})
    assert list(leaves(parse("a & (b | !a)"))) == ["a", "b", "a"]
