"""The dashboard in a real browser: without a script, on a phone and on a desk, by day and by night."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types

from newswire import errors
from newswire.delivery import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-quic"
).split()
ARABIC = "عنوان المقال"
# WCAG 2.2, 2.5.8: a target of 24 by 24 pixels at least.
SMALL = """() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")]
  .filter(e => !e.closest(".skip"))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium (apt install chromium)")


@pytest.fixture
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def troubled(served: Any, an_article: Any, an_edition: Any) -> Any:
    """A room with something done, in doubt, given up and waiting; one title is read from the right."""
    served.deliver(an_article("done", editions=[an_edition("ar", title=ARABIC)], original_language="ar"))
    served.deliver(an_article("dead"), errors.Rejected("Bad Request: message is too long"))
    served.deliver(an_article("doubt"), errors.Unknown("connection cut"))
    served.wire.publish(an_article("waiting"))
    return served


def note(complaints: list[str], message: ConsoleMessage) -> None:
    if "username fields" not in message.text:  # a token has no user name
        complaints.append(message.text)


def logged_in(browser: Browser, room: Any, *, width: int, dark: bool, script: bool = True) -> Page:
    page = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    ).new_page()
    page.goto(f"{room.url}/dashboard/")
    page.get_by_label("Token").fill(room.token(f"alice-{width}", "admin"))
    page.get_by_role("button", name="Log in").click()
    assert page.url == f"{room.url}/dashboard/"
    return page


def test_no_page_is_in_anybodys_way(browser: Browser, troubled: Any) -> None:
    doubt = f"deliveries/{troubled.row('doubt').id}"
    paths = ("", "channels/news", "deliveries", doubt, "articles/done", "login")
    for width, dark in ((320, True), (1200, False)):
        page = logged_in(browser, troubled, width=width, dark=dark)
        complaints: list[str] = []
        page.on("console", partial(note, complaints))
        for path in paths:
            if path == "login":
                page.get_by_role("button", name="Log out").click()
            else:
                page.goto(f"{troubled.url}/dashboard/{path}")
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(SMALL) == [], (path, width)
        assert complaints == []
        page.context.close()


def test_all_is_done_without_a_script(browser: Browser, troubled: Any) -> None:
    page = logged_in(browser, troubled, width=1200, dark=False, script=False)
    page.get_by_role("link", name="given up").click()
    page.get_by_role("link", name="delivery").click()
    assert page.get_by_text("Bad Request: message is too long").first.is_visible()
    page.get_by_role("button", name="Retry now").click()
    assert page.get_by_role("status").inner_text().startswith("Is tried at once")
    assert troubled.work("dead") is State.DONE
    page.reload()
    assert page.get_by_role("status").count() == 0
    assert page.get_by_role("button", name="Make a new post").is_visible()

    page.get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="news").click()
    page.get_by_label("For how long").fill("3h")
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("status").inner_text() == "news is paused until 2026-11-23 15:00 UTC."
    page.get_by_role("button", name="Resume").click()
    assert page.get_by_role("status").inner_text() == "news goes on."

    page.get_by_role("link", name="Articles").click()
    title = page.get_by_role("link", name=ARABIC)
    assert title.evaluate("e => getComputedStyle(e).direction") == "rtl"
    title.click()
    assert page.get_by_role("heading", level=1).get_attribute("lang") == "ar"
    page.get_by_text("Stage by stage").first.click()
    assert page.get_by_text("the ar edition is there").first.is_visible()

    page.get_by_role("button", name="Log out").click()
    assert page.url == f"{troubled.url}/dashboard/login"
    with page.expect_navigation():
        page.evaluate("history.back()")  # page.go_back() now and then asks a page that is gone
    assert page.get_by_role("heading", level=1).inner_text() == "Log in"


def test_a_link_from_elsewhere_leads_in(browser: Browser, troubled: Any) -> None:
    page = logged_in(browser, troubled, width=1200, dark=False)
    page.goto(f"{troubled.url.replace('127.0.0.1', 'localhost')}/healthz")  # to a browser this is another site
    page.evaluate(f"location.href = '{troubled.url}/dashboard/channels'")
    page.get_by_role("heading", level=1, name="Channels").wait_for()
    assert page.url == f"{troubled.url}/dashboard/channels"


def test_the_keyboard_is_enough(browser: Browser, troubled: Any) -> None:
    page = logged_in(browser, troubled, width=1200, dark=False)
    page.goto(f"{troubled.url}/dashboard/deliveries/{troubled.row('doubt').id}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        reached.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    assert {"remote_id", "It was sent", "It was not sent", "Discard"} <= set(reached)
