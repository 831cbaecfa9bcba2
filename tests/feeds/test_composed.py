"""Composed feeds: ``?topics=a,b&not=c&source=x``, filters by name, one spelling of each, and clear refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.api import NamedFilter, Taxonomy, parse_filter
from newswire_feeds.address import canonical, read
from newswire_feeds.composition import Composition, TooMuchAsked

if TYPE_CHECKING:
    from collections.abc import Callable

FILTERS = {
    "hard-things": NamedFilter(name="hard-things", topics=parse_filter("chips | empty"), fallback="skip"),
    "hn": NamedFilter(name="hn", sources=frozenset({"hacker-news"}), languages=("de",)),
}


@pytest.fixture
def filled(newsroom: Callable[..., Any]) -> Any:
    room = newsroom(FILTERS)
    room.publish("chips", "en", "de", topics=["chips"])
    room.publish("safety", "en", topics=["ai-safety"], source={"name": "Lobsters"})
    room.publish("both", "en", "de", topics=["chips", "ai-safety"], source={"name": "Größe & Co"})
    room.publish("none", "en", topics=[], source=None)
    room.publish("art", "en", topics=["art"], source=None)
    return room


async def items(room: Any, address: str) -> list[str]:
    answer = await room.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.json()["feed_url"] == f"https://wire.example{address}"
    return [item["url"].rsplit("/", 1)[1] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topics=ai-safety,chips", ["both", "safety", "chips"]),
        ("topics=art,chips", ["art", "both", "chips"]),
        ("not=chips", ["art", "none", "safety"]),
        ("topics=ai-safety&not=chips", ["safety"]),
        ("topics=ai-safety&source=lobsters", ["safety"]),
        ("source=hacker-news,lobsters", ["safety", "chips"]),
        ("not=art,chips&source=gr%C3%B6sse-co", []),
        ("filter=hard-things", ["both", "chips"]),
        ("not=ai-safety&filter=hard-things", ["chips"]),
        ("filter=hn", ["chips"]),
        ("source=hacker-news&filter=hard-things", ["chips"]),
    ],
)
async def test_a_composed_feed_holds_what_matches(query: str, found: list[str], filled: Any) -> None:
    assert await items(filled, f"/feeds/en.json?{query}") == found


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/feeds/en.rss?topics=chips,ai-safety", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en.rss?topics=chips&topics=alignment", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en.rss?topics=chips%2Cai-safety", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en.rss?topics=Chips+%26+fabs,KI-Sicherheit,,chips", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en.rss?source=Hacker+News&not=chips", "/feeds/en.rss?not=chips&source=hacker-news"),
        ("/feeds/EN.rss?not=chips&utm_source=x", "/feeds/en.rss?not=chips"),
        ("/feeds/en.rss?utm_source=x", "/feeds/en.rss"),
        ("/feeds/en.rss?", None),
        ("/feeds/en.rss?topics=", "/feeds/en.rss"),
        ("/feeds/en.rss?topics=chips", "/feeds/en/topics/chips.rss"),
        ("/feeds/en.rss?source=hacker-news", "/feeds/en/sources/hacker-news.rss"),
        ("/feeds/en.rss?topics=chips,ai-safety&not=chips", "/feeds/en.rss?topics=ai-safety&not=chips"),
        ("/feeds/en/topics/chips.rss?topics=ai-safety", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en/sources/hacker-news.rss?not=chips", "/feeds/en.rss?not=chips&source=hacker-news"),
        ("/feeds/en.rss?filter=hn&topics=chips", "/feeds/en.rss?topics=chips&filter=hn"),
    ],
)
async def test_other_spellings_lead_to_the_one(asked: str, path: str | None, filled: Any) -> None:
    answer = await filled.get(asked)
    if path is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.headers["location"]) == (301, path)
    assert (await filled.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/feeds/en.rss?topics=chips,nonsense-zzz", None),
        ("/feeds/en.rss?topics=chipps,ai-safty", "/feeds/en.rss?topics=ai-safety,chips"),
        ("/feeds/en.rss?not=chipps", "/feeds/en.rss?not=chips"),
        ("/feeds/en.rss?source=nobody&not=chips", None),
        ("/feeds/en.rss?filter=nobody", None),
        ("/feeds/en.rss?topics=chips&not=chips", None),
        ("/feeds/en.rss?source=lobsters&filter=hn", None),
        ("/feeds/en.rss?topics=%00,%ff", None),
        ("/feeds/en.rss?topics=a%7Cb)%26(c", None),
        ("/feeds/xx.rss?topics=chips,ai-safety", None),
    ],
)
async def test_what_is_unknown_gets_a_page_that_helps(path: str, meant: str | None, filled: Any) -> None:
    answer = await filled.get(path)
    page = answer.text

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert ("Did you mean" in page) == (meant is not None)
    if meant:
        assert meant.replace("&", "&amp;") in page
        assert (await filled.get(meant)).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "topics=" + ",".join(f"t{number}" for number in range(3000)),
        "&".join(f"topics=t{number}" for number in range(3000)),
        "not=" + "x" * 20_000,
        "source=" + ",".join(f"t{number}" for number in range(101)),
        "&".join(f"a{number}=1" for number in range(50)),
    ],
)
async def test_a_query_that_asks_too_much_is_refused_in_a_line(query: str, filled: Any) -> None:
    await filled.get("/feeds/en.rss")
    kept = len(filled.app._finished)
    answer = await filled.get(f"/feeds/en.rss?{query}")

    assert answer.status_code == 400
    assert answer.text == "A feed can be composed of at most 100 topics and sources.\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert len(filled.app._finished) == kept


async def test_what_a_composed_feed_says_of_itself(filled: Any, proof: Any) -> None:
    query = "topics=ai-safety,chips&not=art&source=gr%C3%B6sse-co,hacker-news"
    for form in ("rss", "atom", "json"):
        answer = await filled.get(f"/feeds/de.{form}?{query}")
        proof.check(answer.content, form)
        assert f'<https://wire.example/feeds/de.{form}?{query}>; rel="self"' in answer.headers["link"]
        assert f'</feeds/en.{form}?{query}>; rel="alternate"; hreflang="en"' in answer.headers["link"]
    feed = proof.parse((await filled.get(f"/feeds/de.atom?{query}")).content).feed
    assert feed.id == f"tag:news.example,2026:feed/de?{query}"
    assert feed.title == (
        "The Daily <Bit> & Byte · KI-Sicherheit oder Chips & fabs · ohne art · Größe & Co oder Hacker News"
    )
    named = await filled.get("/feeds/de.json?filter=hard-things")
    assert named.json()["title"] == "The Daily <Bit> & Byte · hard things"


async def test_opml_lists_the_filters_that_have_something(filled: Any, proof: Any) -> None:
    groups = proof.xml((await filled.get("/feeds.opml")).content).find("body")
    german = [outline.get("xmlUrl").removeprefix("https://wire.example/feeds/") for outline in groups[1]]

    assert german[:3] == ["de.atom", "de.atom?filter=hard-things", "de.atom?filter=hn"]
    for outline in groups.iter("outline"):
        if outline.get("xmlUrl"):
            assert (await filled.get(outline.get("xmlUrl").removeprefix("https://wire.example"))).status_code == 200


NAME = st.sampled_from(["a", "b", "c-d", "ai-safety", "größe", "Alignment", "x,y", "&", "%", " "])
NAMES = st.lists(NAME, max_size=4).map(tuple)


@given(
    st.builds(Composition, NAMES, NAMES, NAMES, st.sampled_from(["", "f"])), st.sampled_from(["", "archive/2026/05-2"])
)
def test_the_canonical_spelling_is_read_as_itself(composed: Composition, archive: str) -> None:
    asked = read(f"/feeds/en{'/' if archive else ''}{archive}.atom", composed.query)
    assert asked is not None
    found = canonical(asked, ["en"], Taxonomy())
    assert found is not None
    again = read(found.plain_path, found.query)
    assert again == found
    assert canonical(again, ["en"], Taxonomy()) == found
    assert found.path.isascii()


@given(st.text(max_size=300))
def test_any_query_is_read_or_refused(query: str) -> None:
    try:
        asked = read("/feeds/en.rss", query)
    except TooMuchAsked:
        return
    assert asked is not None
    found = canonical(asked, ["en"], Taxonomy())
    assert found is not None
    assert found.path.isascii()
