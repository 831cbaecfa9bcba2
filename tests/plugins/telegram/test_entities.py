"""Entities as the server keeps them: what is sent is what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Entity
from newswire.sandbox.telegram.text import fixed, read_entities
from newswire_telegram.draft import Draft
from newswire_telegram.entities import BLOCKS, QUOTES, STYLES, settle
from newswire_telegram.message import wire_entities

if TYPE_CHECKING:
    from collections.abc import Iterable

LINK = "https://news.example/"
Span = tuple[str, int, int]


def settled(text: str, spans: Iterable[Span], **how: object) -> list[Span]:
    draft = Draft(
        text, [Entity(kind, begin, end - begin, LINK if kind == "link" else None) for kind, begin, end in spans]
    )
    settle(draft, **how)  # type: ignore[arg-type]  # its own keywords
    return [(one.kind, one.offset, one.offset + one.length) for one in draft.entities]


places = st.integers(0, 30)
spans = st.tuples(st.sampled_from(["link", *QUOTES, *BLOCKS, *STYLES]), places, places)
letters = st.text(st.sampled_from("ab \n👨\u200d é語"), min_size=1, max_size=30)


@settings(deadline=None, max_examples=300)
@given(text=letters, given_spans=st.lists(spans, max_size=12))
def test_the_server_keeps_what_was_settled(text: str, given_spans: list[Span]) -> None:
    inside = [(kind, min(begin, end, len(text)), min(max(begin, end), len(text))) for kind, begin, end in given_spans]
    draft = Draft(text.strip(), [])
    draft.entities = [
        Entity(kind, begin, end - begin, LINK if kind == "link" else None)
        for kind, begin, end in inside
        if begin < end <= len(draft.text)
    ]
    settle(draft)
    told = wire_entities(draft.text, draft.entities)
    kept = fixed(draft.text, read_entities([dict(one) for one in told]))
    assert kept.text == draft.text
    assert [(one.type, one.offset, one.length) for one in kept.entities] == [
        (one["type"], one["offset"], one["length"]) for one in told
    ]
    before = list(draft.entities)
    settle(draft)
    assert draft.entities == before
    for one in draft.entities:
        for other in draft.entities:
            apart = one.offset + one.length <= other.offset or other.offset + other.length <= one.offset
            within = one.offset <= other.offset and other.offset + other.length <= one.offset + one.length
            around = other.offset <= one.offset and one.offset + one.length <= other.offset + other.length
            assert apart or within or around


@pytest.mark.parametrize(
    ("text", "given_spans", "kept"),
    [
        ("bold code bold", [("bold", 0, 14), ("code", 5, 9)], [("bold", 0, 4), ("code", 5, 9), ("bold", 10, 14)]),
        ("see the code", [("link", 0, 12), ("code", 8, 12)], [("link", 0, 12)]),
        ("in a quote", [("quote", 0, 10), ("quote", 3, 10), ("code", 5, 10)], [("quote", 0, 10), ("code", 5, 10)]),
        ("a link", [("link", 2, 6), ("bold", 0, 6)], [("bold", 0, 1), ("link", 2, 6), ("bold", 2, 6)]),
        (" blank ", [("bold", 0, 1), ("italic", 0, 7)], [("italic", 1, 6)]),
        ("touching", [("bold", 0, 3), ("bold", 3, 8)], [("bold", 0, 8)]),
    ],
)
def test_settling(text: str, given_spans: list[Span], kept: list[Span]) -> None:
    assert settled(text, given_spans) == kept


def test_of_too_many_links_stay() -> None:
    text = "a b " * 120
    many = [("italic", 4 * place, 4 * place + 1) for place in range(120)]
    links = [("link", 4 * place + 2, 4 * place + 3) for place in range(60)]
    kept = settled(text, [*many, *links])
    assert len(kept) == 100
    assert [one for one in kept if one[0] == "link"] == links
    assert [one for one in kept if one[0] == "italic"] == many[:40]


def test_where_the_post_ends_everything_stays() -> None:
    text = "a " * 130
    links = [("link", 2 * place, 2 * place + 1) for place in range(120)]
    tail = [("italic", 2 * place, 2 * place + 1) for place in range(120, 130)]
    kept = settled(text, [*links, *tail], loose=[(0, 240)])
    assert kept == [*links[:90], *tail]
