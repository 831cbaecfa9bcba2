"""Digest feeds: one entry for each day that is over, which stays the same entry whatever is corrected later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

DAILY = "/feeds/en.json?digest=daily"


@pytest.fixture
def three_days(newsroom: Callable[..., Any]) -> Any:
    """Articles on 23, 24 and 25 November; the newest day is not over."""
    room = newsroom()
    for day, keys in enumerate(("ab", "c", "d")):
        room.time += timedelta(days=day and 1)
        for key in keys:
            room.publish(key, "en", "de", published=room.time, topics=["chips"] if key in "bd" else ["art"])
            room.time += timedelta(minutes=1)
    return room


async def _items(room: Any, address: str = DAILY) -> list[dict[str, Any]]:
    answer = await room.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.json()["feed_url"] == f"https://wire.example{address}"
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_every_day_that_is_over_is_one_entry(three_days: Any) -> None:
    newest, older = await _items(three_days)
    assert newest["title"] == "Daily digest · November 24, 2026"
    assert older["summary"] == "• Title of a\n• Title of b"
    assert older["id"] == "tag:news.example,2026:article/digest/en%3Fdigest=daily/20261124T0000Z/en"
    assert older["content_html"].startswith(
        '<ul><li lang="en" dir="ltr"><a href="https://news.example/en/a" hreflang="en">'
    )
    assert older["date_published"] == "2026-11-24T00:00:00+00:00"


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
async def test_they_are_valid_feeds(form: str, three_days: Any, proof: Any) -> None:
    answer = await three_days.get(f"/feeds/de.{form}?digest=daily")
    proof.check(answer.content, form)
    assert "Täglicher Überblick" in answer.text


async def test_a_digest_of_a_topic_is_another_entry(three_days: Any) -> None:
    (only,) = await _items(three_days, "/feeds/en.json?topics=chips&digest=daily")
    assert only["summary"] == "• Title of b"
    everything = await _items(three_days)
    assert only["id"] not in {item["id"] for item in everything}


async def test_a_correction_changes_the_entry_in_place_and_a_withdrawal_takes_its_line(three_days: Any) -> None:
    before = (await _items(three_days))[1]
    three_days.publish(
        "a", "en", "de", title="Corrected", topics=["art"], published=three_days.time - timedelta(days=2, minutes=4)
    )
    three_days.withdraw("b")
    after = (await _items(three_days))[1]
    assert (after["id"], after["summary"]) == (before["id"], "• Corrected")
    assert after["date_modified"] > before["date_modified"]
    three_days.withdraw("a")
    assert [item["summary"] for item in await _items(three_days)] == ["• Title of c"]


async def test_a_day_is_over_when_anything_happens_after_it(three_days: Any) -> None:
    address = "/feeds/en.json?topics=chips&digest=daily"
    first = await three_days.get(address)
    assert len(first.json()["items"]) == 1
    three_days.time += timedelta(days=1)
    again = await three_days.get(address, **{"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    three_days.publish("e", "en", topics=["art"])
    assert [item["summary"] for item in await _items(three_days, address)] == ["• Title of d", "• Title of b"]


async def test_what_is_asked_for_in_other_words_is_elsewhere(three_days: Any) -> None:
    for asked, path in {
        "/feeds/en/topics/chips.rss?digest=weekly": "/feeds/en.rss?topics=chips&digest=weekly",
        "/feeds/en.rss?digest=monthly": "/feeds/en.rss",
        "/feeds/en/archive/2026/11.atom?digest=daily": "/feeds/en/archive/2026/11.atom",
    }.items():
        answer = await three_days.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (301, path)


async def test_weeks_and_hours(three_days: Any) -> None:
    assert [item["title"] for item in await _items(three_days, "/feeds/en.json?digest=hourly")] == [
        "Hourly digest · November 24, 2026, 1:00\u202fPM",
        "Hourly digest · November 23, 2026, 1:00\u202fPM",
    ]
    assert await _items(three_days, "/feeds/en.json?digest=weekly") == []
    three_days.time += timedelta(days=7)
    three_days.publish("e", "en")
    (week,) = await _items(three_days, "/feeds/en.json?digest=weekly")
    assert week["title"] == "Weekly digest · Nov 23\u2009\u2013\u200929, 2026"
    assert week["summary"].count("•") == 4
