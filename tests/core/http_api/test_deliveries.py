"""What became of an article: states, receipts, attempts and reasons, as channels at the sandbox leave them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from newswire.http_api import Changer, Desk, Gate, HttpApi, Rates
from newswire.sandbox import Sandbox
from newswire.store import tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.room import Room

CHANNELS = """
[topics.science]

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "123456:secret-of-the-bot-0123456789abcdef"

[[channels]]
name = "de"
account = "telegram"
chat = "@news_de"
languages = ["de"]
max_age = "off"

[[channels]]
name = "science"
account = "telegram"
chat = "@news_science"
languages = ["en"]
topics = ["science"]

[[channels]]
name = "nobody"
account = "telegram"
chat = "@nobody"
languages = ["ar"]
fallback = "skip"
"""


@pytest.fixture
def sandbox_url() -> Iterator[str]:
    with Sandbox(auto_register=True, limits=False).background() as url:
        yield url


def _deliver(room: Room) -> None:
    asyncio.run(room.dispatch(asyncio.Event(), patience=timedelta(0)))


def test_an_article_tells_what_became_of_it(make_room: Any, serve: Any, sandbox_url: str) -> None:
    room = make_room(CHANNELS.format(sandbox=sandbox_url))
    with serve(room) as served:
        old = "2026-11-01T00:00:00Z"
        served.put("a", "en", "de", published=old)
        before = served.client.get("/api/articles/a/deliveries").json()["deliveries"]
        _deliver(room)
        served.client.put("/api/articles/a/editions/de", json=served.edition("de", title="Neuer Titel"))
        _deliver(room)
        listed = served.client.get("/api/articles/a/deliveries").json()["deliveries"]
        part = served.client.get("/api/articles/a/deliveries?limit=1").json()
        rest = served.client.get("/api/articles/a/deliveries", params={"cursor": part["next"]}).json()
    assert [(row["channel"], row["state"], row.get("have")) for row in before] == [
        ("de", "pending", None), ("science", "suppressed", None),
    ]  # fmt: skip
    assert "before the channel was added" in before[1]["reason"]
    done = listed[0]
    assert (done["state"], done["want"], done["have"], done["language"]) == ("done", 2, 2, "de")
    assert done["receipt"]["remote_id"]
    assert done["receipt"]["url"].startswith("https://t.me/news_de/")
    assert [(one["operation"], one["rev"], one["outcome"]) for one in done["attempts"]] == [
        ("post", 1, "sent"), ("edit", 2, "sent"),
    ]  # fmt: skip
    assert (part["deliveries"], rest["deliveries"]) == (listed[:1], listed[1:])
    assert "secret-of-the-bot" not in str(listed)


async def test_a_publish_wakes_the_room_and_nothing_else_does(make_room: Any) -> None:
    """The process that serves and sends does not wait for its next look at the store."""
    room = make_room()
    woken: list[int] = []
    desk = Desk(
        room.config.site,
        room.store,
        Changer(room.publisher, ["en"]),
        "http://here",
        room.services.asking,
        lambda: woken.append(1),
    )
    app = HttpApi(desk, Gate(room.store, Rates(room.world.monotonic), room.world.clock))
    with room.store.write() as connection:
        given: dict[str, Any] = {"rate": 100, "expires": None, "now": room.world.clock()}
        secret = tokens.create(connection, "all", TokenScope, **given)
    article = {
        "original_language": "en",
        "editions": [{"language": "en", "title": "A", "url": "https://news.example/a"}],
    }
    headers = {"Authorization": f"Bearer {secret}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", headers=headers) as client:
        for expected in (1, 1):
            await client.put("/api/articles/a", json=article)
            assert len(woken) == expected
        await client.delete("/api/articles/a")
        await client.get("/api/articles/a")
    assert len(woken) == 2
