"""WebSub from the subscriber's side: asked for, confirmed, told, and never taken in by strangers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from newswire_upstream import timing
from newswire_upstream.state import MARKS
from newswire_upstream.websub.callback import Callbacks
from newswire_upstream.websub.subscription import CONFIRMED, LEASE, SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def poll(house: Any, *, after: float = 0.0) -> dict[str, int]:
    report = await asyncio.to_thread(house.poll, after=after)
    return dict(report.counts)


@asynccontextmanager
async def web(house: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The web app's part of the plugin, as hubs reach it."""
    app = Callbacks().open(house.room.services)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9") as client:
        yield client


@pytest.fixture
async def house(new_house: Any, origin: Any, rss: Any, item: Any) -> Any:
    """A room whose one feed names a hub, polled once: the hub has been asked."""
    hub = origin.put("/hub", status=202)
    origin.put("/feed", rss(item("one")), Link=f'<{hub}>; rel="hub", <{origin.url("/self")}>; rel="self"')
    made = new_house(f'url = "{origin.url("/feed")}"', public_url="http://127.0.0.1:9")
    await poll(made)
    return made


def asked(origin: Any) -> dict[str, str]:
    """What the hub was last asked for."""
    form = parse_qs(origin.asked[-1].body.decode())
    return {name: values[0] for name, values in form.items()}


async def confirm(house: Any, origin: Any, **changes: str) -> httpx.Response:
    form = asked(origin)
    fields = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c1"}
    fields |= {"hub.lease_seconds": "864000"} | {f"hub.{name}": value for name, value in changes.items()}
    async with web(house) as client:
        return await client.get(urlsplit(form["hub.callback"]).path, params=fields)


async def push(house: Any, form: dict[str, str], body: bytes, method: str = "sha256", secret: str = "") -> int:
    digest = hmac.new((secret or form["hub.secret"]).encode(), body, getattr(hashlib, method)).hexdigest()
    headers = {"x-hub-signature": f"{method}={digest}", "content-type": "application/rss+xml"}
    async with web(house) as client:
        return (await client.post(urlsplit(form["hub.callback"]).path, content=body, headers=headers)).status_code


async def test_a_hub_is_asked_confirmed_and_believed(house: Any, origin: Any, rss: Any, item: Any) -> None:
    form = asked(origin)
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", origin.url("/self"))
    assert form["hub.callback"].startswith("http://127.0.0.1:9/upstream/")
    answer = await confirm(house, origin)
    assert (answer.status_code, answer.text) == (200, "c1")
    assert await push(house, form, rss(item("two"))) == 202
    assert await poll(house) == {"new": 1}  # what the hub brought; the feed itself was not asked
    assert origin.paths().count("/feed") == 1
    assert house.room.services.state(MARKS).all() == {}
    assert set(house.articles()) == {"Title of one", "Title of two"}
    await poll(house, after=31)  # it was due by the old measure
    assert house.state.next - house.clock() == timing.HEARD


async def test_what_is_not_signed_as_agreed_is_ignored(house: Any, origin: Any, rss: Any, item: Any) -> None:
    form = asked(origin)
    await confirm(house, origin)
    for method, secret in (("sha256", "guessed"), ("md5", "")):
        assert await push(house, form, rss(item("evil")), method, secret) == 202
    assert await poll(house) == {}
    for method in ("sha1", "sha384", "sha512"):
        await push(house, form, rss(item(method)), method)
    assert await poll(house) == {"new": 3}


async def test_nothing_is_confirmed_that_was_not_asked_for(house: Any, origin: Any) -> None:
    assert (await confirm(house, origin, topic="https://other.example/feed")).status_code == 404
    assert (await confirm(house, origin, mode="unsubscribe")).status_code == 404
    async with web(house) as client:
        assert (await client.get("/upstream/guessed", params={"hub.mode": "subscribe"})).status_code == 404
        assert (await client.post("/upstream/guessed", content=b"x")).status_code == 410
        assert (await client.put("/upstream/guessed")).status_code == 405
    assert house.room.services.state(CONFIRMED).all() == {}


async def test_a_lease_is_renewed_before_it_ends(house: Any, origin: Any) -> None:
    callback = asked(origin)["hub.callback"]
    await confirm(house, origin)
    minutes = LEASE.total_seconds() / 60
    await poll(house, after=minutes * 0.85)
    assert origin.paths().count("/hub") == 1
    await poll(house, after=minutes * 0.1)
    assert origin.paths().count("/hub") == 2
    assert asked(origin)["hub.callback"] == callback


async def test_a_hub_that_does_not_confirm_is_asked_less_and_less(house: Any, origin: Any) -> None:
    times = []
    for _ in range(24):
        await poll(house, after=61)
        times.append(origin.paths().count("/hub"))
    assert times[0] == 2
    assert times[-1] <= 6
    assert house.state.next - house.clock() < timing.HEARD


async def test_a_denied_subscription_is_polled(house: Any, origin: Any) -> None:
    await confirm(house, origin)
    assert (await confirm(house, origin, mode="denied")).status_code == 200
    await poll(house, after=31)
    assert house.state.next - house.clock() < timing.HEARD


async def test_no_hub_is_asked_that_could_not_call_us(new_house: Any, origin: Any, rss: Any, item: Any) -> None:
    origin.put("/feed", rss(item("one")), Link=f"<{origin.put('/hub')}>; rel=hub, </self>; rel=self")
    for table in ('public_url = "http://localhost:8300"', "websub = false"):
        house = new_house(
            f'url = "{origin.url("/feed")}"\n{table if "websub" in table else ""}',
            public_url="http://localhost:8300" if "public" in table else "http://127.0.0.1:9",
        )
        await poll(house)
        assert house.room.services.state(SUBSCRIPTIONS).all() == {}
        house.close()
        (house.folder / "wire.db").unlink()
    assert "/hub" not in origin.paths()


async def test_what_cannot_be_read_is_asked_for(house: Any, origin: Any, rss: Any, item: Any) -> None:
    form = asked(origin)
    await confirm(house, origin)
    await push(house, form, b"<html>no feed</html>")
    origin.put("/feed", rss(item("two")))
    assert await poll(house) == {"new": 1}
