"""The pure decisions: negotiation, addresses, identities, the table of the config."""

from __future__ import annotations

from typing import Any

import brotli  # type: ignore[import-untyped]  # brotli has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newswire_feeds import address, identity
from newswire_feeds.cache import ByteCache
from newswire_feeds.joining import entity_tag, join, piece
from newswire_feeds.options import FeedsOptions
from newswire_feeds.words import _table


@given(
    st.builds(
        address.FeedAddress,
        st.sampled_from(["en", "zh-Hans"]),
        st.sampled_from(address.FORMATS),
        st.sampled_from(["topics", "sources"]),
        st.from_regex(r"\w+(-\w+)*", fullmatch=True).filter(lambda name: name.isprintable() and len(name) <= 200),
    )
)
def test_an_address_is_read_as_it_was_written(feed: address.FeedAddress) -> None:
    assert address.read(feed.plain_path) == feed
    assert feed.path.isascii()


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("https://a.example/x?y=%20#z", "https://a.example/x?y=%20#z"),
        ("https://a.example/ä ö".replace(" ", "%20"), "https://a.example/%C3%A4%20%C3%B6"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://a.example/?q=日本", "https://a.example/?q=%E6%97%A5%E6%9C%AC"),
    ],
)
def test_addresses_become_ascii(given_address: str, expected: str) -> None:
    assert identity.uri(given_address) == expected


@pytest.mark.parametrize(
    ("authority", "day"),
    [("a.example,2026", "2026-01-01"), ("a.example,2026-05", "2026-05-01"), ("a.example,2026-05-17", "2026-05-17")],
)
def test_first_day_of_an_authority(authority: str, day: str) -> None:
    assert identity.first_day(authority) == day


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_joined_pieces_are_one_gzip_member(stretches: list[bytes]) -> None:
    import zlib  # noqa: PLC0415  # the tests' own decoder, apart from the code's encoder

    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    pieces = [piece(stretch) for stretch in stretches]
    assert decoder.decompress(join(pieces, "gzip")) == join(pieces, "identity") == b"".join(stretches)
    assert decoder.eof
    assert not decoder.unused_data
    assert brotli.decompress(join(pieces, "br")) == b"".join(stretches)


def test_a_tag_tells_order_and_content_apart() -> None:
    one, two = piece(b"one"), piece(b"two")
    tags = {entity_tag(pieces, "identity") for pieces in ([one, two], [two, one], [one], [one, one])}
    assert len(tags) == 4


def test_the_least_recently_used_goes_first() -> None:
    things = {name: piece(bytes([name]) * 1000) for name in range(5)}
    cache: ByteCache[Any] = ByteCache(3 * (things[0].size + 500))
    for name in (0, 1, 2):
        cache.put(name, things[name])
    assert cache.get(0) is things[0]
    cache.put(3, things[3])
    assert [name for name in range(5) if cache.get(name)] == [0, 2, 3]
    assert cache.size <= cache.limit
    cache.put("large", piece(b"x" * 100_000))
    assert cache.get("large") is None
    assert len(cache) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"entries": 0},
        {"hours": -1},
        {"hub": ["ftp://hub.example"]},
        {"title": "{name}"},
        {"title": "{"},
        {"title": " "},
        {"titel": "x"},
        {"max_age": "long"},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        FeedsOptions.model_validate(wrong)


def test_every_language_has_every_word() -> None:
    table = _table()
    assert {language for language, words in table.items() if words.keys() != table["en"].keys()} == set()
