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


hard = st.sampled_from(
    [FAMILY, "🇺🇦", "e\u0301", "क्षि", "لا\u064e", "\u0600", "각", "語。", "word ", "\n", "• a\n", " , ", "\u200d"]
)
texts = st.lists(hard | st.text(max_size=6), max_size=60).map("".join)


@settings(deadline=None)
@given(text=texts)
def test_more_room_never_shows_less(text: str) -> None:
    shown = [fit(text, room) for room in range(len(text) + 2)]
    kept = [len(one.removesuffix("…")) if one != text else len(text) for one in shown]
    assert kept == sorted(kept)
    assert all(len(one) <= room for room, one in enumerate(shown))
    assert shown[-1] == text


@pytest.mark.parametrize("unit", ["a", "word ", FAMILY, "🇺🇦", "क्षि", "لا\u064e", "e\u0301\u0302", "語", "a\u0600b"])
def test_a_long_text_is_cut_as_if_every_grapheme_had_been_counted(unit: str) -> None:
    text = unit * 5000
    for room in (1000, 1001, 1023, 1024, 4096):
        ends, place = [0], 0
        for grapheme in graphemes(text[: room + 40]):
            place += len(grapheme)
            ends.append(place)
        kept = fit(text, room).removesuffix("…")
        assert len(kept) in ends
        assert len(kept) > room - 12


def test_a_line_of_which_next_to_nothing_is_left_goes_altogether() -> None:
    assert fit("One paragraph to read.\n\nAnd another one that is cut.", 34) == "One paragraph to read.…"
    assert fit("• first\n• second\n• third", 20) == "• first\n• second…"
