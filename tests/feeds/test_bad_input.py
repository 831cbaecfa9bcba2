"""Requests that nobody should send: each gets a short answer, leaves nothing behind, and breaks nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newswire.api import StoryTopic

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story

TEXT = st.text(max_size=40)
PIECE = st.sampled_from(
    "/ /feeds/ en de EN zh_hans archive 2026 05 99 0000 topics chips alignment sources hacker-news . .. .rss .atom "
    ".json .xml ? topics= not= source= filter= lang= , & = %00 %ff ../ //".split()
)
PATH = st.lists(PIECE | TEXT, max_size=9).map("".join)
NAMES = [*"accept-encoding accept-language if-none-match if-modified-since".split(), "sec-fetch-dest", "range", "host"]
VALUE = TEXT | st.sampled_from(["*", '"a"', "W/", "gzip;q=", "br, identity;q=0", "document", "bytes=0-1", "de;q=9"])
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUE), max_size=4)


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/feeds/en.rss?topics=" + ",".join(f"t{number}" for number in range(5000)), {400}),
        ("/feeds/en.rss?" + "&".join(f"not=t{number}" for number in range(5000)), {400, 414}),
        ("/feeds/en.rss?topics=" + ",".join(["chips"] * 5000), {400}),
        ("/feeds/en.rss?topics=" + "(" * 5000, {404}),
        ("/feeds/en.exe", {404}),
        ("/feeds/en.rss.gz", {404}),
        ("/feeds/en.html", {404}),
        ("/feeds/../../../etc/passwd", {404}),
        ("/feeds/en/../../../etc/passwd.rss", {404}),
        ("/feeds/en/topics/..%2f..%2fetc%2fpasswd.atom", {404}),
        ("/feeds/en/topics/....//....//etc/passwd.atom", {404}),
        ("/feeds/en/archive/0000/00.rss", {404}),
        ("/feeds/en/archive/9999/12.rss", {404}),
        ("/feeds/en/archive/2026/13.rss", {404}),
        ("/feeds/en/archive/2026/-1.rss", {404}),
        ("/feeds/en/archive/999999999999/01.rss", {404}),
        ("/feeds/en/archive/2026/11-999999.rss", {404}),
        ("/feeds/en/archive/%D9%A2%D9%A0%D9%A2%D9%A6/05.rss", {404}),
        ("/feeds/en/archive/1999/05.rss", {404}),
        ("/?lang=de&topics=" + ",".join(f"t{number}" for number in range(5000)), {400}),
        ("/?lang=de&" + "&".join(f"topics=t{number}" for number in range(500)), {400}),
        ("/feeds.opml?" + "&".join(f"topics=t{number}" for number in range(5000)), {400, 414}),
    ],
)
async def test_what_makes_no_sense_gets_a_short_answer(path: str, statuses: set[int], room: Any) -> None:
    for method in ("GET", "HEAD"):
        for page in ("document", "empty"):
            answer = await room.get(path, method, sec_fetch_dest=page)
            assert answer.status_code in statuses
            assert len(answer.content) < 20_000
            assert "Traceback" not in answer.text
    assert len(room.app._finished) == 0


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(path=PATH, headers=HEADERS)
def test_any_request_gets_an_answer(
    path: str, headers: list[tuple[str, str]], new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story("a"), new_story("a", "de"))
    lines = [(name, value.encode("utf-8", "surrogatepass").decode("latin-1")) for name, value in headers]
    start, body = asyncio.run(room.ask(f"/{path}", lines))

    assert start["status"] in {200, 301, 303, 304, 400, 404, 406, 414, 431}
    told = dict(start["headers"])
    assert start["status"] == 304 or int(told[b"content-length"]) == len(body["body"])
    for name, value in told.items():
        assert name.isascii()
        assert not {0, 10, 13} & set(value)
    assert len(room.app._finished) <= (start["status"] in {200, 304, 400, 431})


async def test_what_is_missing_is_said_briefly_among_many_topics(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    many = tuple(StoryTopic(f"topic-{number}", f"Topic {number}", "t") for number in range(400))
    answer = await new_room(new_story(topics=many)).get("/feeds/en/topics/unknown.rss")

    assert answer.status_code == 404
    assert "topic-19.rss" in answer.text or "topic-1.rss" in answer.text
    assert len(answer.content) < 20_000
