"""The pages for people: languages, links, structure; and that a browser shows them as they are meant."""

from __future__ import annotations

import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from lxml import html  # type: ignore[import-untyped]  # lxml has no types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage

    from newswire.api import Story

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-quic"
).split()


@pytest.mark.parametrize(
    ("path", "accept", "language", "direction"),
    [
        ("/", "", "en", "ltr"),
        ("/", "ar-EG, en;q=0.5", "ar", "rtl"),
        ("/?lang=ja", "ar", "ja", "ltr"),
        ("/?lang=ZH_hans", "", "zh-Hans", "ltr"),
        ("/?lang=fr", "de-CH", "de", "ltr"),
        ("/?x=1&lang=ar&y", "", "ar", "rtl"),
        ("/?lang=%3Cscript%3E", "", "en", "ltr"),
    ],
)
async def test_the_language_of_the_front_page(path: str, accept: str, language: str, direction: str, room: Any) -> None:
    answer = await room.get(path, accept_language=accept)
    page = html.fromstring(answer.content)

    assert answer.status_code == 200
    assert answer.headers["vary"] == "Accept-Encoding, Accept-Language"
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


async def test_the_front_page_lists_what_there_is(room: Any) -> None:
    page = html.fromstring((await room.get("/?lang=en")).content)

    assert [" ".join(link.text_content().split()) for link in page.xpath("//nav//a")][:3] == [
        "English 2",
        "Deutsch 1",
        "العربية 1",
    ]
    assert page.xpath("//section[@aria-labelledby='topics']//li/span[@class='name']/text()") == [
        "AI safety",
        "Chips & fabs",
    ]
    assert page.xpath("//section[@aria-labelledby='sources']//a/@href") == [
        f"/feeds/en/sources/hacker-news.{form}" for form in ("rss", "atom", "json")
    ]
    assert page.xpath("//ol/li/h3/a/text()") == ["Title of one", "Title of two"]
    assert page.xpath("//a[@href='/feeds.opml']")
    channels = [
        " ".join(item.text_content().split()) for item in page.xpath("//section[@aria-labelledby='channels']//li")
    ]
    assert channels == [
        "Mastodon: everything English, العربية · (ai-safety & chips) | !empty",
        "Telegram: Chips auf Deutsch Deutsch · AI safety, Chips & fabs",
    ]
    assert page.xpath("//section[@aria-labelledby='channels']//a/@href") == ["https://t.me/chips"]


async def test_every_local_link_leads_somewhere(room: Any) -> None:
    page = html.fromstring((await room.get("/?lang=ar")).content)
    links = {link for link in page.xpath("//@href") if link.startswith("/")}

    assert len(links) > 20
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


@pytest.mark.parametrize("path", ["/", "/?lang=ar", "/feeds/de/topics/nothing.rss"])
async def test_structure_that_assistive_technology_needs(path: str, room: Any) -> None:
    page = html.fromstring((await room.get(path)).content)

    assert page.xpath("count(//main)") == page.xpath("count(//h1)") == page.xpath("count(//header)") == 1
    assert page.xpath("//body/a[1]/@href") == ["#content"]
    levels = [int(heading.tag[1]) for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    for label in page.xpath("//@aria-labelledby"):
        assert label in names
    feeds = page.xpath("//main//span[@class='formats']/a/@aria-label")
    assert len(feeds) == len(set(feeds)) > 2


async def test_the_front_page_is_conditional_too(room: Any) -> None:
    first = await room.get("/", accept_encoding="gzip")

    assert first.headers["content-encoding"] == "gzip"
    again = await room.get("/", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert again.status_code == 304
    other = await room.get("/?lang=de", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert other.status_code == 200


@pytest.fixture
def served(room: Any) -> Iterator[str]:
    """The application behind a real server."""
    server = uvicorn.Server(uvicorn.Config(room.app, port=0, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def note(complaints: list[str], message: ConsoleMessage) -> None:
    complaints.append(message.text)


LUMINANCE = """() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const paper = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => {
      const [a, b] = [light(numbers(getComputedStyle(e).color)), light(paper(e))].sort((x, y) => y - x);
      return [e.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05)];
    });
}"""


@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium (Debian: apt install chromium)")
def test_in_a_browser(served: str) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        for scheme in ("light", "dark"):
            for width in (320, 1200):
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme="light" if scheme == "light" else "dark",
                    java_script_enabled=True,
                )
                page = context.new_page()
                complaints: list[str] = []
                page.on("console", partial(note, complaints))
                page.goto(f"{served}/?lang=ar")
                assert complaints == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
                # WCAG 2.2, 1.4.3: text stands out from its ground by 4.5 to 1 at least.
                assert [entry for entry in page.evaluate(LUMINANCE) if entry[1] < 4.5] == []
                page.keyboard.press("Tab")
                assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
                assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]  # it is shown
                context.close()
        quiet = browser.new_context(java_script_enabled=False).new_page()
        quiet.goto(served)
        quiet.get_by_role("link", name="Deutsch").first.click()
        assert quiet.url == f"{served}/?lang=de"
        assert quiet.get_by_role("heading", level=1).inner_text() == "Feeds"
        assert quiet.get_by_role("link", name="RSS: KI-Sicherheit").get_attribute("href") == (
            "/feeds/de/topics/ai-safety.rss"
        )
        browser.close()
