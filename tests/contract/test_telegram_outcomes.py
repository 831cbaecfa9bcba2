"""Every way in which the Bot API may answer, or not: what it leads to, and that nothing is lost and nothing doubled.

Each row is one line of what python-telegram-bot may make of a call, scripted in the sandbox with the Bot API's own
answers and delivered by the real dispatcher, with a Mastodon account beside it that must notice nothing.
"""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_CHAT = -1001234567890
WELL, HELD, GIVEN_UP, GONE = ("done", 1), ("doubt", 0), ("dead", 0), ("pending", 0)


def strike(effect: str, **fault: Any) -> Callable[[Any], object]:
    return lambda scene: scene.strike("telegram", effect, **fault)


def says(code: int, words: str, **parameters: Any) -> Callable[[Any], object]:
    body = {"ok": False, "error_code": code, "description": words}
    return strike("status", status=code, body={**body, "parameters": parameters} if parameters else body)


def is_member(**given: Any) -> Callable[[Any], object]:
    return lambda scene: setattr(scene.chat, "everyone", Membership(**given))


def row(told: str, script: Any, *, doing: str = "post", **expected: Any) -> Any:
    return pytest.param(script, {"doing": doing} | expected, id=f"{told}, {doing}")


def perhaps(told: str, script: Any, words: str, *, taken: bool) -> list[Any]:
    """A row that leaves open what was done: a post is held in doubt, an edit or a deletion is done again."""
    held: dict[str, Any] = {"state": "doubt", "posts": int(taken), "end": ("doubt", int(taken))}
    return [
        row(told, script, outcome="unknown", words=words, counted=1, **held),
        row(told, script, doing="edit", outcome="retry", words=words, state="pending", posts=1, end=WELL, counted=1),
        row(
            told, script, doing="delete", outcome="retry", words=words, state="pending", posts=int(not taken),
            end=("done", 0), counted=1,
        ),
    ]  # fmt: skip


def refused_entry(told: str, script: Any, words: str) -> Any:
    return row(
        told, script, outcome="channelgone", words=words, state="pending", posts=0, end=GONE, active=False, counted=0
    )


def never(told: str, words: str, *, doing: str = "post") -> Any:
    posts = int(doing != "post")
    return row(
        told, says(400, f"Bad Request: {words}"), doing=doing, outcome="rejected", words=f"(?i){words}", state="dead",
        posts=posts, end=("dead", posts),
    )  # fmt: skip


NOT_SENT: dict[str, Any] = {"state": "pending", "posts": 0, "end": WELL}
ROWS = [
    row(
        "RetryAfter: one chat's limit", strike("rate_limit", retry_after=17), outcome="channelpaused",
        words="retry after 17", channel_rests=17, counted=0, **NOT_SENT,
    ),
    row(
        "RetryAfter: a long one", strike("rate_limit", retry_after=43_837), outcome="channelpaused",
        words="retry after 43837", channel_rests=43_837, counted=0, **NOT_SENT,
    ),
    row(
        "RetryAfter", strike("rate_limit", retry_after=17), doing="edit", outcome="channelpaused",
        words="retry after 17", channel_rests=17, counted=0, state="pending", posts=1, end=WELL,
    ),
    row(
        "429 without parameters", says(429, "Too Many Requests: retry later"), outcome="channelpaused",
        words="Too Many Requests", channel_rests=30, counted=0, **NOT_SENT,
    ),
    row(
        "429 without parameters, but a header",
        strike("status", status=429, body="slow down", headers={"Retry-After": "7"}),
        outcome="channelpaused", words="Too Many Requests", channel_rests=7, counted=0, **NOT_SENT,
    ),
    *perhaps("TimedOut, ReadTimeout: accepted", strike("hang", seconds=2), "no answer in time", taken=True),
    *perhaps("RemoteProtocolError: cut before", strike("cut", when="before"), "connection was lost", taken=False),
    *perhaps("RemoteProtocolError: cut after", strike("cut", when="after"), "connection was lost", taken=True),
    *perhaps("Bad Gateway (502), before", strike("html"), "Bad Gateway", taken=False),
    *perhaps("Bad Gateway (502), after", strike("html", when="after"), "Bad Gateway", taken=True),
    *perhaps("Gateway Time-out (504)", strike("html", status=504), "Gateway Timeout", taken=False),
    *perhaps("500, restart", says(500, "Internal Server Error: restart"), "restart", taken=False),
    *perhaps(
        "500, sent message was immediately deleted",
        says(500, "Internal Server Error: sent message was immediately deleted"), "immediately deleted", taken=False,
    ),
    *perhaps("Invalid server response: 2xx, no JSON", strike("garbage", when="after"), "cannot be read", taken=True),
    *perhaps(
        "KeyError('result'): 200 with ok false", strike("status", status=200, body={"ok": False}), "cannot be read",
        taken=False,
    ),
    row(
        "ChatMigrated", lambda scene: setattr(scene.chat, "migrated_to", NEW_CHAT), outcome="channelmoved",
        words="(?i)migrated|upgraded", state="done", posts=1, end=WELL, counted=0,
    ),
    refused_entry("Forbidden: kicked", is_member(status="kicked"), "(?i)kicked"),
    refused_entry("Forbidden: not a member", is_member(status="left"), "(?i)not a member"),
    refused_entry("Forbidden: group deleted", lambda scene: setattr(scene.chat, "dissolved", True), "(?i)deleted"),
    refused_entry("Forbidden: blocked", says(403, "Forbidden: bot was blocked by the user"), "(?i)blocked"),
    refused_entry("Forbidden: deactivated", says(403, "Forbidden: user is deactivated"), "(?i)deactivated"),
    refused_entry("BadRequest: chat not found", says(400, "Bad Request: chat not found"), "(?i)chat not found"),
    refused_entry(
        "BadRequest: need administrator rights",
        says(400, "Bad Request: need administrator rights in the channel chat"), "(?i)administrator rights",
    ),
    refused_entry("BadRequest: not enough rights", is_member(can_send_text=False), "(?i)not enough rights"),
    refused_entry("BadRequest: thread", says(400, "Bad Request: message thread not found"), "(?i)thread not found"),
    refused_entry("BadRequest: TOPIC_CLOSED", says(400, "Bad Request: TOPIC_CLOSED"), "(?i)topic_closed"),
    row(
        "BadRequest: can't parse entities", says(400, "Bad Request: can't parse entities: whatever"), outcome="sent",
        words="^$", state="done", posts=1, end=WELL, counted=0,
    ),
    never("BadRequest: text is too long", "text is too long"),
    never("BadRequest: message is too long", "message is too long"),
    never("BadRequest: message is too long", "message is too long", doing="edit"),
    never("BadRequest: message can't be deleted", "message can't be deleted for everyone", doing="delete"),
    row(
        "BadRequest: message to edit not found", lambda scene: scene.sandbox.telegram.chat(-4242).messages.clear(),
        doing="edit", outcome="postgone", words="(?i)message to edit not found", state="dead", posts=0, end=GIVEN_UP,
    ),
    row(
        "BadRequest: message can't be edited", says(400, "Bad Request: message can't be edited"), doing="edit",
        outcome="postgone", words="(?i)can't be edited", state="dead", posts=1, end=("dead", 1),
    ),
    row(
        "BadRequest: message is not modified", says(400, "Bad Request: message is not modified: exactly the same"),
        doing="edit", outcome="sent", words="^$", state="done", posts=1, end=WELL, counted=0,
    ),
    row(
        "BadRequest: message to delete not found", lambda scene: scene.sandbox.telegram.chat(-4242).messages.clear(),
        doing="delete", outcome="sent", words="withdrawn", state="done", posts=0, end=("done", 0), counted=0,
    ),
    row(
        "InvalidToken, 401", lambda scene: setattr(scene.bot, "revoked", True), outcome="accountrefused",
        words="(?i)unauthorized|invalid", account_rests=3600, counted=0, **NOT_SENT,
    ),
    row(
        "InvalidToken, any 404", says(404, "Not Found: method not found"), outcome="accountrefused",
        words="(?i)not found", account_rests=3600, counted=0, **NOT_SENT,
    ),
    row(
        "Conflict", says(409, "Conflict: terminated by other getUpdates request"), outcome="retry",
        words="(?i)terminated by other", counted=1, **NOT_SENT,
    ),
    row(
        "413", says(413, "Request Entity Too Large"), outcome="rejected", words="Too Large", state="dead", posts=0,
        end=GIVEN_UP,
    ),
    row("a proxy's 403", strike("html", status=403), outcome="retry", words="not an answer", counted=1, **NOT_SENT),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), ROWS)
async def test_row(script: Callable[[Any], object], expected: dict[str, Any], scene: Any) -> None:
    await scene.plays("telegram", script, **expected)


async def test_row_returns_message(scene: Any) -> None:
    await scene.begin("post")
    await scene.room.deliver()
    delivery = scene.room.delivery("a", "telegram")
    assert (delivery.state, delivery.have, scene.last("telegram").outcome) == ("done", 1, "sent")
    assert (delivery.receipt.remote_id, delivery.receipt.details) == ("1", {"chat": -4242, "kind": "text"})
    assert delivery.digest
    assert delivery.receipt.at == scene.clock()


async def test_row_wrong_http_url_is_degraded_once(scene: Any) -> None:
    await scene.begin("post")
    words = "Bad Request: wrong HTTP URL specified"
    says(400, words)(scene)
    await scene.room.deliver()
    assert (scene.room.delivery("a", "telegram").state, len(scene.posts("telegram"))) == WELL
    scene.room.publish("b")
    scene.sandbox.faults.clear()
    strike("status", status=400, count=3, body={"ok": False, "error_code": 400, "description": words})(scene)
    await scene.room.deliver()
    delivery = scene.room.delivery("b", "telegram")
    assert (delivery.state, delivery.reason) == ("dead", "Wrong http url specified")
    assert len(scene.posts("telegram")) == 1


@pytest.mark.parametrize("address", ["refused", "http://nowhere.invalid", "tls"])
async def test_row_connect_error(address: str, scene: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening, so that nobody else can be there
        places = {
            "refused": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "tls": scene.url.replace("http:", "https:") + "/telegram",
        }
        await scene.room.restart(scene.telegram(api_url=places.get(address, address)), scene.mastodon())
        await scene.begin("post")
        await scene.room.deliver()
    delivery, account, channel = scene.stand("telegram")
    assert (delivery.state, delivery.attempt, delivery.uncertain_since) == ("pending", 1, None)
    assert "no connection" in delivery.reason
    assert (account.paused_until, channel.active, scene.posts("telegram")) == (None, True, [])
    assert scene.room.delivery("a", "mastodon").state == "done"
    await scene.room.restart(scene.telegram(), scene.mastodon())
    await scene.finish("telegram")
    assert (scene.room.delivery("a", "telegram").state, len(scene.posts("telegram"))) == WELL


async def test_row_cancelled_during_shutdown_the_send_is_waited_for(scene: Any) -> None:
    await scene.begin("post")
    scene.strike("telegram", "delay", seconds=0.2)
    stop = asyncio.Event()
    running = asyncio.create_task(scene.room._room.dispatcher().run(stop))
    async with asyncio.timeout(5):
        while not scene.sandbox.journal.calls("sendMessage") and not any(  # noqa: ASYNC110  # the sandbox changes
            call.method == "sendMessage" for call in scene.sandbox.journal.received
        ):
            await asyncio.sleep(0.01)
        stop.set()
        await running
    assert (scene.room.delivery("a", "telegram").state, len(scene.posts("telegram"))) == WELL


@pytest.mark.parametrize("given", [{"chat": NEW_CHAT}, {"chat": -4242, "silent": True}])
async def test_row_forbidden_ends_when_the_options_change(given: dict[str, Any], scene: Any) -> None:
    is_member(status="kicked")(scene)
    await scene.begin("post")
    await scene.room.deliver()
    assert scene.room.channel("telegram").active is False
    scene.heal()
    scene.clock.forward(timedelta(days=2))
    await scene.room.restart()
    await scene.room.deliver()
    assert scene.posts("telegram") == []
    changed = scene.telegram()
    changed.channels[0].options.clear()
    changed.channels[0].options.update(given)
    await scene.room.restart(changed, scene.mastodon())
    await scene.room.deliver()
    assert (scene.room.delivery("a", "telegram").state, len(scene.posts("telegram"))) == WELL


@pytest.mark.parametrize(
    ("scene", "end"), [({"in_doubt": "resend"}, "done"), ({"in_doubt": "drop"}, "dead")], indirect=["scene"]
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_row_ambiguous_follows_the_policy(when: str, end: str, scene: Any) -> None:
    await scene.begin("post")
    strike("cut", when=when)(scene)
    await scene.finish("telegram")
    taken, again = int(when == "after"), int(end == "done")
    assert (scene.room.delivery("a", "telegram").state, len(scene.posts("telegram"))) == (end, taken + again)
