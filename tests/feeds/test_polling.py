"""Polls: conditional requests, the smaller encoding of what is hot, news, and a store that does not answer."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]  # brotli has no types
import pytest

from newswire.api import NewswireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Message, Story

TAG = '"other"'


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br, identity;q=0"])
async def test_conditional_requests(encoding: str, room: Any) -> None:
    first = await room.get("/feeds/en.rss", accept_encoding=encoding)
    tag, changed = first.headers["etag"], first.headers["last-modified"]

    for headers in (
        {"if_none_match": tag},
        {"if_none_match": f"W/{tag}"},
        {"if_none_match": f'"other, with comma", {tag}'},
        {"if_none_match": "*"},
        {"if_modified_since": changed},
        {"if_modified_since": "Tue, 24 Nov 2026 00:00:00 GMT"},
        {"if_none_match": tag, "if_modified_since": "Mon, 01 Jan 1990 00:00:00 GMT"},
    ):
        for method in ("GET", "HEAD"):
            answer = await room.get("/feeds/en.rss", method, accept_encoding=encoding, **headers)
            assert answer.status_code == 304, headers
            assert answer.content == b""
            # RFC 9110 section 15.4.5: these, and no others.
            assert {name: answer.headers[name] for name in answer.headers} == {
                name: first.headers[name] for name in ("etag", "cache-control", "vary")
            }
    for headers in (
        {"if_none_match": TAG},
        {"if_none_match": ""},
        {"if_none_match": TAG, "if_modified_since": changed},
        {"if_modified_since": "Mon, 23 Nov 2026 12:03:59 GMT"},
        {"if_modified_since": "yesterday"},
    ):
        answer = await room.get("/feeds/en.rss", accept_encoding=encoding, **headers)
        assert (answer.status_code, answer.content) == (200, first.content), headers


async def test_a_condition_that_cannot_be_read_is_said_to_be_so(room: Any) -> None:
    for broken in ('"never closed', 'W/"a" W/"b"', '"x" nonsense"', "a b"):
        answer = await room.get("/feeds/en.rss", if_none_match=broken)
        assert answer.status_code == 400
        assert answer.text.startswith("If-None-Match cannot be read")
        assert answer.headers["cache-control"] == "no-store"
    answer = await room.get("/feeds/en.rss", if_none_match=", ".join(f'"{number}"' for number in range(2000)))
    assert answer.status_code == 431
    # Where there is nothing to compare with, a condition has no meaning (section 13.2.1).
    assert (await room.get("/feeds/xx.rss", if_none_match='"never closed')).status_code == 404


async def test_addresses_without_end_and_encodings_nobody_has(room: Any) -> None:
    assert (await room.get("/feeds/" + "a" * 60_000)).status_code == 414
    assert (await room.get("/feeds/en.rss?topics=" + "chips," * 9_500)).status_code == 414
    refused = await room.get("/feeds/en.rss", accept_encoding="gzip;q=0, *;q=0")
    assert (refused.status_code, refused.headers["vary"]) == (406, "Accept-Encoding")
    assert len(room.app._finished) == 0


async def test_headers_in_several_lines_are_one_list(room: Any) -> None:
    first = await room.get("/feeds/en.rss", accept_encoding="gzip")
    lines = [("accept-encoding", "deflate"), ("accept-encoding", "gzip")]
    lines += [("if-none-match", TAG), ("if-none-match", first.headers["etag"])]
    assert (await room.ask("/feeds/en.rss", lines))[0]["status"] == 304


async def test_what_is_hot_gets_smaller_for_those_who_can_read_it(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(*(new_story(f"a{number}", body="Words and more words. " * 90) for number in range(9)))
    packed = await room.get("/feeds/en.atom", accept_encoding="gzip")
    for _ in range(40):
        answer = await room.get("/feeds/en.atom", accept_encoding="gzip, br")
        await asyncio.gather(*room.app._making.values())
    (start, body) = await room.ask("/feeds/en.atom", [("accept-encoding", "gzip, br")])

    assert answer.headers["content-encoding"] == dict(start["headers"])[b"content-encoding"].decode() == "br"
    assert answer.content == packed.content == brotli.decompress(body["body"])
    assert len(body["body"]) < int(packed.headers["content-length"])
    assert answer.headers["etag"] == packed.headers["etag"].replace("-gzip", "-br")
    # Others go on as before, and who holds the other one is not made to fetch it again.
    assert (await room.get("/feeds/en.atom", accept_encoding="gzip")).headers["content-encoding"] == "gzip"
    for tag in (packed.headers["etag"], f"W/{packed.headers['etag']}", answer.headers["etag"]):
        again = await room.get("/feeds/en.atom", accept_encoding="gzip, br", if_none_match=tag)
        assert (again.status_code, again.headers["etag"]) == (304, tag.removeprefix("W/"))
    # News make it cold again.
    room.library.publish(new_story("b"))
    room.now += 1
    assert (await room.get("/feeds/en.atom", accept_encoding="gzip, br")).headers["content-encoding"] == "gzip"


async def test_polls_do_not_make_a_document_hot(room: Any) -> None:
    first = await room.get("/feeds/en.rss", accept_encoding="br, gzip")
    for _ in range(100):
        await room.get("/feeds/en.rss", accept_encoding="br, gzip", if_none_match=first.headers["etag"])
    assert len(room.app._finished) == 1


async def test_a_poll_allocates_next_to_nothing(room: Any) -> None:
    (start, _) = await room.ask("/feeds/en.rss", [("accept-encoding", "gzip")])
    tag = dict(start["headers"])[b"etag"].decode()
    scope = room.scope("/feeds/en.rss", [("accept-encoding", "gzip"), ("accept", "*/*"), ("if-none-match", tag)])
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if "status" in message and not statuses:
            statuses.append(message["status"])

    async def polls(number: int) -> None:
        for _ in range(number):
            await room.app(scope, None, send)

    await polls(10)
    tracemalloc.start()
    try:
        await polls(10)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await polls(1000)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert statuses == [304]
    assert after - before < 1000  # bytes that stay, of a thousand polls
    assert peak - before < 4000  # bytes at any moment: the headers by name, and the frames


async def test_while_the_log_stands_still_nobody_asks_the_library(room: Any) -> None:
    await room.get("/feeds/en.rss")
    looks = room.library.looks
    for _ in range(20):
        await room.get("/feeds/en.rss")
    assert room.library.looks == looks
    room.now += 1
    await asyncio.gather(*(room.get("/feeds/en.rss") for _ in range(20)))
    assert room.library.looks == looks + 1


async def test_news_appear_after_a_second_at_most(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story("a"))
    before = await room.get("/feeds/en.rss")
    room.library.publish(new_story("b"))
    assert (await room.get("/feeds/en.rss")).content == before.content
    room.now += 1
    after = await room.get("/feeds/en.rss", if_none_match=before.headers["etag"])
    assert after.status_code == 200
    assert after.text.count("<item>") == 2


async def test_what_an_event_does_not_touch_is_not_made_anew(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.publish("chips", "en", topics=["chips"])
    room.publish("safety", "en", "de", topics=["ai-safety"], source=None)
    paths = ("/feeds/en.rss", "/feeds/de.rss", "/feeds/en/topics/chips.rss", "/feeds/en/sources/hacker-news.rss")

    async def answers() -> dict[str, Any]:
        for path in paths:
            await room.get(path)
        return {path: room.app._finished.get((path, b"", "", False, "identity")) for path in paths}

    before = await answers()
    room.publish("more", "en", topics=["ai-safety"], source=None)
    after = await answers()
    assert [path for path in paths if after[path].whole is not before[path].whole] == ["/feeds/en.rss"]
    assert len({each.number for each in after.values()}) == 1
    room.withdraw("chips")
    gone = await answers()
    assert [path for path in paths if gone[path].whole is after[path].whole] == ["/feeds/de.rss"]


async def test_what_is_finished_is_sent_while_the_store_does_not_answer(room: Any) -> None:
    first = await room.get("/feeds/en.rss")
    room.library.broken = NewswireError("the disk is full")
    room.now += 60
    kept = await room.get("/feeds/en.rss")
    assert (kept.status_code, kept.content) == (200, first.content)
    other = await room.get("/feeds/de.rss")
    assert (other.status_code, other.headers["retry-after"]) == (503, "10")
    assert other.text == "The database does not answer. Please try again in a moment.\n"
    room.library.broken = None
    room.now += 60
    assert (await room.get("/feeds/de.rss")).status_code == 200


async def test_what_is_finished_is_sent_while_the_store_hangs(room: Any) -> None:
    first = await room.get("/feeds/en.rss")
    room.library.hanging = threading.Event()
    room.now += 60
    answers = await asyncio.gather(*(room.get("/feeds/en.rss") for _ in range(3)))
    assert [answer.content for answer in answers] == [first.content] * 3
    room.library.hanging.set()


async def test_a_store_that_never_answered(new_room: Callable[..., Any]) -> None:
    room = new_room()
    room.library.broken = NewswireError("no such host")
    answers = await asyncio.gather(*(room.get("/feeds/de.rss") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {503}
    room.library.broken = None
    room.now += 1
    assert (await room.get("/feeds/de.rss")).status_code == 200
