"""Every way in which a Mastodon server may answer, or not: what it leads to; nothing is lost, and nothing doubled.

Each row is one line of what Mastodon.py may make of a call, scripted in the sandbox with the answers servers and
proxies give, and delivered by the real dispatcher, with a Telegram channel beside it that must notice nothing.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Quirks
from newswire_mastodon.channel import MastodonChannel
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Channel, Post, Story

WELL, GIVEN_UP = ("done", 1), ("dead", 0)


def strike(effect: str, **fault: Any) -> Callable[[Any], object]:
    return lambda scene: scene.strike("mastodon", effect, **fault)


def says(code: int, words: str = "so it is", **fault: Any) -> Callable[[Any], object]:
    return strike("status", status=code, body={"error": words}, **fault)


def row(told: str, script: Any, *, doing: str = "post", **expected: Any) -> Any:
    return pytest.param(script, {"doing": doing} | expected, id=f"{told}, {doing}")


def perhaps(
    told: str, script: Any, words: str, *, taken: bool = False, all_of_it: bool = True, again: str = "retry"
) -> list[Any]:
    """A row that leaves open what was done: it is cleared up or done again, and there is one post in the end."""
    repeated = [
        row(told, script, doing="edit", outcome=again, words=words, state="pending", posts=1, end=WELL, counted=1),
        row(
            told, script, doing="delete", outcome=again, words=words, state="pending", posts=int(not taken),
            end=("done", 0), counted=1,
        ),
    ]  # fmt: skip
    post = row(told, script, outcome="unknown", words=words, state="pending", posts=int(taken), end=WELL, counted=1)
    return [post, *repeated] if all_of_it else [post]


def never(told: str, script: Any, words: str) -> list[Any]:
    """A row that is permanent for this content."""
    given_up: dict[str, Any] = {"outcome": "rejected", "words": words, "state": "dead"}
    return [
        row(told, script, posts=0, end=GIVEN_UP, **given_up),
        row(told, script, doing="edit", posts=1, end=("dead", 1), **given_up),
        row(told, script, doing="delete", posts=1, end=("dead", 1), **given_up),
    ]


def account_refused(told: str, script: Any, words: str) -> list[Any]:
    rests: dict[str, Any] = {
        "outcome": "accountrefused",
        "words": words,
        "state": "pending",
        "account_rests": 3600,
        "counted": 0,
    }
    return [
        row(told, script, posts=0, end=WELL, **rests),
        row(told, script, doing="edit", posts=1, end=WELL, **rests),
        row(told, script, doing="delete", posts=1, end=("done", 0), **rests),
    ]


PAGE = "<html><body>502 Bad Gateway</body></html>"
ODD_HEADER = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": "whenever"}
ROWS = [
    *perhaps("connection reset", strike("cut", when="before"), "no answer"),
    *perhaps("closed without reply, taken", strike("cut", when="after"), "no answer", taken=True),
    *account_refused("redirect", strike("status", status=302, body="moved", headers={"Location": "/x"}), "redirects"),
    *perhaps(
        "200 and an odd reset header",
        strike("status", when="after", status=200, body={"id": "1"}, headers=ODD_HEADER), "(?i)rate limit", taken=True,
    ),
    row(
        "429", strike("rate_limit", retry_after=7_000), outcome="lanepaused", words="429", state="pending", posts=0,
        end=WELL, account_rests=7_000, counted=0,
    ),
    row(
        "429", strike("rate_limit", retry_after=90), doing="edit", outcome="lanepaused", words="429", state="pending",
        posts=1, end=WELL, account_rests=90, counted=0,
    ),
    row(
        "429", strike("rate_limit", retry_after=90), doing="delete", outcome="lanepaused", words="429",
        state="pending", posts=1, end=("done", 0), account_rests=90, counted=0,
    ),
    row(
        "429 that does not say until when", says(429, "Too many requests"), outcome="lanepaused", words="429",
        state="pending", posts=0, end=WELL, account_rests=300, counted=0,
    ),
    *account_refused("401", says(401, "The access token is invalid"), "401: The access token is invalid"),
    *account_refused("403", says(403, "This action is outside the authorized scopes"), "403: This action"),
    account_refused("403, suspended", says(403, "Your login is currently disabled"), "403: Your login")[0],
    row(
        "404: a replayed key of a deleted post", says(404, "Record not found"), outcome="rejected", words="404: Record",
        state="dead", posts=0, end=GIVEN_UP,
    ),
    row(
        "404: the post is gone", lambda scene: scene.server.statuses.clear(), doing="edit", outcome="postgone",
        words="404: Record not found", state="dead", posts=0, end=GIVEN_UP,
    ),
    row(
        "404: the post is gone", lambda scene: scene.server.statuses.clear(), doing="delete", outcome="sent",
        words="withdrawn", state="done", posts=0, end=("done", 0), counted=0,
    ),
    *never("422", says(422, "Validation failed: Text character limit of 500 exceeded"), "422: Validation failed"),
    never("422 in German", says(422, "Gültigkeitsprüfung ist fehlgeschlagen"), "422: Gültigkeitsprüfung")[0],
    *[one for code in (400, 405, 413) for one in never(str(code), says(code), f"{code}: so it is")],
    row(
        "410", says(410, "Gone"), outcome="rejected", words="410: Gone", state="dead", posts=0, end=GIVEN_UP,
    ),
    *[one for code in (408, 409) for one in perhaps(str(code), says(code), f"{code}: so it is")],
    *perhaps("500", says(500, "500 Internal Server Error"), "500"),
    *perhaps("500, taken", says(500, "500 Internal Server Error", when="after"), "500", taken=True),
    *perhaps("502, a proxy's page", strike("html"), "not JSON|502"),
    *perhaps("503, another copy holds the key's lock", says(503, "There was a temporary problem"), "503: There was"),
    *perhaps("504, a proxy's page, taken", strike("html", status=504, when="after"), "not JSON|504", taken=True),
    *[
        one
        for code in (501, 505, 511, 512, 520, 527, 599)
        for one in perhaps(str(code), strike("html", status=code, body=PAGE), f"not JSON|{code}", all_of_it=False)
    ],
    *perhaps("520, taken", strike("html", status=520, when="after"), "not JSON|520", taken=True),
    *perhaps("200, half of it", strike("garbage", when="after"), "not JSON", taken=True),
    *perhaps("200, a page", strike("html", status=200, when="after"), "not JSON", taken=True),
    *perhaps("200, nothing taken", strike("html", status=200), "not JSON"),
    *perhaps("200, that names no post", strike("status", status=200, body={}, when="after"), "not to which", taken=True,
             all_of_it=False),
    *perhaps("anything else", says(418, "I'm a teapot"), "418"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), ROWS)
async def test_row(script: Callable[[Any], object], expected: dict[str, Any], scene: Any) -> None:
    await scene.plays("mastodon", script, **expected)


# The plugin waits for half a minute; the room, told to, for less.
SILENT = perhaps("read timeout", strike("hang", seconds=2), "no answer within", taken=True, again="unknown")


@pytest.mark.parametrize("scene", [{"send_timeout": 1.5}], indirect=True, ids=["short"])
@pytest.mark.parametrize(("script", "expected"), SILENT)
async def test_row_read_timeout(script: Callable[[Any], object], expected: dict[str, Any], scene: Any) -> None:
    await scene.plays("mastodon", script, **expected)


class LoudChannel(MastodonChannel):
    """It asks for what the library refuses before it sends anything."""

    def compose(self, story: Story) -> Post:
        post = super().compose(story)
        return replace(post, details={**post.details, "visibility": "loud"})


class LoudType(MastodonType):
    def open(self, account: Any, options: Any) -> Channel:  # type: ignore[override]
        return LoudChannel(account, options)


async def test_row_value_error_before_any_request(scene: Any) -> None:
    await scene.room.restart(scene.telegram(), scene.mastodon(LoudType()))
    await scene.begin("post")
    await scene.room.deliver()
    delivery = scene.room.delivery("a", "mastodon")
    assert (delivery.state, scene.posts("mastodon")) == ("dead", [])
    assert "the library refuses it" in delivery.reason
    assert scene.sandbox.journal.calls("POST", platform="mastodon") == []
    assert scene.room.delivery("a", "telegram").state == "done"


async def test_row_refused_after_a_good_start(scene: Any) -> None:
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(scene.sandbox.serving())
        port = int(url.rpartition(":")[2])
        await scene.room.restart(scene.telegram(), scene.mastodon(url=f"{url}/mastodon/main"))
        scene.room.publish("earlier")
        await scene.room.deliver()
        await stack.aclose()
        await scene.begin("post")
        await scene.room.deliver()
        delivery, account, _ = scene.stand("mastodon")
        assert (delivery.state, delivery.attempt, delivery.uncertain_since) == ("pending", 1, None)
        assert "no connection" in delivery.reason
        assert (account.paused_until, len(scene.posts("mastodon"))) == (None, 1)
        assert scene.room.delivery("a", "telegram").state == "done"
        await stack.enter_async_context(scene.sandbox.serving(port=port))
        await scene.finish("mastodon")
        assert (scene.room.delivery("a", "mastodon").state, len(scene.posts("mastodon"))) == ("done", 2)
        await scene.room.restart(scene.telegram(), scene.mastodon())


@pytest.mark.parametrize("address", ["refused", "http://nobody.invalid", "tls"])
async def test_row_no_connection_from_the_start(address: str, scene: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        places = {
            "refused": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "tls": scene.url.replace("http:", "https:") + "/mastodon/main",
        }
        await scene.room.restart(scene.telegram(), scene.mastodon(url=places.get(address, address)))
        scene.room.publish("a")
        await scene.room.deliver()
    delivery, account, _ = scene.stand("mastodon")
    assert (delivery.state, delivery.attempt, scene.room.attempts("a", "mastodon")) == ("pending", 0, [])
    assert account.paused_until > scene.clock()
    assert "no connection" in account.note
    assert scene.room.delivery("a", "telegram").state == "done"
    await scene.room.restart(scene.telegram(), scene.mastodon())
    await scene.finish("mastodon")
    assert (scene.room.delivery("a", "mastodon").state, len(scene.posts("mastodon"))) == WELL


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_is_older_than_the_key_is_looked_for(when: str, scene: Any) -> None:
    await scene.begin("post")
    strike("cut", when=when)(scene)
    await scene.room.deliver()
    scene.clock.forward(timedelta(hours=2))
    await scene.finish("mastodon")
    assert (scene.room.delivery("a", "mastodon").state, len(scene.posts("mastodon"))) == WELL


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("hours", [0, 2])
async def test_a_server_that_heeds_no_key(hours: int, when: str, scene: Any) -> None:
    """Servers that speak the API and know no idempotency key exist; the post is looked for before it is repeated."""
    scene.sandbox.mastodon.add_server("main", Quirks(idempotency=False, ids="hex", rate_headers="none"))
    scene.sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news")
    await scene.begin("post")
    strike("cut", when=when)(scene)
    await scene.room.deliver()
    scene.clock.forward(timedelta(hours=hours))
    await scene.finish("mastodon")
    assert (scene.room.delivery("a", "mastodon").state, len(scene.posts("mastodon"))) == WELL


async def test_a_withdrawal_clears_up_what_may_be_out(scene: Any) -> None:
    await scene.begin("post")
    strike("cut", when="after")(scene)
    await scene.room.deliver()
    scene.room.withdraw("a")
    await scene.finish("mastodon")
    assert (scene.room.delivery("a", "mastodon").have, scene.posts("mastodon")) == (None, [])
