"""The preview as an admin sees it: beside what the sandbox's wall shows once it was posted, and without any network."""

from __future__ import annotations

import importlib
import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Quirks
from newswire.testing.network import no_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

lxml_html: Any = importlib.import_module("lxml.html")  # it has no types

MORE = """
[[channels]]
name = "telegram-rich"
account = "telegram"
chat = "@news_rich"
languages = ["en"]
style = "rich"
silent = true
max_age = "off"

[[channels]]
name = "telegram-photo"
account = "telegram"
chat = "@news_photo"
languages = ["en"]
style = "photo"
buttons = ["read", "languages"]
max_age = "off"
"""


@pytest.fixture
def offline(admin: Callable[..., Result]) -> Callable[..., Result]:
    """Runs the program where every connection fails."""

    def call(*words: str) -> Result:
        with no_network():
            return admin(*words)

    return call


def _bodies(tree: Any) -> dict[str, list[str]]:
    """What a page shows of posts: by the class of the section, as text with what a style sheet hides taken out."""
    for hidden in tree.xpath("//span[@class='invisible']"):
        hidden.drop_tree()
    for cut in tree.xpath("//span[@class='ellipsis']"):
        cut.tail = "…" + (cut.tail or "")
    for line in tree.xpath("//br"):
        line.tail = "\n" + (line.tail or "")
    for paragraph in tree.xpath("//p[following-sibling::p]"):
        paragraph.tail = "\n\n"
    found: dict[str, list[str]] = {}
    for section in tree.xpath("//main/section"):
        bodies = [body.text_content() for body in section.xpath(".//div[@class='body']")]
        found.setdefault(section.get("class"), []).extend(bodies)
    return {kind: sorted(bodies) for kind, bodies in found.items()}


def _page(path: Path) -> Any:
    return lxml_html.fromstring(path.read_text("utf-8"))


def test_the_page_shows_what_followers_will_see(desk: Any, offline: Any, admin: Any) -> None:
    config = desk.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + MORE, "utf-8")
    body = "A *long* way with <b>words</b>.\n\n> Said\n\n[there](https://news.example/en/there)"
    desk.article("en", "one", "First & <best>", body=body)
    desk.article("de", "one", "Erstes")
    assert admin("publish", "articles/en/one.md").exit_code == 0
    told = offline("preview", "one", "--page", "page.html")
    assert (told.exit_code, told.output) == (0, "page.html: 4 of 4 channels would post it\n")
    shown = _bodies(_page(desk.folder / "page.html"))
    assert admin("run", "--once").exit_code == 0
    address = config.read_text("utf-8").split('api_url = "', 1)[1].split("/telegram", 1)[0]
    with urllib.request.urlopen(f"{address}/wall", timeout=10) as answer:
        wall = _bodies(lxml_html.fromstring(answer.read().decode()))
    assert shown == wall
    assert len(shown["telegram"]) == 3
    assert any("First & <best>" in text for text in shown["mastodon"])


def test_a_channel_that_takes_nothing_is_on_the_page_with_the_reason(desk: Any, offline: Any, admin: Any) -> None:
    desk.article("en", "one", "First", topics="[]")
    assert admin("publish", "articles/en/one.md").exit_code == 0
    assert offline("preview", "one", "--page", "page.html").exit_code == 0
    (others,) = _page(desk.folder / "page.html").xpath("//section[@class='others']")
    assert others.xpath("string(.//dt)") == "mastodon-science"
    assert others.xpath("string(.//dd)") == "topics: science: no (the filter is science)"


def test_what_is_out_is_compared_with_what_would_be_posted(desk: Any, offline: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    (same,) = json.loads(offline("preview", "one", "-C", "telegram-de", "--json").output)
    assert (same["out"]["rev"], same["out"]["change"]) == (1, "same")
    corrected = desk.article("en", "one", "Better")
    shown = offline("preview", str(corrected), "-C", "telegram-de").output
    assert "revision 1 is out" in shown
    assert "it would be edited" in shown
    assert "    - First\n    + Better\n" in shown
    (other,) = json.loads(offline("preview", str(corrected), "-C", "telegram-de", "--json").output)
    assert other["difference"][:2] == ["- First", "+ Better"]
    assert json.loads(admin("status", "--json").output)["latest_event"] == 1  # nothing was published by looking


def test_a_file_that_was_never_published(desk: Any, offline: Any, admin: Any) -> None:
    assert admin("migrate").exit_code == 0
    new = desk.article("en", "new", "Brand new")
    desk.article("de", "new", "Brandneu")
    shown = offline("preview", str(new), "-C", "telegram-de", "--page", "page.html")
    assert shown.exit_code == 0
    assert "Brandneu" in _bodies(_page(desk.folder / "page.html"))["telegram"][0]
    by_hand = desk.folder / "article.json"
    edition = {"language": "en", "title": "By hand", "url": "https://news.example/en/by-hand"}
    by_hand.write_text(json.dumps({"id": "by-hand", "original_language": "en", "editions": [edition]}), "utf-8")
    assert "  │ By hand" in offline("preview", str(by_hand)).output
    assert json.loads(admin("status", "--json").output)["articles"] == 0


def test_a_file_with_nothing_to_show_says_why(desk: Any, offline: Any, admin: Any) -> None:
    assert admin("migrate").exit_code == 0
    draft = desk.article("en", "draft", "Draft")
    draft.write_text(draft.read_text("utf-8").replace("title: Draft", "title: Draft\ndraft: true"), "utf-8")
    assert "its intake leaves it out: it is a draft" in str(offline("preview", str(draft)).exception)
    broken = desk.article("en", "broken", "Broken")
    broken.write_text("---\nsummary: no title\n---\nBody\n", "utf-8")
    assert f"{broken}" in str(offline("preview", str(broken)).exception)
    stray = desk.folder / "stray.md"
    stray.write_text("---\ntitle: Stray\n---\n", "utf-8")
    assert "belongs to no enabled intake (articles)" in str(offline("preview", str(stray)).exception)
    assert "no file is called so" in str(offline("preview", "nothing").exception)


def test_a_page_that_cannot_be_written_is_told_in_words(desk: Any, offline: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    assert admin("publish", "articles/en/one.md").exit_code == 0
    refused = offline("preview", "one", "--page", "nowhere/page.html")
    assert "nowhere/page.html" in str(refused.exception)
    assert "cannot be written" in str(refused.exception)


def test_a_server_with_other_limits_is_previewed_with_its_own(desk: Any, offline: Any, admin: Any) -> None:
    desk.sandbox.mastodon.add_server("main", Quirks(max_characters=900))
    desk.article("en", "one", "First", body="Body.")
    long = desk.folder / "articles/en/one.md"
    long.write_text(long.read_text("utf-8").replace("summary: About First.", f"summary: {'Word ' * 300}"), "utf-8")
    assert admin("run", "--once").exit_code == 0
    (shown,) = json.loads(offline("preview", "one", "-C", "mastodon-science", "--json").output)
    assert shown["post"]["text"] == desk.sandbox.mastodon.texts("main", "news")[0]
    assert 500 < shown["appearances"][0]["length"] <= shown["appearances"][0]["longest"] == 900
