"""The pages for people: languages, links, structure."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html  # type: ignore[import-untyped]  # lxml has no types

from newswire.api import ChannelListing, StoryTopic
from newswire_feeds.words import _table

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story


@pytest.mark.parametrize(
    ("path", "accept", "language", "direction"),
    [
        ("/", "", "en", "ltr"),
        ("/", "ar-EG, en;q=0.5", "ar", "rtl"),
        ("/?lang=ja", "ar", "ja", "ltr"),
        ("/?lang=zh-Hans", "de", "zh-Hans", "ltr"),
    ],
)
async def test_the_language_of_the_front_page(path: str, accept: str, language: str, direction: str, room: Any) -> None:
    answer = await room.get(path, accept_language=accept)
    page = html.fromstring(answer.content)

    assert answer.status_code == 200
    assert answer.headers["vary"] == ("Accept-Encoding" if "lang" in path else "Accept-Encoding, Accept-Language")
    assert answer.headers["content-language"] == language
    assert (page.get("lang"), page.get("dir")) == (language, direction)
    assert page.xpath("//nav//a[@aria-current]/@href") == [f"/?lang={language}"]


async def test_a_language_the_pages_do_not_speak_is_not_claimed(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story(language="sw"))
    room.site = room.site.model_copy(update={"languages": ("sw", "ur"), "default_language": "sw"})
    room.__post_init__()
    page = html.fromstring((await room.get("/?lang=ur")).content)

    assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
    assert page.xpath("//nav//a[@lang='ur']/@dir") == ["rtl"]


@pytest.mark.parametrize(
    "language", "en ja zh zh-Hant es pt pt-PT ko ru fr de cs hi uk ar fa zh-Hans it nl pl tr he".split()
)
async def test_every_page_speaks_the_language_of_its_feed(
    language: str, new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story(language=language))
    room.site = room.site.model_copy(update={"languages": (language, "eo"), "default_language": "eo"})
    room.__post_init__()
    for path in (f"/?lang={language}", f"/feeds/{language}.atom", f"/feeds/{language}/topics/none.atom"):
        answer = await room.get(path, sec_fetch_dest="document", accept_language="sw")
        page = html.fromstring(answer.content)
        spoken = page.get("lang")
        assert spoken.split("-")[0] == language.split("-", maxsplit=1)[0]
        assert answer.headers["content-language"] == spoken
        assert page.get("dir") == ("rtl" if language in {"ar", "fa", "he"} else "ltr")
        # Nothing is left to a fallback: whatever is no name and no address is in the page's language.
        texts = {
            " ".join(text.split()) for text in page.xpath("//h2//text() | //a[@class='skip']/text() | //button/text()")
        }
        english = {*_table()["en"].values(), "Topics", "Languages", "Channels"} - {*_table()[spoken].values()}
        assert language == "en" or not texts & english


async def test_discovery_names_the_own_language_first(room: Any) -> None:
    page = html.fromstring((await room.get("/?lang=de")).content)
    links = page.xpath("//head/link[@rel='alternate']")

    assert [(link.get("hreflang"), link.get("type"), link.get("href")) for link in links[:3]] == [
        ("de", "application/rss+xml", "/feeds/de.rss"),
        ("de", "application/atom+xml", "/feeds/de.atom"),
        ("de", "application/feed+json", "/feeds/de.json"),
    ]
    assert [link.get("hreflang") for link in links[3:]] == ["en"] * 3 + ["ar"] * 3
    assert links[0].get("title") == "The Daily <Bit> & Byte · Deutsch (RSS)"


@pytest.mark.parametrize(
    ("asked", "accept", "page"),
    [
        ("/?lang=ZH_hans", "", "/?lang=zh-Hans"),
        ("/?lang=fr", "de-CH", "/"),
        ("/?x=1&lang=ar&y", "", "/?lang=ar"),
        ("/?lang=%3Cscript%3E", "", "/"),
        ("/?utm_source=x", "", "/"),
        # What the form sends.
        ("/?lang=de&source=", "", "/?lang=de"),
        ("/?lang=en&topics=chips&topics=ai-safety&source=", "", "/?lang=en&topics=ai-safety,chips"),
        ("/?lang=en&source=hacker-news", "", ""),
        # What people write.
        ("/?topics=chips", "ar", "/?lang=ar&topics=chips"),
        ("/?lang=en&topics=Alignment,nothing,chips,chips", "", "/?lang=en&topics=ai-safety,chips"),
        ("/?lang=en&source=Hacker%20News", "", "/?lang=en&source=hacker-news"),
        ("/?lang=en&source=nobody", "", "/?lang=en"),
    ],
)
async def test_a_choice_has_one_address(asked: str, accept: str, page: str, room: Any) -> None:
    answer = await room.get(asked, accept_language=accept)

    assert (answer.status_code, answer.headers.get("location", "")) == (303 if page else 200, page)
    assert (await room.get(page or asked)).status_code == 200


async def test_the_front_page_lists_what_there_is(room: Any) -> None:
    page = html.fromstring((await room.get("/?lang=en")).content)

    assert [words(link) for link in page.xpath("//nav//a")][:3] == ["English 2", "Deutsch 1", "العربية 1"]
    assert [words(chip) for chip in page.xpath("//form//label[@class='chip']")] == ["AI safety 2", "Chips & fabs 2"]
    assert page.xpath("//form//select/option/@value") == ["", "hacker-news"]
    assert page.xpath("//ol/li/h3/a/text()") == ["Title of one", "Title of two"]
    assert page.xpath("//a[@href='/feeds.opml']")
    assert page.xpath("//section[@class='yours']//li/a/@href") == ["/feeds/en.rss", "/feeds/en.atom", "/feeds/en.json"]
    assert words(page.xpath("//p[@class='title']")[0]) == "All articles · English"


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


async def test_a_choice_gives_its_feed_its_articles_and_its_file(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    chips = (StoryTopic("chips", "Chips & fabs", "Chips"),)
    room = new_room(new_story("a", topics=()), new_story("b", topics=chips), new_story("c", source=None))
    page = html.fromstring((await room.get("/?lang=en&topics=ai-safety,chips&source=hacker-news")).content)

    assert words(page.xpath("//p[@class='title']")[0]) == "AI safety or Chips & fabs · Hacker News"
    assert [link.get("href") for link in page.xpath("//section[@class='yours']//li/a")] == [
        f"/feeds/en.{form}?topics=ai-safety,chips&source=hacker-news" for form in ("rss", "atom", "json")
    ]
    assert words(page.xpath("//section[@class='yours']//li/a/span[@class='url']")[0]) == (
        "https://wire.example/feeds/en.rss?topics=ai-safety,chips&source=hacker-news"
    )
    assert page.xpath("//form//input[@type='checkbox'][@checked]/@value") == ["ai-safety", "chips"]
    assert page.xpath("//form//option[@selected]/@value") == ["hacker-news"]
    assert page.xpath("//ol/li/h3/a/text()") == ["Title of b"]
    assert page.xpath("//head/link[@rel='alternate'][1]/@href") == [
        "/feeds/en.rss?topics=ai-safety,chips&source=hacker-news"
    ]
    # The choice goes along into another language.
    assert page.xpath("//nav//a[@lang='de']/@href") == ["/?lang=de&topics=ai-safety,chips&source=hacker-news"]
    (file,) = page.xpath("//section[@class='yours']/p[@class='opml']/a/@href")
    outlines = etree.fromstring((await room.get(file)).content).xpath("//outline/@xmlUrl")
    assert [url.removeprefix("https://wire.example/feeds/") for url in outlines] == [
        "en.atom?topics=ai-safety,chips&source=hacker-news",
        "en/topics/ai-safety.atom",
        "en/topics/chips.atom",
        "en/sources/hacker-news.atom",
    ]
    everything = (await room.get("/feeds.opml?lang=en")).content
    assert b"/feeds/en.atom" in everything
    assert b"/feeds/de.atom" not in everything


async def test_what_was_chosen_stays_so_where_there_is_nothing_of_it(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story(topics=()), new_story("b", "de", topics=(), source=None))
    page = html.fromstring((await room.get("/?lang=de&topics=ai-safety,chips&source=hacker-news")).content)

    assert [words(chip) for chip in page.xpath("//label[@class='chip']")] == ["KI-Sicherheit 0", "Chips & fabs 0"]
    assert len(page.xpath("//input[@checked]")) == 2
    assert page.xpath("//option[@selected]/text()") == ["Hacker News (0)"]
    assert page.xpath("//section[@class='newest']/p/text()") == ["In dieser Sprache ist noch nichts erschienen."]


@pytest.mark.parametrize(
    ("path", "channels"),
    [
        ("/?lang=en", ["Mastodon social.example/@news English, العربية · (ai-safety & chips) | !empty"]),
        ("/?lang=de", ["Telegram t.me/chips Deutsch · KI-Sicherheit, Chips & fabs", "Telegram t.me/all Deutsch"]),
        (
            "/?lang=de&topics=chips",
            ["Telegram t.me/chips Deutsch · KI-Sicherheit, Chips & fabs", "Telegram t.me/all Deutsch"],
        ),
        ("/?lang=de&topics=empty", ["Telegram t.me/all Deutsch"]),
        ("/?lang=en&topics=empty", []),
        ("/?lang=ja", []),
    ],
)
async def test_the_channels_that_fit(
    path: str, channels: list[str], new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    room = new_room(new_story(), new_story(language="de"))
    room.channels = (
        ChannelListing("chips", "telegram", ("de",), "ai-safety | chips", "https://t.me/chips"),
        ChannelListing("all", "telegram", ("de",), None, "https://t.me/all"),
        ChannelListing(
            "some", "mastodon", ("en", "ar"), "(ai-safety & chips) | !empty", "https://social.example/@news"
        ),
        ChannelListing("private", "telegram", ("en",), None, None),  # nobody can follow it
    )
    page = html.fromstring((await room.get(path)).content)

    assert [words(item) for item in page.xpath("//ul[@class='channels']/li")] == channels


async def test_many_topics_are_folded_but_those_chosen_are_not(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    many = tuple(StoryTopic(f"topic-{number}", f"Topic {number}", "t") for number in range(100))
    room = new_room(new_story(topics=many))
    page = html.fromstring((await room.get("/?lang=en&topics=topic-99")).content)

    assert len(page.xpath("//fieldset/div//input")) == 36
    assert page.xpath("//fieldset/div//input[@checked]/@value") == ["topic-99"]
    assert words(page.xpath("//summary")[0]) == "+ 64 · Topics"
    assert len(page.xpath("//input[@name='topics']")) == 100


@pytest.mark.parametrize(
    "path", ["/feeds/ar.rss", "/feeds/ar/topics/ai-safety.atom", "/feeds/ar/sources/hacker-news.json"]
)
async def test_a_browser_that_goes_to_a_feed_gets_a_page(path: str, room: Any) -> None:
    feed = await room.get(path)
    answer = await room.get(path, sec_fetch_dest="document", accept_encoding="gzip")
    page = html.fromstring(answer.content)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == feed.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert answer.headers["etag"] != feed.headers["etag"]
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    stem = path.rpartition(".")[0]
    assert page.xpath("//section[@class='yours']//li/a/@href") == [f"{stem}.{form}" for form in ("rss", "atom", "json")]
    assert page.xpath("//head/link[@rel='alternate']/@href") == page.xpath("//section[@class='yours']//li/a/@href")
    assert page.xpath("//ol/li/h3/a/text()") == ["Title of one"]
    again = await room.get(
        path, sec_fetch_dest="document", accept_encoding="gzip", if_none_match=answer.headers["etag"]
    )
    assert again.status_code == 304
    # What a page or a reader fetches is the feed.
    for destination in ("empty", "iframe", "", "Document"):
        assert (await room.get(path, sec_fetch_dest=destination)).content == feed.content


async def test_a_digest_has_a_page(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.publish("one", "de", title="Heute")
    page = html.fromstring((await room.get("/feeds/de.atom?digest=daily", sec_fetch_dest="document")).content)

    assert page.xpath("//section[@class='yours']//li/a/@href")[1] == "/feeds/de.atom?digest=daily"
    assert page.xpath("//ol/li/h3/a/text()") == ["Heute"]
    (chosen,) = page.xpath("//section[@class='yours']/p[@class='opml']/a/@href")
    assert chosen == "/?lang=de"
    assert (await room.get(chosen)).status_code == 200


async def test_pages_lead_to_the_archive_and_say_how_much_is_in_it(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    for key, days in (("a", 0), ("b", 0), ("c", 40)):
        room.time += timedelta(days=days)
        room.publish(key, "de", topics=["chips"] if key != "b" else [])
    for path, feed in (("/?lang=de", "de"), ("/feeds/de.rss", "de")):
        page = html.fromstring((await room.get(path, sec_fetch_dest="document")).content)
        links = page.xpath("//nav[@class='archive']//a")
        assert [words(link) for link in links] == ["Januar 2027 1", "November 2026 2"], path
        assert [link.get("href").rpartition(".")[0] for link in links] == [
            f"/feeds/{feed}/archive/2027/01",
            f"/feeds/{feed}/archive/2026/11",
        ]
        for link in links:
            assert (await room.get(link.get("href"), sec_fetch_dest="document")).status_code == 200
    # Of a topic the months are known, and how much is in them is not.
    page = html.fromstring((await room.get("/feeds/de/topics/chips.rss", sec_fetch_dest="document")).content)
    assert [words(link) for link in page.xpath("//nav[@class='archive']//a")] == ["Januar 2027", "November 2026"]
    outlines = etree.fromstring((await room.get("/feeds.opml")).content).xpath("//outline[@type='rss']")
    assert [(outline.get("text"), outline.get("title")) for outline in outlines][:2] == [
        ("Deutsch (3)", "The Daily <Bit> & Byte · Deutsch"),
        ("Chips & fabs (2)", "The Daily <Bit> & Byte · Chips & fabs"),
    ]


async def test_a_topic_leads_to_those_that_go_with_it(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    for number in range(6):
        room.publish(f"a{number}", "de", topics=["chips", "ai-safety"] if number % 2 else ["films"])
    page = html.fromstring((await room.get("/?lang=de&topics=chips")).content)
    (link,) = page.xpath("//nav[@class='beside']//a")
    assert (words(link), link.get("href")) == ("KI-Sicherheit", "/?lang=de&topics=ai-safety,chips")
    assert (await room.get(link.get("href"))).status_code == 200
    page = html.fromstring((await room.get("/feeds/de/topics/chips.rss", sec_fetch_dest="document")).content)
    assert page.xpath("//nav[@class='beside']//a/@href") == ["/feeds/de/topics/ai-safety.rss"]
    for path in ("/?lang=de", "/?lang=de&topics=films", "/feeds/de.rss"):
        page = html.fromstring((await room.get(path, sec_fetch_dest="document")).content)
        assert page.xpath("//nav[@class='beside']") == [], path


async def test_a_month_that_is_over_has_a_page(newsroom: Callable[..., Any]) -> None:
    room = newsroom()
    room.publish("old", "de", title="Im Oktober")
    room.time += timedelta(days=40)
    room.publish("new", "de", title="Im Januar")
    (path,) = re.findall(r"/feeds/de/archive/\d+/\d+\.atom", (await room.get("/feeds/de.atom")).text)
    page = html.fromstring((await room.get(path, sec_fetch_dest="document")).content)

    assert page.xpath("//ol/li/h3/a/text()") == ["Im Oktober"]
    assert page.xpath("//h2/text()") == ["Feeds", "November 2026", "Archiv"]
    assert page.xpath("//section[@class='yours']//li/a/@href")[1] == "/feeds/de.atom"
    missing = await room.get("/feeds/de/archive/1999/01.atom", sec_fetch_dest="document")
    assert missing.status_code == 404


async def test_an_entry_in_another_language_says_so_on_the_page(
    new_room: Callable[..., Any], new_story: Callable[..., Story]
) -> None:
    told = new_story(language="de", notice="Bisher nur auf Englisch", body_language="en")
    page = html.fromstring((await new_room(told).get("/feeds/de.atom", sec_fetch_dest="document")).content)

    (notice,) = page.xpath("//p[text()='Bisher nur auf Englisch']")
    assert notice.get("lang") == "de"


@pytest.mark.parametrize("path", ["/?lang=ar", "/feeds/en/topics/chips.atom"])
async def test_every_local_link_leads_somewhere(path: str, room: Any) -> None:
    page = html.fromstring((await room.get(path, sec_fetch_dest="document")).content)
    links = {link for link in page.xpath("//@href") if link.startswith("/")}

    assert len(links) > 5
    for link in links:
        assert (await room.get(link)).status_code == 200, link


async def test_only_the_newest_ten_headlines(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    room = new_room(*(new_story(f"a{number}") for number in range(25)))
    page = html.fromstring((await room.get("/")).content)

    assert page.xpath("//ol/li/h3/a/text()") == [f"Title of a{number}" for number in range(24, 14, -1)]


async def test_an_empty_room_has_a_front_page(new_room: Callable[..., Any]) -> None:
    page = html.fromstring((await new_room().get("/?lang=de")).content)

    assert "In dieser Sprache ist noch nichts erschienen." in page.text_content()


async def test_titles_are_text(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> None:
    title = '<script>alert("x")</script>&amp;'
    answer = await new_room(new_story(title=title)).get("/")
    page = html.fromstring(answer.content)

    assert page.xpath("//ol/li/h3/a/text()") == [title]
    assert not page.xpath("//script")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/?lang=ar", "/feeds/de/topics/nothing.rss", "/feeds/ar.atom"])
async def test_structure_that_assistive_technology_needs(path: str, room: Any) -> None:
    page = html.fromstring((await room.get(path, sec_fetch_dest="document")).content)

    assert page.xpath("count(//main)") == page.xpath("count(//h1)") == page.xpath("count(//header)") == 1
    assert page.xpath("//body/a[1]/@href") == ["#content"]
    levels = [int(heading.tag[1]) for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    for label in page.xpath("//@aria-labelledby"):
        assert label in names
    for field in page.xpath("//input[@type='checkbox']"):
        assert field.getparent().tag == "label"


async def test_the_front_page_is_conditional_too(room: Any) -> None:
    first = await room.get("/", accept_encoding="gzip")

    assert first.headers["content-encoding"] == "gzip"
    again = await room.get("/", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert again.status_code == 304
    other = await room.get("/?lang=de", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert other.status_code == 200
