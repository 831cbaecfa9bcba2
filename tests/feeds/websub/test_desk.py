"""The hub's address: what it takes, and what it says to what it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GOOD = {"hub.mode": "subscribe", "hub.topic": "{url}/feeds/en.atom", "hub.callback": "https://hooks.example/in"}
INTENTS = "feeds.websub.intents"

BAD: dict[str, tuple[dict[str, str | None], int, str]] = {
    "no mode": ({"hub.mode": None}, 400, "hub.mode"),
    "odd mode": ({"hub.mode": "SUBSCRIBE"}, 400, "hub.mode"),
    "a ping": ({"hub.mode": "publish", "hub.url": "{url}/feeds/en.atom"}, 400, "by itself"),
    "no topic": ({"hub.topic": None}, 400, "hub.topic"),
    "empty topic": ({"hub.topic": ""}, 400, "hub.topic"),
    "topic of another site": ({"hub.topic": "https://elsewhere.example/feeds/en.atom"}, 400, "begin with"),
    "host that begins like ours": ({"hub.topic": "{url}.evil.example/feeds/en.atom"}, 400, "begin with"),
    "user name before a host": ({"hub.topic": "{url}@evil.example/feeds/en.atom"}, 400, "begin with"),
    "the front page": ({"hub.topic": "{url}/"}, 400, "of a language"),
    "the list": ({"hub.topic": "{url}/feeds.opml"}, 400, "of a language"),
    "a composed feed": ({"hub.topic": "{url}/feeds/en.atom?topics=science,policy"}, 400, "of a language"),
    "an archive": ({"hub.topic": "{url}/feeds/en/archive/2026/05.atom"}, 400, "of a language"),
    "another spelling": ({"hub.topic": "{url}/feeds/EN.atom"}, 400, "/feeds/en.atom"),
    "path traversal": ({"hub.topic": "{url}/feeds/../../etc/passwd.atom"}, 400, "of a language"),
    "unknown language": ({"hub.topic": "{url}/feeds/xx.atom"}, 404, "no feed"),
    "unknown topic": ({"hub.topic": "{url}/feeds/en/topics/nothing.atom"}, 404, "no feed"),
    "unknown source": ({"hub.topic": "{url}/feeds/en/sources/nobody.rss"}, 404, "no feed"),
    "unknown format": ({"hub.topic": "{url}/feeds/en.xml"}, 400, "of a language"),
    "no callback": ({"hub.callback": None}, 400, "hub.callback"),
    "callback inside": ({"hub.callback": "http://169.254.169.254/latest/meta-data"}, 400, "not public"),
    "callback on this machine": ({"hub.callback": "http://[::1]/"}, 400, "not public"),
    "callback at a port of something else": ({"hub.callback": "http://1.1.1.1:6379/"}, 400, "port 6379"),
    "callback that is no address": ({"hub.callback": "in"}, 400, "https://"),
    "long secret": ({"hub.secret": "ü" * 100}, 400, "199 bytes"),
    "odd lease": ({"hub.lease_seconds": "-1"}, 400, "lease"),
    "lease of nothing": ({"hub.lease_seconds": "0"}, 400, "lease"),
    "lease in words": ({"hub.lease_seconds": "forever"}, 400, "lease"),
    "very long": ({"hub.secret": "x" * 20_000}, 413, "bytes"),
}


@pytest.fixture
async def desk(new_house: Callable[..., Any]) -> Any:
    """A room whose hub nobody works for, so that what it has taken down stays."""
    return await new_house('hub = "builtin"').up(follow=False)


def _form(desk: Any, changes: Mapping[str, str | None]) -> dict[str, str]:
    changed = {**GOOD, **changes}
    return {name: value.replace("{url}", desk.url) for name, value in changed.items() if value is not None}


async def test_bad_requests_get_a_clear_answer_and_leave_nothing(desk: Any) -> None:
    for case, (changes, status, words) in BAD.items():
        answer = await desk.ask(_form(desk, changes))
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), case
        assert words in answer.text, case
        assert "Traceback" not in answer.text
        assert len(answer.text) < 300
    assert desk.kept(INTENTS) == {}


async def test_bodies_that_are_no_forms(desk: Any) -> None:
    good = urlencode(_form(desk, {})).encode()
    assert (await desk.ask(good, **{"content-type": "application/json"})).status_code == 415
    assert (await desk.ask(good, **{"content-type": ""})).status_code == 415
    assert (await desk.ask(b"hub.mode=%ff\xff&x=1")).status_code == 400
    assert (await desk.ask(b"&".join(b"a%d=1" % number for number in range(200)))).status_code == 400
    assert (await desk.ask(b"")).status_code == 400
    assert desk.kept(INTENTS) == {}


async def test_good_requests_are_taken_down(desk: Any) -> None:
    several: tuple[dict[str, str | None], ...] = (
        {},
        {"hub.mode": "unsubscribe", "hub.lease_seconds": "odd"},  # section 5.1: to be ignored there
        {"hub.verify": "sync", "hub.verify_token": "x", "other": "y"},  # unknown ones are ignored
        {"hub.topic": "{url}/feeds/de/topics/science.json"},
        {"hub.topic": "{url}/feeds/%65n.rss"},
        {"hub.lease_seconds": "1"},
        {"hub.secret": "x" * 199},
    )
    for changes in several:
        answer = await desk.ask(_form(desk, changes))
        assert answer.status_code == 202, answer.text
    kept = list(desk.kept(INTENTS).values())
    assert [intent["feed"] for intent in kept].count("de/topics/science") == 1
    assert {intent["lease"] for intent in kept} == {60, 10 * 86_400}
    assert "/feeds/en.rss" in [intent["path"] for intent in kept]


async def test_waiting_requests_are_bounded(desk: Any) -> None:
    for number in range(50):
        answer = await desk.ask(_form(desk, {"hub.callback": f"https://hooks.example/{number}"}))
        assert answer.status_code == 202
    answer = await desk.ask(_form(desk, {}))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert (await desk.ask(_form(desk, {"hub.callback": "https://other.example/"}))).status_code == 202


async def test_the_address_tells_what_it_is(desk: Any) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        told = await client.get(f"{desk.url}/feeds/hub")
        other = await client.put(f"{desk.url}/feeds/hub")
    assert (told.status_code, "WebSub" in told.text) == (200, True)
    assert (other.status_code, other.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_without_the_option_there_is_no_hub(new_house: Callable[..., Any]) -> None:
    house = await new_house("").up(follow=False)
    assert (await house.subscribe("/feeds/en.atom", "https://hooks.example/in")).status_code == 404
    assert 'rel="hub"' not in (await house.poll("/feeds/en.atom")).headers["link"]
