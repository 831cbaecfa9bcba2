"""Reading request headers: every rule of RFC 9110 that the answers depend on, and that nothing else breaks them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_feeds import negotiation

LANGUAGES = ("en", "de", "ar", "ja", "zh-Hans", "pt-BR")
CHANGED = datetime(2026, 11, 23, 12, 3, 0, 500_000, tzinfo=UTC)
ENCODINGS = ("br", "gzip", "identity")
OPAQUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=12)
WEIGHT = st.sampled_from(["", ";q=1", ";q=1.000", "; q=0.5", " ;Q=0.001", ";q=0", ";q=0.0"])


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "identity"),
        ("gzip", "gzip identity"),
        ("GZIP", "gzip identity"),
        ("x-gzip", "gzip identity"),
        ("gzip, deflate, br", "br gzip identity"),
        ("gzip, deflate, br, zstd", "br gzip identity"),
        ("br;q=1.0, gzip;q=0.001", "br gzip identity"),
        ("br;q=0.5, gzip;q=0.8", "gzip br identity"),
        ("gzip;q=0", "identity"),
        ("gzip; Q=0.0", "identity"),
        ("*", "br gzip identity"),
        ("gzip;q=0, *", "br identity"),
        ("identity, gzip;q=0.5", "identity gzip"),
        ("identity;q=0.5, gzip;q=0.5", "gzip identity"),
        ("identity;q=0.5, gzip;q=0.6, *;q=0", "gzip identity"),
        # Everything is refused: section 12.5.3 keeps a plain document acceptable unless it is excluded by name or by *.
        ("identity;q=0", ""),
        ("*;q=0", ""),
        ("*;q=0, identity;q=0.1", "identity"),
        ("br, identity;q=0", "br"),
        ("gzip, identity;q=0", "gzip"),
        ("deflate, compress", "identity"),
        # A weight that is none makes its member void, and leaves the others alone.
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=1.2.3, br", "br identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=-1, br", "br identity"),
        ("gzip;q=0.1234", "identity"),
        (", ,;q=1,gzip", "gzip identity"),
        ("gzip\x00, br", "br identity"),
    ],
)
def test_encodings(accept: str, expected: str) -> None:
    assert " ".join(negotiation.encodings(accept.encode("latin-1"))) == expected


def test_a_list_that_is_too_long_is_read_as_far_as_it_is_whole() -> None:
    filler = ", ".join(f"x{number}" for number in range(1000))
    assert negotiation.encodings(f"gzip;q=0.5, {filler}, br".encode()) == ("gzip", "identity")
    cut = ("x" * 489 + ", gzip;q=0.5").encode()
    assert len(cut) == 501  # read to here it would say q=0.
    assert negotiation.encodings(cut) == ("identity",)


@given(st.lists(st.tuples(st.sampled_from([*ENCODINGS, "deflate", "*", "x-gzip"]), WEIGHT), max_size=6))
def test_what_is_refused_is_never_sent(members: list[tuple[str, str]]) -> None:
    header = ", ".join(name + weight for name, weight in members)
    chosen = negotiation.encodings(header.encode())
    said = dict(members)

    assert len(set(chosen)) == len(chosen)
    for name in ENCODINGS:
        weight = said.get(name, said.get("*") if name == "identity" else "")
        if weight in {";q=0", ";q=0.0"}:
            assert name not in chosen
    if "identity" not in said and "*" not in said:
        assert chosen[-1] == "identity"


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9", "de"),
        ("fr, ar;q=0.8, de;q=0.9", "de"),
        ("zh-TW;q=0.1, ja", "ja"),
        ("zh-CN", "zh-Hans"),
        ("pt", "pt-BR"),
        ("de;q=0, ar;q=0.1", "ar"),
        ("*", "en"),
        ("!!, xx-yy-zz-, de", "de"),
        ("fr", "en"),
        ("de;q=5, ja;q=0.1", "ja"),
    ],
)
def test_language(accept: str, language: str) -> None:
    assert negotiation.language(accept.encode(), LANGUAGES, "en") == language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"x"', True),
        ('W/"x"', True),
        ("*", True),
        (" * ", True),
        ('"a", "x"', True),
        ('"a","x","b"', True),
        ('"a",, ,"x",', True),
        ('\t"a" ,\tW/"x"', True),
        ('"with, comma", "x"', True),
        ('"with, ""x"', None),
        ("x", True),  # the quotes are lost, as some readers lose them
        ("a, x", True),
        ('"a"', False),
        ("a", False),
        ('"X"', False),
        ('w/"x"', None),  # section 8.8.3: the mark is case-sensitive
        ('"*"', False),
        ('"x", *', True),  # read as tags: the star is another one
        ("", False),
        (" , ,", False),
        ('"\xe9"', False),
        ('"x', None),
        ('x"', None),
        ('"x" "y"', None),
        ('W/"x" W/"y"', None),
        ('"a\x00"', None),
        ('"a b"', False),
        ("x y", None),
    ],
)
def test_if_none_match(header: str, *, expected: bool | None) -> None:
    assert negotiation.matches(header.encode("latin-1"), b'"x"') is expected


@given(st.lists(st.tuples(st.booleans(), OPAQUE), max_size=8), OPAQUE)
def test_a_tag_in_a_list_is_found_and_no_other(tags: list[tuple[bool, str]], wanted: str) -> None:
    header = ", ".join(f'{"W/" if weak else ""}"{tag}"' for weak, tag in tags)
    expected = any(tag == wanted for _, tag in tags)
    assert negotiation.matches(header.encode("latin-1"), f'"{wanted}"'.encode("latin-1")) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Mon, 23 Nov 2026 12:03:00 GMT", True),
        ("Mon, 23 Nov 2026 12:03:01 GMT", True),
        ("Tue, 24 Nov 2099 00:00:00 GMT", True),
        ("Mon, 23 Nov 2026 12:02:59 GMT", False),
        ("Monday, 23-Nov-26 12:03:00 GMT", True),
        ("Sunday, 06-Nov-94 08:49:37 GMT", False),  # 1994: a year is at most 50 years ahead
        ("Monday, 23-Nov-75 12:03:00 GMT", True),  # 2075
        ("Mon Nov 23 12:03:00 2026", True),
        ("Sun Nov  6 08:49:37 1994", False),
        # What is no date of HTTP is to be ignored (section 13.1.3): the reader gets the document.
        ("Mon, 23 Nov 2026 12:03:00 +0000", False),
        ("Mon, 23 Nov 2026 12:03:00 +99999999999999999999", False),
        ("Mon, 31 Feb 2027 12:03:00 GMT", False),
        ("Mon, 23 Nov 2026 25:00:00 GMT", False),
        ("Mon, 23 Nov 9999999 12:03:00 GMT", False),
        ("Mon, 23 Nov 2026 12:03:00 GMT, Mon, 23 Nov 2026 12:03:00 GMT", False),
        ("2026-11-23T12:03:00Z", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_if_modified_since(header: str, *, expected: bool) -> None:
    assert negotiation.unchanged_since(header.encode(), CHANGED) is expected


@given(st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis adds the zone
def test_a_date_is_compared_as_the_date_it_is(since: datetime) -> None:
    header = format_datetime(since, usegmt=True).encode()
    assert negotiation.unchanged_since(header, CHANGED) is (
        CHANGED.replace(microsecond=0) <= since.replace(microsecond=0)
    )


@given(st.binary(max_size=80) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))
def test_any_header_gets_an_answer(header: bytes) -> None:
    assert set(negotiation.encodings(header)) <= set(ENCODINGS)
    assert negotiation.language(header, ("en", "de"), "en") in {"en", "de"}
    assert negotiation.matches(header, b'"x"') in {True, False, None}
    assert negotiation.unchanged_since(header, CHANGED) in {True, False}
