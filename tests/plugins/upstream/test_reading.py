"""Feeds as they are: every form, every oddity the facts name, and what becomes of an item."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Arrival, Article, Left, Problem, Taxonomy, Topic
from newswire_upstream.dates import read_date
from newswire_upstream.document import NoFeed
from newswire_upstream.feeds import feeds_of
from newswire_upstream.opml import read_opml
from newswire_upstream.options import UpstreamOptions
from newswire_upstream.reading import read_feed
from newswire_upstream.reception import receive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADDRESS = "https://blog.example/feed"
TAXONOMY = Taxonomy({"ai": Topic(aliases=("Artificial Intelligence",)), "chips": Topic()})
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def delivered(body: bytes, content_type: str = "text/xml", known: Any = None, **options: Any) -> list[Any]:
    chosen = UpstreamOptions.model_validate({"url": ADDRESS, **options})
    (feed,) = feeds_of("hn", chosen, TAXONOMY)
    document = read_feed(body, address=ADDRESS, content_type=content_type)
    languages = ("en", "de", "ar", "ru", "ja", "fr", "zh-Hans")
    found = receive(
        feed, document, known or {}, options=chosen, taxonomy=TAXONOMY, languages=languages, now=NOW, news=True
    )
    return found.delivered


def articles(body: bytes, **options: Any) -> list[Article]:
    """The articles of a feed, in its order."""
    found = delivered(body, **options)
    assert all(isinstance(one, Arrival) for one in found), found
    return [one.article for one in reversed(found)]


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://blog.example/x/">
<title>Ein Blog</title><id>tag:a,2026:f</id><updated>2026-11-23T07:00:00Z</updated>
<entry xml:lang="ar"><id>tag:a,2026:1</id><title type="text">How &lt;b&gt; broke a feed</title>
<link href="p1?utm_source=feed&amp;id=7#top"/><link rel="enclosure" type="image/png" href="i.png" length="3"/>
<updated>2026-11-23T09:00:00Z</updated><published>2026-11-23T07:00:00+01:00</published><summary>Kurz.</summary>
<content type="xhtml" xml:base="sub/">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Hi <a href="q">q</a></p></div></content>
<author><name>N</name></author><category term="artificial intelligence"/><category term="unknown"/></entry>
<entry><id>tag:a,2026:2</id><title type="html">A &amp;lt; B &lt;i&gt;C&lt;/i&gt;</title><link href="p2"/>
<updated>2026-11-23T07:00:00Z</updated></entry></feed>"""


def test_atom() -> None:
    first, second = articles(ATOM.encode())
    edition = first.original
    assert (edition.language, edition.title, edition.summary) == ("ar", "How <b> broke a feed", "Kurz.")
    assert edition.url == "https://blog.example/x/p1?id=7#top"
    assert edition.body == '<p>Hi <a href="https://blog.example/x/sub/q">q</a></p>'
    assert (first.topics, first.authors, first.source and first.source.name) == (("ai",), ("N",), "Ein Blog")
    assert (first.image and first.image.url, first.image and first.image.length) == ("https://blog.example/x/i.png", 3)
    assert (first.published, first.updated) == (
        datetime(2026, 11, 23, 6, tzinfo=UTC),
        datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    assert (second.original.language, second.original.title) == ("de", "A < B C")


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A Feed",
        "language": "en-US",
        "home_page_url": "https://blog.example/",
        "authors": [{"name": "Ann"}],
        "items": [
            {
                "id": 7,
                "url": "https://blog.example/7",
                "title": "T <b>",
                "content_html": "<p onclick='x'>Hi</p><script>bad()</script>",
                "date_published": "2026-11-23T07:00:00-05:00",
                "tags": ["chips", 3],
                "image": "https://blog.example/7.png",
                "language": "fr",
            },
            {"id": "8", "url": "https://blog.example/8", "content_text": "Just <words> & more.\n\nTwice."},
            "no item",
            {"id": "9", "url": 9, "content_text": "nowhere"},
        ],
    }
    found = delivered(json.dumps(feed).encode(), "application/feed+json")
    seven, eight, nine = (one.article for one in reversed(found))
    assert (seven.original.language, seven.original.title, seven.topics) == ("fr", "T <b>", ("chips",))
    assert (seven.original.body, seven.image and seven.image.type) == ("<p>Hi</p>", "image/png")
    assert (eight.original.language, eight.authors) == ("en", ("Ann",))
    assert eight.original.body == "<p>Just &lt;words&gt; &amp; more.</p><p>Twice.</p>"
    assert eight.original.title.startswith("Just <words> & more. Twice.")
    assert nine.original.url == "https://blog.example/"


def test_rss_with_everything(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    (one,) = articles(
        rss(
            item(
                "one",
                title="A <b>bold</b> move & more",
                link="/one?fbclid=1",
                author="ann@blog.example (Ann Author)",
                category="Artificial Intelligence",
                content__encoded='<p>Long.</p><img src="/i.png" alt="An eye"><img src="/t.gif" width="1" height="1">',
                dc__language="de-AT",
            )
        )
    )
    edition = one.original
    assert (edition.language, edition.title, edition.summary) == ("de", "A bold move & more", "All about one.")
    assert edition.url == "https://blog.example/one"
    assert edition.body == '<p>Long.</p><img src="https://blog.example/i.png" alt="An eye">'
    assert (one.authors, one.topics) == (("Ann Author",), ("ai",))
    assert one.image
    assert (one.image.url, one.image.alt) == ("https://blog.example/i.png", "An eye")


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("windows-1251", True, "Привет, мир"),
        ("utf-16", True, "Grüße"),
        ("shift_jis", True, "日本語のニュース"),
        ("gb2312", True, "中文新闻"),
        ("utf-8", False, "Grüße"),
        ("windows-1251", False, "Сегодня в городе открыли новую библиотеку и большой читальный зал для всех"),
    ],
)
def test_encodings(encoding: str, declared: bool, text: str) -> None:  # noqa: FBT001  # a row of the table
    head = f'<?xml version="1.0" encoding="{encoding}"?>' if declared else '<?xml version="1.0"?>'
    body = f"{head}<rss version='2.0'><channel><title>{text}</title><language>ru</language><item><title>{text}</title>"
    body += f"<link>https://blog.example/1</link><description>{text}. {text}.</description></item></channel></rss>"
    (one,) = articles(body.encode(encoding), content_type="application/rss+xml")
    assert one.original.title == text


def test_what_stands_before_the_declaration(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    assert len(articles(b"\r\n  \n" + rss(item("one")))) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 23 Nov 2026 07:00:00 +0100", "2026-11-23T06:00"),
        ("Mon, 23 Nov 2026 07:00:00 EST", "2026-11-23T12:00"),
        ("Lun, 23 nov 2026 07:00:00 +0100", "2026-11-23T06:00"),
        ("2026-11-23T07:00:00Z", "2026-11-23T07:00"),
        ("2026-11-23 07:00:00 UTC", "2026-11-23T07:00"),
        ("2026-11-23 07:00:00 CEST", "2026-11-23T05:00"),
        ("November 23, 2026 7:00 am", "2026-11-23T07:00"),
        ("2026-11-23", "2026-11-23T00:00"),
        ("31 Feb 2026", None),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
        ("07:00", None),
        ("23", None),
        ("Monday", None),
        ("9" * 90, None),
        ("", None),
    ],
)
def test_dates(written: str, read: str | None) -> None:
    found = read_date(written)
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == read


def test_dates_that_cannot_be(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    future, epoch = articles(
        rss(item("a", pubDate="Mon, 23 Nov 2099 07:00:00 GMT"), item("b", pubDate="Thu, 01 Jan 1970 00:00:00 GMT"))
    )
    assert (future.published, epoch.published) == (NOW, None)


def test_languages(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    unsaid = rss(item("one"), head="")
    (problem,) = delivered(unsaid)
    assert isinstance(problem, Problem)
    assert "option language" in str(problem)
    assert articles(unsaid, language="de")[0].original_language == "de"
    (left,) = delivered(rss(item("one"), head="<language>fi</language>"))
    assert isinstance(left, Left)
    said = rss(item("one"), head="<language>en-us</language>")
    assert articles(said, language="de")[0].original_language == "en"
    assert articles(said, language="de", trust_language=False)[0].original_language == "de"
    assert articles(rss(item("one"), head="<language>zh_CN</language>"))[0].original_language == "zh-Hans"
    assert (
        articles(rss(item("one"), head="<language>gibberish!</language>"), language="fr")[0].original_language == "fr"
    )


def test_items_without_ids_and_with_ids_that_are_not_theirs(
    rss: Callable[..., bytes], item: Callable[..., str]
) -> None:
    same = rss(
        item("a", guid="1"), item("b", guid="1"), item("c", guid=""), item("d", guid="", link=""), item("a", guid="1")
    )
    ids = [one.id for one in articles(same)]
    assert len(set(ids)) == len(ids) == 4
    assert [one.id for one in articles(same)] == ids


def test_an_id_that_is_used_again(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    chosen = UpstreamOptions.model_validate({"url": ADDRESS})
    (feed,) = feeds_of("hn", chosen, TAXONOMY)

    def once(known: Any, *items: str) -> Any:
        document = read_feed(rss(*items), address=ADDRESS)
        return receive(feed, document, known, options=chosen, taxonomy=TAXONOMY, languages=("en",), now=NOW, news=True)

    first = once({}, item("monday", guid="daily"))
    corrected = once(first.items, item("monday", "A better title", guid="daily"))
    moved = once(corrected.items, item("monday", "A better title", guid="daily", link="https://blog.example/moved"))
    other = once(moved.items, item("tuesday", guid="daily"))
    again = once(other.items, item("tuesday", guid="daily"))
    (one,), (two,), (three,), (four,) = (each.delivered for each in (first, corrected, moved, other))
    assert one.article.id == two.article.id == three.article.id != four.article.id
    assert again.delivered == []


@pytest.mark.parametrize("body", [b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:1/inside"])
def test_a_document_is_never_taken_for_a_place(body: bytes) -> None:
    with pytest.raises(NoFeed, match="no RSS"):
        read_feed(body, address=ADDRESS)


def test_entities_are_not_expanded_and_files_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open-sesame", "utf-8")
    inside = f'<!ENTITY x SYSTEM "file://{tmp_path}/secret">'
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    for declared, used in ((f'<!ENTITY e0 "lol">{bomb}', "&e9;"), (inside, "&x;")):
        body = (
            f"<?xml version='1.0'?><!DOCTYPE rss [{declared}]><rss version='2.0'><channel><title>t</title>"
            f"<language>en</language><item><title>T</title><link>https://blog.example/1</link>"
            f"<description>{used}</description></item></channel></rss>"
        )
        try:
            found = str(delivered(body.encode()))
        except NoFeed:
            continue
        assert len(found) < 10_000
        assert "open-sesame" not in found


def test_what_an_item_brings_can_do_no_harm(rss: Callable[..., bytes], item: Callable[..., str]) -> None:
    evil = '<a href="javascript:x()">a</a><img src=x onerror=y()><svg onload=z()><iframe src="//e.example"></iframe>'
    body = rss(
        item("one", "x" * 5000, description=evil + "\x07\ufffe", content__encoded=evil * 50 + "<div>" * 5000),
        item("two", "\u0000", link="javascript:alert(1)"),
        item("three", link="https://blog.example/a b"),
    )
    found = {one.article.original.url: one.article for one in delivered(body) if isinstance(one, Arrival)}
    one = found["https://blog.example/one"].original
    assert not {"javascript", "onerror", "onload", "iframe", "svg"} & set((one.body or "").replace("=", " ").split())
    assert "javascript:" not in (one.body or "")
    assert len(one.title) <= 1000
    assert "https://blog.example/a%20b" in found


def test_opml() -> None:
    listed = read_opml(
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="Artificial Intelligence">'
        '<outline text="A &amp; B" xmlUrl="https://a.example/feed" category="/x/chips" language="de"/></outline>'
        '<outline text="C" xmlurl="https://c.example/feed"/><outline text="C2" xmlUrl="https://c.example/feed"/>'
        "</body></opml>"
    )
    assert [(one.address, one.title) for one in listed] == [
        ("https://a.example/feed", "A & B"),
        ("https://c.example/feed", "C"),
    ]
    feeds = feeds_of("list", UpstreamOptions.model_construct(opml=listed, language="en"), TAXONOMY)
    assert [(feed.source, feed.language, feed.topics) for feed in feeds] == [
        ("A & B", "de", ("chips", "ai")),
        ("C", "en", ()),
    ]
    for wrong in ("", "<html/>", "<opml/>", "words"):
        with pytest.raises(ValueError, match=r"OPML|feed"):
            read_opml(wrong)
