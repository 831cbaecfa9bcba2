"""Pings: every canonical feed that changed, each hub by itself, none lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from newswire_feeds.websub.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("rss", "atom", "json")


def _topics(house: Any, *feeds: str) -> list[str]:
    return sorted(f"{house.url}/feeds/{feed}.{form}" for feed in feeds for form in FORMATS)


async def test_every_canonical_feed_is_pinged_once_for_many_articles(
    new_house: Callable[..., Any], other_hub: Any, until: Any, article: Callable[..., Any]
) -> None:
    house = await new_house(f'hub = "{other_hub.url}/"').up(serve=False)
    source = {"name": "Hacker News"}
    house.publish(*(article(f"a{number}", "en", "de", source=source) for number in range(30)))
    house.publish(article("b", topics=["policy", "science"], source=source))
    feeds = [
        f"{language}{rest}" for language in ("en", "de") for rest in ("", "/topics/science", "/sources/hacker-news")
    ]
    expected = _topics(house, *feeds, "en/topics/policy")
    await until(lambda: set(other_hub.pings) == set(expected))
    await asyncio.sleep(0.2)
    # The follower reads as articles come in, so that a feed may be told of twice, but not once an article.
    assert len(other_hub.pings) <= 2 * len(expected)
    assert all(form["hub.mode"] == "publish" and form["hub.topic"] == form["hub.url"] for form in other_hub.forms)

    other_hub.pings.clear()
    house.publish(article("b", topics=["policy"], source=source))  # it leaves a feed
    await until(
        lambda: (
            sorted(set(other_hub.pings))
            == _topics(house, "en", "en/topics/science", "en/topics/policy", "en/sources/hacker-news")
        )
    )

    other_hub.pings.clear()
    house.withdraw("b")
    await until(
        lambda: sorted(set(other_hub.pings)) == _topics(house, "en", "en/topics/policy", "en/sources/hacker-news")
    )


async def test_one_hub_that_fails_stops_no_other_and_gets_all_when_it_is_back(
    new_house: Callable[..., Any], other_hub: Any, new_hub: Callable[..., Any], until: Any, article: Callable[..., Any]
) -> None:
    dead = new_hub()  # nothing listens there
    ill = await new_hub().up()
    ill.refuses = lambda _: 503
    house = await new_house(f'hub = ["{dead.url}/", "{ill.url}/", "{other_hub.url}/"]').up(serve=False)
    try:
        house.publish(article("a"))
        expected = _topics(house, "en", "en/topics/science")
        await until(lambda: sorted(other_hub.pings) == expected)
        house.publish(article("b", topics=["policy"]))
        await until(lambda: set(other_hub.pings) == set(_topics(house, "en", "en/topics/science", "en/topics/policy")))
        positions = house.kept("feeds.websub.hubs")
        assert "503" in positions[f"{ill.url}/"]["note"]
        assert positions[f"{dead.url}/"]["position"] == 0
        await dead.up()
        ill.refuses = lambda _: None
        for hub in (dead, ill):
            await until(lambda hub=hub: set(hub.pings) == set(other_hub.pings))
        await until(lambda: all(kept["note"] is None for kept in house.kept("feeds.websub.hubs").values()))
    finally:
        await ill.down()
        await dead.down()


async def test_what_was_not_told_is_told_after_a_restart(
    new_house: Callable[..., Any], other_hub: Any, until: Any, article: Callable[..., Any]
) -> None:
    told: list[str] = []

    def some(topic: str) -> int | None:
        told.append(topic)
        return None if len(told) <= 2 else 500

    other_hub.refuses = some
    first = await new_house(f'hub = "{other_hub.url}/"').up(serve=False)
    first.publish(article("a", "en", "de"))
    await until(lambda: len(told) > 6)
    await first.down()
    before = set(other_hub.pings)
    assert len(before) == 2

    other_hub.refuses = lambda _: None
    second = await new_house(f'hub = "{other_hub.url}/"', port=int(first.url.rpartition(":")[2])).up(serve=False)
    expected = _topics(second, "en", "en/topics/science", "de", "de/topics/science")
    await until(lambda: set(other_hub.pings) == set(expected))
    second.publish(article("b"))
    other_hub.pings.clear()
    await until(lambda: sorted(other_hub.pings) == _topics(second, "en", "en/topics/science"))


async def test_a_feed_that_a_hub_refuses_holds_up_no_other(
    new_house: Callable[..., Any], other_hub: Any, until: Any, article: Callable[..., Any], caplog: Any
) -> None:
    other_hub.refuses = lambda topic: 400 if topic.endswith(".json") else None
    house = await new_house(f'hub = "{other_hub.url}/"').up(serve=False)
    house.publish(article("a"))
    expected = [topic for topic in _topics(house, "en", "en/topics/science") if not topic.endswith(".json")]
    await until(lambda: sorted(other_hub.pings) == expected)
    await until(lambda: "refuses" in caplog.text)
    await until(lambda: [kept["failures"] for kept in house.kept("feeds.websub.hubs").values()] == [0])


async def test_once_is_enough(
    new_house: Callable[..., Any], other_hub: Any, subscriber: Any, article: Callable[..., Any]
) -> None:
    """`newswire run --once`, as from cron: the hub is told before it ends, and a dead one does not keep it."""
    house = new_house(f'hub = ["{subscriber.url}/", "{other_hub.url}/"]')
    room = house.open()
    await subscriber.down()
    house.publish(article("a"))
    await room.follow(asyncio.Event(), once=True)
    assert sorted(other_hub.pings) == _topics(house, "en", "en/topics/science")
    assert house.kept("feeds.websub.hubs")[f"{subscriber.url}/"]["failures"] == 1


async def test_of_two_processes_one_tells(
    new_house: Callable[..., Any], other_hub: Any, until: Any, article: Callable[..., Any]
) -> None:
    first = await new_house(f'hub = "{other_hub.url}/"').up(serve=False)
    port = int(first.url.rpartition(":")[2])
    first.publish(article("a"))
    await until(lambda: len(other_hub.pings) == 6)
    second = await new_house(f'hub = "{other_hub.url}/"', port=port).up(serve=False)
    second.publish(article("b"))
    await asyncio.sleep(1)
    await first.down()  # the other one takes over at once
    second.room.wake()
    await until(lambda: len(other_hub.pings) == 12)
    second.publish(article("c"))
    await until(lambda: len(other_hub.pings) == 18)
    assert all(other_hub.pings.count(topic) == 3 for topic in other_hub.pings)


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 2.5, 5), (2, 5, 10), (3, 10, 20), (60, 900, 1800)])
def test_waits_double_up_to_a_bound(failures: int, least: float, most: float) -> None:
    pace = Pace()
    assert pace.wait(failures, lambda: 0.0) == least
    assert pace.wait(failures, lambda: 1.0) == most
