"""The pages in a real browser: what it asks for, what it shows, and what axe-core says of it."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types

from newswire.api import ChannelListing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

    from newswire.api import Story

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-quic"
).split()
PATHS = ("/?lang=de&topics=ai-safety,chips", "/?lang=ar", "/feeds/ar.atom", "/feeds/de/topics/ai-safty.rss")
# WCAG 2.2, 2.5.8: a target of 24 by 24 pixels at least, unless it stands in a line of text or is not to be seen.
SMALL = """() => [...document.querySelectorAll("a, button, select, summary, label.chip")]
  .filter(e => !e.closest(".skip, h3, .intro, p:not(.opml, .buttons)"))
  .map(e => [e.textContent.trim().slice(0, 40), e.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24)
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""
# 2.4.7: what has the focus looks different.
UNSEEN = """() => {
  const e = document.activeElement;
  const shown = e.closest("label") || e;
  return getComputedStyle(shown).outlineStyle === "none" ? e.outerHTML : "";
}"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium (apt install chromium)")


@pytest.fixture
def served(new_room: Callable[..., Any], new_story: Callable[..., Story]) -> Iterator[str]:
    """The application behind a real server."""
    room = new_room(
        new_story("two"),
        new_story("one", "ar"),
        new_story("one", "de", notice="Bisher nur auf Englisch", body_language="en"),
        new_story("a" * 60, "de", topics=()),
        new_story("one"),
    )
    room.channels = (ChannelListing("chips", "telegram", ("de", "ar"), "ai-safety | chips", "https://t.me/chips"),)
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


@pytest.fixture
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


def note(complaints: list[str], message: ConsoleMessage) -> None:
    complaints.append(message.text)


def opened(browser: Browser, url: str, *, width: int, dark: bool) -> Page:
    """A page, of which the browser had nothing to complain."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", partial(note, complaints))
    answer = page.goto(url)
    assert answer is not None
    if answer.ok:  # else the browser says that it was not
        assert complaints == []
    return page


def test_nothing_is_in_anybodys_way(browser: Browser, served: str) -> None:
    for path in PATHS:
        for width, dark in ((320, False), (1200, True)):
            page = opened(browser, served + path, width=width, dark=dark)
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], (path, width, dark)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(SMALL) == [], (path, width)
            rightwards = page.evaluate("getComputedStyle(document.querySelector('h1')).direction")
            assert rightwards == ("rtl" if "ar" in path.replace("topics", "") and "lang=de" not in path else "ltr")
            page.context.close()


def test_the_keyboard_is_enough(browser: Browser, served: str) -> None:
    page = opened(browser, served + PATHS[0], width=1200, dark=False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]  # it is shown
    page.keyboard.press("Enter")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(UNSEEN) == ""
        reached.append(page.evaluate("document.activeElement.localName"))
    assert {"a", "input", "select", "button"} <= set(reached)
    assert reached.count("input") == 2


def test_choosing_takes_no_script(browser: Browser, served: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(served)
    page.get_by_role("link", name="Deutsch").first.click()
    assert page.url == f"{served}/?lang=de"
    page.get_by_label("Chips & fabs").check()
    page.get_by_label("KI-Sicherheit").check()
    page.get_by_label("Quelle", exact=True).select_option("hacker-news")
    page.get_by_role("button", name="Diesen Feed zeigen").click()
    assert page.url == f"{served}/?lang=de&topics=ai-safety,chips&source=hacker-news"
    assert page.locator(".yours .title").inner_text() == "KI-Sicherheit oder Chips & fabs · Hacker News"
    feed = page.locator(".yours .addresses a").first.get_attribute("href")
    assert feed == "/feeds/de.rss?topics=ai-safety,chips&source=hacker-news"
    assert page.get_by_role("link", name="Telegram t.me/chips").is_visible()
    page.get_by_role("link", name="Neu beginnen").click()
    assert page.url == f"{served}/?lang=de"


def test_going_to_a_feed_shows_a_page_and_fetching_it_does_not(browser: Browser, served: str) -> None:
    page = opened(browser, f"{served}/feeds/ar/topics/chips.atom", width=1200, dark=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Chips & fabs"
    assert page.get_by_role("heading", level=3).inner_text() == "Title of one"
    # The same address asked for by something that is no navigation, as feed readers built into a browser do.
    answer = page.context.request.get(page.url)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    page.get_by_role("link", name="JSON Feed").click()
    assert page.url == f"{served}/feeds/ar/topics/chips.json"
    page.get_by_role("link", name="English").click()
    assert page.url == f"{served}/feeds/en/topics/chips.json"
    assert page.get_by_role("heading", level=3).count() == 2
