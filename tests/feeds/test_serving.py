"""Serving: addresses, redirects, conditional requests, encodings, headers."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html  # type: ignore[import-untyped]  # lxml has no types

from newswire.api import Source, StorySource

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}


@pytest.mark.parametrize("form", TYPES)
async def test_headers_of_a_feed(form: str, new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(
        new_story(language="de"), new_story(language="ar"), new_story(), hub=["https://hub.example/"], max_age=60
    )
    answer = await room.get(f"/feeds/en/topics/ai-safety.{form}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[form]
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert answer.headers["last-modified"] == "Mon, 23 Nov 2026 12:03:00 GMT"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert "content-encoding" not in answer.headers
    links = answer.headers["link"].split(", ")
    media_type = TYPES[form].split(";")[0]
    assert links == [
        f'<https://wire.example/feeds/en/topics/ai-safety.{form}>; rel="self"',
        '<https://hub.example/>; rel="hub"',
        f'</feeds/de/topics/ai-safety.{form}>; rel="alternate"; hreflang="de"; type="{media_type}"',
        f'</feeds/ar/topics/ai-safety.{form}>; rel="alternate"; hreflang="ar"; type="{media_type}"',
    ]


async def test_gzip_is_the_same_document(room: Any) -> None:
    plain = await room.get("/feeds/en.atom")
    packed = await room.get("/feeds/en.atom", accept_encoding="gzip;q=0.5, deflate")
    raw = [message["body"] for message in (await room.ask("/feeds/en.atom", [("accept-encoding", "gzip")]))[1:]]

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # httpx unpacked it
    assert gzip.decompress(b"".join(raw)) == plain.content
    # One member, and nothing behind it: some clients read no further than the first.
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert decoder.decompress(b"".join(raw)) == plain.content
    assert decoder.eof
    assert decoder.unused_data == b""
    assert packed.headers["etag"] != plain.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content)


async def test_a_tag_of_the_other_encoding_is_another_tag(room: Any) -> None:
    plain = await room.get("/feeds/en.rss")
    assert (
        await room.get("/feeds/en.rss", accept_encoding="gzip", if_none_match=plain.headers["etag"])
    ).status_code == 200


@pytest.mark.parametrize("path", ["/feeds/en.json", "/", "/feeds.opml", "/feeds/xx.rss", "/feeds/EN.rss"])
async def test_head_is_get_without_the_body(path: str, room: Any) -> None:
    get, head = await room.get(path), await room.get(path, method="HEAD")

    assert head.content == b""
    assert (head.status_code, head.headers) == (get.status_code, get.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(method: str, room: Any) -> None:
    for path in ("/feeds/en.rss", "/", "/feeds/nothing"):
        answer = await room.get(path, method=method)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/feeds/EN.rss", "/feeds/en.rss"),
        ("/feeds/en.RSS", "/feeds/en.rss"),
        ("/feeds/zh_hans.atom", "/feeds/zh-Hans.atom"),
        ("/feeds/PT-br.json", "/feeds/pt-BR.json"),
        ("/feeds/en/topics/AI%20Safety.rss", "/feeds/en/topics/ai-safety.rss"),
        ("/feeds/de/topics/alignment.rss", "/feeds/de/topics/ai-safety.rss"),
        ("/feeds/en/topics/KI-Sicherheit.rss?x=1", "/feeds/en/topics/ai-safety.rss"),
        ("/feeds/en.rss?utm_source=x", "/feeds/en.rss"),
        ("/feeds/en/sources/Hacker%20News.rss", "/feeds/en/sources/hacker-news.rss"),
    ],
)
async def test_other_spellings_lead_to_the_one(asked: str, path: str, room: Any) -> None:
    answer = await room.get(asked)

    assert (answer.status_code, answer.headers["location"]) == (301, path)
    assert (await room.get(path)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/xx.rss",
        "/feeds/fr.rss",
        "/feeds/pt.rss",
        "/feeds/en.xml",
        "/feeds/en",
        "/feeds/",
        "/feeds/.rss",
        "/feeds/en/.rss",
        "/feeds/en/topics/.rss",
        "/feeds/en/topics/chips/more.rss",
        "/feeds/en/topics/unknown.rss",
        "/feeds/en/sources/nobody.rss",
        "/feeds/en/people/ada.rss",
        "/feeds/../../etc/passwd.rss",
        "/feeds/%2e%2e/%2e%2e/etc/passwd.rss",
        "/feeds/en/topics/%00.rss",
        "/feeds/en/topics/%ff%fe.rss",
        "/feeds/en%0d%0aX-Header:%201.rss",
        "/feeds/en/topics/" + "a" * 5000 + ".rss",
        "/feeds/" + "a-" * 2000 + ".rss",
        "/feeds/en//topics/chips.rss",
    ],
)
async def test_what_is_not_there_is_said_on_a_page(path: str, room: Any) -> None:
    answer = await room.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = html.fromstring(answer.content)
    links = page.xpath("//main//a/@href")
    assert "/feeds/en.rss" in links
    for link in links:
        assert (await room.get(link)).status_code == 200
    assert len(answer.content) < 20_000


async def test_an_unknown_topic_gets_a_suggestion_and_the_list(room: Any) -> None:
    page = html.fromstring((await room.get("/feeds/de/topics/ai-safty.atom")).content)

    assert page.get("lang") == "de"
    assert page.xpath("//main/p[@class='intro']/a/@href") == ["/feeds/de/topics/ai-safety.atom"]
    assert "/feeds/de/topics/chips.json" in page.xpath("//main//a/@href")


async def test_nothing_unknown_is_kept(room: Any) -> None:
    await room.get("/feeds/en.rss")
    await room.get("/")
    kept = len(room.app._finished)
    for number in range(50):
        for path in (
            f"/feeds/en/topics/unknown-{number}.rss",
            f"/feeds/EN.rss?x={number}",
            f"/feeds/en.rss?x={number}",
            f"/feeds/en.rss?topics={','.join(f'none-{number}-{n}' for n in range(100))}",
            f"/feeds/en.x{number}",
            f"/?lang=x{number}",
            f"/?lang=de&topics=unknown-{number}",
            f"/feeds.opml?x={number}",
        ):
            answer = await room.get(path)
            assert answer.status_code in {301, 303, 404}, path
            assert len(answer.content) < 20_000
    assert len(room.app._finished) == kept


async def test_a_source_may_be_written_in_any_script(
    new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    source = StorySource("Größe & Café", None, Source(name="Größe & Café").slug)
    room = new_room(new_story(source=source))
    answer = await room.get("/feeds/en/sources/gr%C3%B6sse-caf%C3%A9.atom")

    proof.check(answer.content, "atom")
    assert '/feeds/en/sources/gr%C3%B6sse-caf%C3%A9.atom>; rel="self"' in answer.headers["link"]
    entry = proof.xml(answer.content).find("{*}entry/{*}source")
    assert entry.findtext("{*}title") == "Größe & Café"
    assert entry.findtext("{*}id") == "tag:news.example,2026:source/gr%C3%B6sse-caf%C3%A9"


async def test_an_event_elsewhere_leaves_the_tag_alone(room: Any, new_story: Callable[..., Story]) -> None:
    before = await room.get("/feeds/de.rss")
    room.library.publish(new_story("x", "ja"))
    room.now += 1
    assert (await room.get("/feeds/de.rss", if_none_match=before.headers["etag"])).status_code == 304


async def test_many_at_once_get_the_same(room: Any) -> None:
    answers = await asyncio.gather(*(room.get(f"/feeds/en.{form}") for form in [*TYPES] * 10))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 3
    assert sorted(room.library.told) == ["one"] * 3 + ["two"] * 3


async def test_memory_stays_within_its_bounds(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(*(new_story(f"a{n}", body="word " * 2000, rev=n) for n in range(40)), memory=1)
    for form in TYPES:
        for path in (
            "/feeds/en",
            "/feeds/en/topics/chips",
            "/feeds/en/topics/ai-safety",
            "/feeds/en/sources/hacker-news",
        ):
            for encoding in ("gzip", "identity"):
                answer = await room.get(f"{path}.{form}", accept_encoding=encoding)
                assert answer.status_code == 200
                assert answer.content.count(b"word word") > 40
    assert 0 < room.app._finished.size <= 333_333
    assert 0 < room.app._workshop._press._rendering._pieces.size <= 500_000
