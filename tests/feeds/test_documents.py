"""What stands in the documents, as two parsers, two schemas and the bytes tell it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story

FORMATS = ["rss", "atom", "json"]


async def test_every_feed_passes_its_schema_and_both_parsers(room: Any, proof: Any) -> None:
    for language in ("en", "de", "ar", "ja"):
        for part in ("", "/topics/chips", "/topics/empty", "/sources/hacker-news"):
            for form in FORMATS:
                answer = await room.get(f"/feeds/{language}{part}.{form}")
                assert answer.status_code == 200, answer.url
                proof.check(answer.content, form)


async def test_rss_carries_all_of_it(room: Any, proof: Any) -> None:
    feed = proof.parse((await room.get("/feeds/en.rss")).content)

    assert [entry.id for entry in feed.entries] == [
        "tag:news.example,2026:article/one/en",
        "tag:news.example,2026:article/two/en",
    ]
    entry = feed.entries[0]
    assert entry.guidislink is False
    assert entry.link == "https://news.example/en/one"
    assert entry.summary == "Summary of one"
    assert "<td align=" in entry.content[0].value
    assert entry.authors == [{"name": "Ada L."}, {"name": "Grace H."}]
    assert entry.published == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert [(tag.term, tag.scheme) for tag in entry.tags] == [
        ("AI safety", "tag:news.example,2026:topics"),
        ("Chips & fabs", "tag:news.example,2026:topics"),
    ]
    assert entry.source == {"href": "https://hn.example/item?id=1&x=2", "title": "Hacker News"}
    assert [(link.href, link.type, link.length) for link in entry.enclosures] == [
        ("https://news.example/i/bild%20%C3%BC.png", "image/png", "0")
    ]
    assert entry.media_thumbnail == [{"url": "https://news.example/i/bild%20%C3%BC.png"}]
    assert feed.feed.language == "en"
    assert feed.feed.link == "https://news.example/"
    assert feed.feed.updated == "Mon, 23 Nov 2026 12:04:00 +0000"


async def test_atom_carries_all_of_it(room: Any, proof: Any) -> None:
    document = (await room.get("/feeds/de.atom")).content
    feed = proof.parse(document)
    entry = feed.entries[0]

    assert feed.feed.id == "tag:news.example,2026:feed/de"
    assert [(link.rel, link.href) for link in feed.feed.links] == [
        ("self", "https://wire.example/feeds/de.atom"),
        ("alternate", "https://news.example/"),
    ]
    assert entry.id == "tag:news.example,2026:article/one/de"
    assert entry.published == "2026-11-23T09:00:00+00:00"
    # The fraction tells entries apart that are dated by the day.
    assert re.fullmatch(r"2026-11-23T11:00:00\.\d{6}\+00:00", entry.updated)
    assert [(tag.term, tag.label) for tag in entry.tags] == [("ai-safety", "KI-Sicherheit"), ("chips", "Chips & fabs")]
    assert [person.name for person in entry.contributors] == ["Trudi T."]
    assert [person.name for person in entry.authors] == ["Ada L.", "Grace H."]
    assert entry.source.title == "Hacker News"
    assert entry.source.id == "tag:news.example,2026:source/hacker-news"
    assert entry.source.updated == "2026-11-23T09:00:00+00:00"
    links = {link.rel: link for link in entry.links}
    assert (links["alternate"].href, links["alternate"].hreflang) == ("https://news.example/de/one", "de")
    assert (links["enclosure"].type, links["enclosure"].length) == ("image/png", "0")
    assert links["via"].href == "https://hn.example/item?id=1&x=2"
    root = proof.xml(document)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"


async def test_json_carries_all_of_it(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(new_story(language="de"), hub=["https://hub.example/"])
    feed = (await room.get("/feeds/de/topics/ai-safety.json")).json()
    item = feed["items"][0]

    assert feed["title"] == "The Daily <Bit> & Byte · KI-Sicherheit"
    assert feed["feed_url"] == "https://wire.example/feeds/de/topics/ai-safety.json"
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert feed["language"] == item["language"] == "de"
    assert item["id"] == "tag:news.example,2026:article/one/de"
    assert item["tags"] == ["KI-Sicherheit", "Chips & fabs"]
    assert item["_newswire"]["topics"] == ["ai-safety", "chips"]
    assert item["_newswire"]["translators"] == ["Trudi T."]
    assert item["date_modified"] == "2026-11-23T11:00:00+00:00"
    assert item["attachments"] == [{"url": item["image"], "mime_type": "image/png", "title": "A picture"}]


async def test_hubs_are_named_in_every_document(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(new_story(), hub=["https://hub.example/a", "https://hub.example/b"])

    for form in ("rss", "atom"):
        document = (await room.get(f"/feeds/en.{form}")).text
        assert document.count('rel="hub"') == 2


async def test_ids_know_no_host_and_no_scheme(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    here, moved = new_room(new_story()), new_room(new_story(url="http://elsewhere.example/renamed"))
    moved.public_url = "http://new.example"

    for form in FORMATS:
        one, other = (await here.get(f"/feeds/en.{form}")).text, (await moved.get(f"/feeds/en.{form}")).text
        assert "tag:news.example,2026:article/one/en" in one
        assert "tag:news.example,2026:article/one/en" in other
        assert "http://new.example/feeds/en" in other


async def test_a_body_that_fell_back_says_so(
    new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    room = new_room(
        new_story(language="ar", body_language="en", body_direction="ltr", notice="النص الكامل متاح <فقط> بالإنجليزية")
    )
    document = (await room.get("/feeds/ar.atom")).content
    entry = proof.parse(document).entries[0]
    content = proof.xml(document).find(".//{*}content")

    assert entry.content[0].language == "en"
    assert proof.xml(document).find("{*}entry").get("{http://www.w3.org/XML/1998/namespace}lang") is None
    assert content.text.startswith('<p lang="ar" dir="rtl">النص الكامل متاح &lt;فقط&gt; بالإنجليزية</p>\n')
    assert '<div lang="en" dir="ltr"><p>A <em>body</em>' in content.text
    assert '<h3 lang="ar" dir="rtl">Why' in content.text
    item = (await room.get("/feeds/ar.json")).json()["items"][0]
    assert (item["language"], item["_newswire"]["body_language"]) == ("ar", "en")


async def test_direction_stands_on_the_body(room: Any) -> None:
    item = (await room.get("/feeds/ar.json")).json()["items"][0]

    assert item["content_html"].startswith('<div lang="ar" dir="rtl">')
    assert '<h2 lang="ar" dir="rtl">أسئلة وأجوبة</h2>' in item["content_html"]


async def test_foreign_markup_cannot_close_our_wrapper(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    body = '</div><script>alert(1)</script><p onclick="x()" dir="rtl">text</p><div><img src="javascript:x">'
    room = new_room(new_story(body=body, body_format="html", questions=(), related=()))
    html = (await room.get("/feeds/en.json")).json()["items"][0]["content_html"]

    assert html.startswith('<div lang="en" dir="ltr">')
    assert html.endswith("</div>")
    assert html.count("<div") == html.count("</div>")
    assert "script" not in html
    assert "onclick" not in html
    assert "javascript" not in html
    assert "<p>text</p>" in html


@pytest.mark.parametrize("form", FORMATS)
async def test_a_story_of_nothing_but_a_title(
    form: str, new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    bare = new_story(
        summary="",
        body=None,
        topics=(),
        source=None,
        authors=(),
        translators=(),
        image=None,
        questions=(),
        related=(),
        alternates=(),
    )
    document = (await new_room(bare).get("/feeds/en." + form)).content
    proof.check(document, form)

    if form == "json":
        assert b'href=\\"https://news.example/en/one\\">Read more</a>' in document
    else:
        entry = proof.parse(document).entries[0]
        assert entry.title == "Title of one"
        assert "Read more" in entry.content[0].value


async def test_without_a_summary_rss_describes_by_the_beginning_of_the_text(
    new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    room = new_room(new_story(summary="", body="One **two** " + "three " * 100))
    entry = proof.parse((await room.get("/feeds/en.rss")).content).entries[0]

    assert entry.summary.startswith("One two three three")
    assert len(entry.summary) <= 300
    assert proof.xml((await room.get("/feeds/en.atom")).content).find("{*}entry/{*}summary") is None


async def test_nasty_titles_survive(new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any) -> None:
    title = '<b>&"]]> \u202e\u0627\u0644\u0643\u0644  &amp; <script>'
    room = new_room(new_story(title=title, summary=title))

    atom = (await room.get("/feeds/en.atom")).content
    proof.check(atom, "atom")
    # It holds a reference, so that validators would take it for HTML: then it is HTML that shows just that text.
    shown = proof.xml(atom).find("{*}entry/{*}title")
    assert (shown.get("type"), unescape(shown.text)) == ("html", title)
    rss = (await room.get("/feeds/en.rss")).content
    proof.check(rss, "rss")
    assert proof.xml(rss).findtext(".//item/title") == title
    # What follows a hexadecimal reference is text to readers that would else take a title for HTML.
    assert b"<title>&#x3C;b&gt;&#x26;" in rss
    assert proof.xml(rss).findtext(".//item/description").startswith('&lt;b&gt;&amp;"]]&gt;')
    assert (await room.get("/feeds/en.json")).json()["items"][0]["title"] == title


async def test_a_hundred_topics(new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any) -> None:
    first = new_story()
    topics = tuple(type(first.topics[0])(f"topic-{n}", f"Topic <{n}>", f"topic{n}") for n in range(100))
    room = new_room(new_story(topics=topics))

    for form in FORMATS:
        document = (await room.get(f"/feeds/en.{form}")).content
        proof.check(document, form)
        assert b"Topic <99>" in document or b"Topic &lt;99&gt;" in document
    assert (await room.get("/feeds/en/topics/topic-99.json")).json()["items"]


async def test_order_and_length_follow_the_log_and_not_the_clock(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(entries=2, hours=1)
    for number in range(6):
        at = datetime(2026, 1, 1, number // 4, 10 * number % 60, tzinfo=UTC)
        room.library.publish(new_story(f"a{number}"), at=at)
    ids = [item["url"][-2:] for item in (await room.get("/feeds/en.json")).json()["items"]]

    # The newest is of 01:50; all of the hour before it are there, though two would do.
    assert room.library.kept["en", "a5"][0].at == datetime(2026, 1, 1, 1, 50, tzinfo=UTC)
    assert ids == ["a5", "a4"]
    wide = new_room(entries=2, hours=2)
    wide.library = room.library
    wide.__post_init__()
    ids = [item["url"][-2:] for item in (await wide.get("/feeds/en.json")).json()["items"]]
    assert ids == ["a5", "a4", "a3", "a2", "a1", "a0"]


async def test_a_large_import_makes_no_endless_feed(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    stories = [new_story(f"a{number}") for number in range(9)]
    ids = [
        item["url"][-2:] for item in (await new_room(*stories, entries=2, most=4).get("/feeds/en.json")).json()["items"]
    ]
    assert ids == ["a8", "a7", "a6", "a5"]

    long = [new_story(f"a{number}", body="x" * 1_000_000) for number in range(9)]
    answer = await new_room(*long).get("/feeds/en.json")
    assert [item["url"][-2:] for item in answer.json()["items"]] == ["a8", "a7", "a6", "a5"]
    assert len(answer.content) < 5_000_000


async def test_a_feed_without_entries_is_a_feed(room: Any, proof: Any) -> None:
    for form in FORMATS:
        proof.check((await room.get(f"/feeds/ja.{form}")).content, form)
    feed = proof.parse((await room.get("/feeds/ja.atom")).content)
    assert feed.feed.updated == "2026-01-01T00:00:00+00:00"


async def test_opml_lists_what_has_articles(room: Any, proof: Any) -> None:
    answer = await room.get("/feeds.opml")
    root = proof.xml(answer.content)

    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert [group.get("text") for group in root.find("body")] == ["English", "Deutsch", "العربية"]
    german = root.find("body")[1]
    assert [outline.get("xmlUrl") for outline in german] == [
        "https://wire.example/feeds/de.atom",
        "https://wire.example/feeds/de/topics/ai-safety.atom",
        "https://wire.example/feeds/de/topics/chips.atom",
        "https://wire.example/feeds/de/sources/hacker-news.atom",
    ]
    for outline in root.iter("outline"):
        address = outline.get("xmlUrl")
        if address:
            assert outline.get("language") in {"en", "de", "ar"}
            assert (await room.get(address.removeprefix("https://wire.example"))).status_code == 200
