from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire.text import ELLIPSIS, clean, graphemes, one_line, shorten

# Everything Python can hold, lone surrogates included; and what goes wrong in practice, more often than by chance.
ANYTHING = st.text(
    st.characters() | st.sampled_from("\x00\x0b\x1f\x7f\x85\r\n\t\ud800\udfff\ufffe\uffff\u2028\u200d\u0301")
)
WORDS = st.text(st.sampled_from("ab ,;:、\n\u0301\u200d👩🇩🇪\r\u0600"), max_size=60)
quick = settings(deadline=None, max_examples=150)


@quick
@given(ANYTHING)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert one_line(one_line(text)) == one_line(text)


@quick
@given(ANYTHING)
def test_clean_text_survives_xml(text: str) -> None:
    cleaned = clean(text)
    element = etree.Element("t", a="")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element)).text or "") == cleaned
    element.set("a", one_line(text))
    assert etree.fromstring(etree.tostring(element)).get("a") == one_line(text)


@quick
@given(ANYTHING)
def test_only_what_xml_cannot_carry_is_dropped(text: str) -> None:
    kept = [char for char in text if unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufffe\uffff"]
    lost = set(unicodedata.normalize("NFC", "".join(kept))) - set(clean(text))
    # Whether two neighbours compose depends on what stood between them: all that may differ is their form.
    assert all(unicodedata.normalize("NFD", char) != char or unicodedata.combining(char) for char in lost)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x1fb\x00c\x0b", "abc"),
        ("e\u0301", "é"),
        ("می\u200cشود", "می\u200cشود"),
        ("\u200fא\u200e", "\u200fא\u200e"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\ud83d\ude00 split", " split"),
        ("\U0001f600", "\U0001f600"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "line"),
    [("  a \n\t b\u00a0\u3000c\u2028 ", "a b c"), ("\x1c\x1d", ""), ("", ""), ("a\x00b", "ab")],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("abc", 3), ("e\u0301", 1), ("👩\u200d💻", 1), ("🇩🇪🇫🇷", 2), ("한국", 2), ("हिन्दी", 2), ("\r\n", 1)],
)
def test_graphemes_are_what_a_reader_counts(text: str, number: int) -> None:
    assert len(graphemes(text)) == number
    assert "".join(graphemes(text)) == text


@quick
@given(WORDS, st.integers(-1, 50))
def test_shortened_text_is_no_longer_than_asked(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(graphemes(short)) <= max(limit, 0)
    assert shorten(short, limit) == short
    if short != text:
        assert text.startswith(short.removesuffix(ELLIPSIS))
        assert short.endswith(ELLIPSIS) or limit < 1
    else:
        assert len(graphemes(text)) <= limit or not text


@quick
@given(st.lists(st.sampled_from(["é", "👩\u200d💻", "🇩🇪", "e\u0301", "ह"]), min_size=5), st.integers(1, 4))
def test_no_grapheme_is_cut(parts: list[str], limit: int) -> None:
    text = "".join(parts)
    kept = graphemes(shorten(text, limit).removesuffix(ELLIPSIS))
    assert kept == graphemes(text)[: len(kept)]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("one two three", 13, "one two three"),
        ("one two three four", 15, "one two three…"),
        ("one two, three four five", 10, "one two…"),
        ("これは長い文章です", 5, "これは長…"),
        ("これは、長い", 5, "これは…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("     ", 3, "…"),
        ("a unbelievablylongword", 12, "a unbelieva…"),
    ],
)
def test_shorten(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_a_huge_text_is_only_read_as_far_as_it_is_kept() -> None:
    assert shorten("word " * 1_000_000, 30) == "word word word word word word…"
