"""Asking others: redirects, sizes, times, what comes packed, and that no answer ever says where it was from."""

from __future__ import annotations

import gzip
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Answer, Courier, Guard, Unreachable, host_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TEXT = b"news " * 1000


@pytest.fixture
async def courier() -> AsyncIterator[Courier]:
    async with Courier(timeout=2.0, agent="newswire (test)") as made:
        yield made


async def test_redirects_are_followed_as_far_as_wanted(courier: Courier, origin: Any) -> None:
    origin.put("/a", status=301, Location="/b")
    origin.put("/b", status=302, Location="c d#part")
    origin.put("/c%20d", TEXT)
    answer = await courier.get(origin.url("/a"), redirects=2, most=9000)
    assert (answer.status, answer.body, answer.cut) == (200, TEXT, False)
    assert answer.address == origin.url("/c%20d")
    assert [(hop.status, hop.address) for hop in answer.hops] == [
        (301, origin.url("/b")),
        (302, origin.url("/c%20d")),
    ]
    with pytest.raises(Unreachable, match="more than 1 redirects"):
        await courier.get(origin.url("/a"), redirects=1)
    first = await courier.get(origin.url("/a"))
    assert (first.status, first.hops, first.address) == (301, (), origin.url("/a"))


async def test_a_loop_ends(courier: Courier, origin: Any) -> None:
    origin.put("/loop", status=302, Location="/loop")
    with pytest.raises(Unreachable, match="more than 5"):
        await courier.get(origin.url("/loop"), redirects=5)
    assert len(origin.asked) == 6


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "http://[::1", "http://user:hunter2@127.0.0.1/", "ftp://a.example/"]
)
async def test_redirects_to_nowhere(where: str, origin: Any) -> None:
    origin.put("/away", status=301, Location=where)
    async with Courier(timeout=2.0, guard=Guard(hosts=[f"127.0.0.1:{origin.port}"])) as courier:
        with pytest.raises(Unreachable) as refused:
            await courier.get(origin.url("/away"), redirects=3)
    assert refused.value.lasting
    assert "hunter2" not in str(refused.value)


async def test_a_redirect_without_a_place_is_an_answer(courier: Courier, origin: Any) -> None:
    origin.put("/lost", b"?", status=301)
    assert (await courier.get(origin.url("/lost"), redirects=3)).status == 301


async def test_secrets_go_to_the_server_they_are_for(
    courier: Courier, origin: Any, new_origin: Callable[..., Any]
) -> None:
    other = await new_origin()
    origin.put("/a", status=301, Location="/b")
    origin.put("/b", status=301, Location=other.url("/c"))
    other.put("/c", TEXT)
    given = {"authorization": "Basic x", "x-api-key": "y", "if-none-match": '"z"'}
    await courier.get(origin.url("/a"), given, redirects=3)
    assert [asked.headers.get("authorization") for asked in origin.asked] == ["Basic x", "Basic x"]
    (got,) = other.asked
    assert not {"authorization", "x-api-key"} & set(got.headers)
    assert (got.headers["if-none-match"], got.headers["user-agent"]) == ('"z"', "newswire (test)")


async def test_addresses_as_people_write_them(courier: Courier, origin: Any) -> None:
    for written, asked in {
        "/größe": "/gr%C3%B6%C3%9Fe",
        "/a b": "/a%20b",
        "/%C3%A4?q=1&r=%20#x": "/%C3%A4?q=1&r=%20",
    }.items():
        origin.asked.clear()
        await courier.get(origin.url(written))
        assert origin.paths() == [asked]


async def test_no_more_is_read_than_wanted(courier: Courier, origin: Any) -> None:
    origin.put("/exactly", TEXT)
    origin.put("/endless", b"x" * 10_000, fault="drip")
    whole = await courier.get(origin.url("/exactly"), most=len(TEXT))
    assert (whole.cut, whole.body) == (False, TEXT)
    short = await courier.get(origin.url("/exactly"), most=len(TEXT) - 1)
    assert (short.cut, short.body) == (True, TEXT[:-1])
    begun = await courier.get(origin.url("/endless"), most=5000)
    assert (begun.cut, len(begun.body)) == (True, 5000)


def _raw_deflate(content: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(content) + packing.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", lambda content: gzip.compress(content[:100]) + gzip.compress(content[100:])),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("identity", bytes),
    ],
)
async def test_what_comes_packed(courier: Courier, origin: Any, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT)
    origin.put("/packed", packed, Content_Encoding=encoding)
    answer = await courier.get(origin.url("/packed"), most=9000, unpack=True)
    assert (answer.body, answer.cut) == (TEXT, False)
    assert origin.asked[-1].headers["accept-encoding"] == "gzip, deflate"
    cut = await courier.get(origin.url("/packed"), most=50, unpack=True)
    assert (cut.body, cut.cut) == (TEXT[:50], True)
    taken = await courier.get(origin.url("/packed"), most=9000)
    assert taken.body == packed
    assert origin.asked[-1].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)[:-12]),
        ("gzip", b"\x1f\x8b\x08\x00not so"),
        ("gzip", TEXT),
        ("br", TEXT),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)),
    ],
)
async def test_what_cannot_be_unpacked(courier: Courier, origin: Any, encoding: str, content: bytes) -> None:
    origin.put("/packed", content, Content_Encoding=encoding)
    with pytest.raises(Unreachable, match="cannot be unpacked"):
        await courier.get(origin.url("/packed"), most=9000, unpack=True)


async def test_a_bomb_is_not_unpacked(courier: Courier, origin: Any) -> None:
    """A gigabyte of zeros in a megabyte; what is unpacked of it is what was wanted."""
    packing, zeros = zlib.compressobj(9, wbits=31), bytes(16_000_000)
    bomb = b"".join(packing.compress(zeros) for _ in range(16)) + packing.flush()
    origin.put("/bomb", bomb, Content_Encoding="gzip")
    answer = await courier.get(origin.url("/bomb"), most=100_000, unpack=True)
    assert (answer.cut, len(answer.body)) == (True, 100_000)


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_who_is_slow_is_not_waited_for(origin: Any, fault: str) -> None:
    origin.put("/slow", b"<", fault=fault)
    origin.put("/first", status=302, Location="/slow")
    begun = time.monotonic()
    async with Courier(timeout=0.3) as courier:
        for path in ("/slow", "/first"):
            with pytest.raises(Unreachable, match="in time") as late:
                await courier.get(origin.url(path), most=10_000_000, redirects=3)
            assert not late.value.lasting
    assert time.monotonic() - begun < 60


async def test_answers_that_end_early_and_no_answers(courier: Courier, origin: Any) -> None:
    origin.put("/cut", TEXT, fault="cut")
    origin.put("/secret", TEXT, Content_Length="minus one")
    for address in (
        origin.url("/cut"),
        origin.url("/secret"),
        "http://127.0.0.1:1/secret",
        "http://nobody.invalid/secret",
    ):
        with pytest.raises(Unreachable) as lost:
            await courier.get(address, most=9000)
        assert "secret" not in str(lost.value)
        assert "127.0.0.1" not in str(lost.value)


async def test_headers_that_come_twice(courier: Courier, origin: Any) -> None:
    origin.put("/a", b"", Link='</1>; rel="hub"', link='</2>; rel="self"', Retry_After="120")
    answer = await courier.get(origin.url("/a"))
    assert answer.headers["link"] == '</1>; rel="hub", </2>; rel="self"'
    assert answer.retry_after == 120


@pytest.mark.parametrize(
    ("given", "date", "seconds"),
    [
        ("0", "", 0),
        ("90", "", 90),
        ("999999999", "", 86_400),
        ("Mon, 23 Nov 2026 12:10:00 GMT", "Mon, 23 Nov 2026 12:00:00 GMT", 600),
        ("Mon, 23 Nov 2026 11:00:00 GMT", "Mon, 23 Nov 2026 12:00:00 GMT", 0),
        ("Mon, 23 Nov 2026 12:10:00 GMT", "", None),
        ("Mon, 23 Nov 2026 12:10:00 GMT", "yesterday", None),
        ("-5", "", None),
        ("²", "", None),
        ("soon", "Mon, 23 Nov 2026 12:00:00 GMT", None),
        ("", "", None),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(given: str, date: str, seconds: float | None) -> None:
    assert Answer(status=503, headers={"retry-after": given, "date": date}).retry_after == seconds


def test_what_a_log_may_hold_of_an_address() -> None:
    assert host_of("https://user:word@Feeds.example:8443/secret?key=1") == "feeds.example"
    assert host_of("http://[::1") == "?"
