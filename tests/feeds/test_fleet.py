"""Several web processes on one database: each shows what any of them publishes, and both say the same."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path, newsroom: Callable[..., Any]) -> list[Any]:
    """Three rooms on one database, each with connections of its own."""
    if request.param == "SQLite":
        url = f"sqlite:///{tmp_path}/fleet.db"
    else:
        url = request.getfixturevalue("postgres").url(request.getfixturevalue("postgres_database"))
    return [newsroom(url=url) for _ in range(3)]


async def test_every_process_shows_what_was_published_a_tick_later(fleet: Any) -> None:
    publisher, *servers = fleet
    publisher.publish("one", "en", "de")
    before = [await server.get("/feeds/de.atom") for server in servers]
    assert {answer.content for answer in before} == {before[0].content}
    assert len({(answer.headers["etag"], answer.headers["last-modified"]) for answer in before}) == 1

    publisher.publish("two", "de")
    publisher.withdraw("one")
    for server in servers:
        server.now += 10
    after = [await server.get("/feeds/de.atom", if_none_match=before[0].headers["etag"]) for server in servers]
    assert [answer.status_code for answer in after] == [200, 200]
    assert after[0].content == after[1].content != before[0].content
    assert "Title of two" in after[0].text


async def test_nothing_is_missed_while_several_publish_at_once(fleet: Any) -> None:
    """Whatever a server has seen of the log, a document made then holds everything up to there, and later the rest."""
    publisher, other, server = fleet

    def publish(room: Any, name: str) -> None:
        for number in range(15):
            room.publish(f"{name}-{number}")

    threads = [threading.Thread(target=publish, args=pair) for pair in ((publisher, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads):
        server.now += 10
        seen.append((await server.get("/feeds/en.rss")).text.count("<item>"))
        await asyncio.sleep(0.01)
    for thread in threads:
        thread.join()
    server.now += 10
    assert (await server.get("/feeds/en.rss")).text.count("<item>") == 30
    assert seen == sorted(seen)
