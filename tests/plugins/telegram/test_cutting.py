"""Cutting: never too long, never within a grapheme, never more than needed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import graphemes
from newswire_telegram.cutting import fit

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("one two three four", 17, "one two three…"),
        ("one two three four", 14, "one two three…"),
        ("one, two, three, four", 17, "one, two, three…"),
        ("a" + FAMILY * 3, 16, "a" + FAMILY * 2 + "…"),
        ("a" + FAMILY * 3, 15, "a" + FAMILY + "…"),
        (FAMILY, 6, ""),
        ("🇺🇦🇺🇦", 3, "🇺🇦…"),
        ("図書館が戻ってきた", 5, "図書館が…"),
        ("anything", 0, ""),
        ("anything", -3, ""),
        ("anything", 1, ""),
        ("", 0, ""),
    ],
)
def test_fit(text: str, room: int, cut: str) -> None:
    assert fit(text, room) == cut


@settings(deadline=None)
@given(text=st.text(max_size=60).map(lambda part: part + FAMILY + part), room=st.integers(0, 140))
def test_fits_in_whole_graphemes(text: str, room: int) -> None:
    cut = fit(text, room)
    assert len(cut) <= max(room, 0)
    assert fit(cut, room) == cut
    if cut != text:
        kept = cut.removesuffix("…")
        assert graphemes(text)[: len(graphemes(kept))] == graphemes(kept)
        assert not cut or cut.endswith("…")
