"""The small rules of a strict validator: characters, addresses, names, media types, times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import StoryImage
from newswire_feeds.identity import uri
from newswire_feeds.plainness import looks_like_html, media_type, persons, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story

DAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "https://a.example/x|y/{z}?q=[1]^`#\x7f".replace("\x7f", ""),
            "https://a.example/x%7Cy/%7Bz%7D?q=%5B1%5D%5E%60",
        ),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/100%25/%zz", "https://a.example/100%25/%25zz"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example?x=1", "https://a.example/?x=1"),
        ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
        ("https://a.example/a;b,c=(d)!*'~", "https://a.example/a;b,c=(d)!*'~"),
    ],
)
def test_an_address_has_only_characters_of_addresses(given: str, expected: str) -> None:
    assert uri(given) == expected
    assert uri(expected) == expected


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("R&D at AT&T <b>", False),
        ("a < b && c > d", False),
        ('<b>&"]]>', False),
        ("the </b> tag", True),
        ("AT&amp;T", True),
        ("&#x41;", True),
    ],
)
def test_text_that_looks_like_html(text: str, like: bool) -> None:  # noqa: FBT001  # a table of cases
    assert looks_like_html(text) is like


def test_names_come_without_addresses() -> None:
    names = ["Ada L. <ada@news.example>", "grace@navy.example", "Émile (émile@x)", "\u0085", "Ann Other"]
    assert persons(names) == ["Ada L.", "grace", "Émile (émile@x)", "Ann Other"]


@pytest.mark.parametrize(
    ("given", "url", "expected"),
    [
        ("image/webp", "https://a.example/x.png", "image/webp"),
        ("png", "https://a.example/x.png?w=1", "image/png"),
        ("", "https://a.example/x", "image/jpeg"),
        ("image/png; a=b", "https://a.example/x.svg", "image/svg+xml"),
    ],
)
def test_a_media_type_is_one(given: str, url: str, expected: str) -> None:
    assert media_type(StoryImage(url, "", given, 0)) == expected


def test_times_of_a_day_are_told_apart_within_their_second() -> None:
    told = {told_apart(DAY, number) for number in range(999_900, 1_000_100)}
    assert len(told) == 200
    assert {moment.replace(microsecond=0) for moment in told} == {DAY}
    assert told_apart(DAY.replace(microsecond=5), 7) == DAY.replace(microsecond=5)


async def test_a_feed_of_nasty_articles_of_one_day(
    new_room: Callable[..., Any], new_story: Callable[..., Story], proof: Any
) -> None:
    nasty = new_story(
        title="\u0085C1 \u009f and </b> &amp; \ufffd",
        summary="</p>&nbsp;\x7f",
        body='<button><p>one<td>two</button> \u0085 <a href="x|y">',
        body_format="html",
        authors=("Ada <ada@news.example>",),
        image=StoryImage("https://a.example/ä|b.png", "</b>", "jpg", 0),
        related=(replace(new_story().related[0], title="</i>"),),
        updated=DAY,
        published=DAY,
    )
    room = new_room(*(replace(nasty, article_id=f"a{number}") for number in range(30)))
    for form in ("rss", "atom", "json"):
        document = (await room.get(f"/feeds/en.{form}")).content
        proof.check(document, form)
        assert b"ada@" not in document
    html = (await room.get("/feeds/en.json")).json()["items"][0]["content_html"]
    assert "button" not in html
    assert re.search(r"<p>one</p>|one", html)
