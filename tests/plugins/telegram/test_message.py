"""Posts in the form of the Bot API."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Entity
from newswire_telegram.message import public_address, utf16_length, wire_entities


def test_entities_count_utf16() -> None:
    text = "👨‍👩‍👧‍👦 bold, 🇺🇦 link #tag"
    entities = [Entity("bold", 8, 4), Entity("link", 14, 2, "https://a.example/"), Entity("hashtag", 22, 4)]
    assert wire_entities(text, entities) == [
        {"type": "bold", "offset": 12, "length": 4},
        {"type": "text_link", "offset": 18, "length": 4, "url": "https://a.example/"},
    ]


@settings(deadline=None)
@given(text=st.text())
def test_utf16_length(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("chat", "name", "address"),
    [
        (-1001234567890, "example_news", "https://t.me/example_news/5"),
        (-1001234567890, None, "https://t.me/c/1234567890/5"),
        (-1000000000042, None, "https://t.me/c/42/5"),
        (-555, None, None),
        (-100555, None, None),
        (42, None, None),
        (42, "a_reader", None),
    ],
)
def test_public_address(chat: int, name: str | None, address: str | None) -> None:
    assert public_address(chat, name, 5) == address
