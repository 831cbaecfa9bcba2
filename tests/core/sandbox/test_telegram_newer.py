"""What the stand-in for Telegram does besides plain messages: rich ones, pictures, webhooks, waits it holds to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiohttp import web
from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, Conflict, RetryAfter

from newswire.sandbox import Fault, Membership, Sandbox, VirtualClock
from newswire.sandbox.telegram.rich import MAX_BLOCKS, MAX_COLUMNS, MAX_DEPTH, MAX_MEDIA, MAX_RICH_TEXT

from .conftest import CHANNEL, TOKEN

PICTURE, OTHER = "https://images.example.org/1.jpg", "https://images.example.org/2.jpg"


async def rich(http: httpx.AsyncClient, html: str, **more: Any) -> dict[str, Any]:
    told = {"chat_id": CHANNEL, "rich_message": {"html": html, **more}}
    answer: dict[str, Any] = (await http.post(f"/telegram/bot{TOKEN}/sendRichMessage", json=told)).json()
    return answer


async def test_a_rich_message_is_kept_with_its_plain_text(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    html = "<h1>Title</h1><p>One <b>two</b>&nbsp;three.</p><ul><li>a</li><li>b</li></ul><hr>"
    html += "<table><tr><td>1</td></tr></table>"
    answer = await rich(http, html, is_rtl=False)
    assert answer["result"]["rich_message"] == {"html": html, "is_rtl": False}
    (message,) = sandbox.telegram.messages(CHANNEL)
    assert message.content.text.split("\n")[:3] == ["Title", "One two\xa0three.", "a"]


async def test_a_rich_message_can_be_edited_and_forwarded(
    http: httpx.AsyncClient, sandbox: Sandbox, clock: VirtualClock
) -> None:
    number = (await rich(http, "<p>One</p>"))["result"]["message_id"]
    place = {"chat_id": CHANNEL, "message_id": number}
    edit = {**place, "rich_message": {"html": "<p>Two</p>"}}
    assert (await http.post(f"/telegram/bot{TOKEN}/editMessageText", json=edit)).json()["ok"]
    again = (await http.post(f"/telegram/bot{TOKEN}/editMessageText", json=edit)).json()
    assert "message is not modified" in again["description"]
    clock.advance(60)
    forward = {"chat_id": CHANNEL, "from_chat_id": CHANNEL, "message_id": number}
    forwarded = (await http.post(f"/telegram/bot{TOKEN}/forwardMessage", json=forward)).json()["result"]
    assert forwarded["rich_message"] == {"html": "<p>Two</p>"}
    assert sandbox.telegram.texts(CHANNEL) == ["Two", "Two"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", "must be non-empty"),
        ("<p> </p>", "must be non-empty"),
        ("<div>x</div>", 'unsupported start tag "div"'),
        ("<p>x", "can't find end tag"),
        ("<p><b>x</p></b>", "unexpected end tag"),
        ("<p><h1>x</h1></p>", "can't be in"),
        ('<p><img src="https://images.example.org/1.jpg"></p>', "can't be in"),
        ("<img>", 'must have attribute "src"'),
        ('<p><a href="javascript:x">x</a></p>', "is invalid"),
        ("<p>&check;</p>", "unsupported named entity"),
        ("<p>" + "x" * (MAX_RICH_TEXT + 1) + "</p>", "is too long"),
        ("<p>x</p>" * (MAX_BLOCKS + 1), "too many blocks"),
        ("<p>x</p>" + '<img src="https://images.example.org/1.jpg">' * (MAX_MEDIA + 1), "too many media"),
        ("<table><tr>" + "<td>x</td>" * (MAX_COLUMNS + 1) + "</tr></table>", "too many table columns"),
        ("<ul><li>" * 9 + "x" + "</li></ul>" * 9, "nested too deeply"),
    ],
)
async def test_what_is_no_rich_message_is_refused(http: httpx.AsyncClient, html: str, words: str) -> None:
    answer = await rich(http, html)
    assert answer["error_code"] == 400
    assert words in answer["description"]


async def test_the_borders_of_a_rich_message(http: httpx.AsyncClient) -> None:
    depth = MAX_DEPTH // 2
    for html in (
        "<p>" + "x" * MAX_RICH_TEXT + "</p>",
        "<p>x</p>" * MAX_BLOCKS,
        "<ul><li>" * depth + "x" + "</li></ul>" * depth,
    ):
        assert (await rich(http, html))["ok"]


async def test_a_server_from_before_knows_nothing_of_it(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.telegram.state.knows_rich_messages = False
    assert await rich(http, "<p>x</p>") == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }


async def test_a_picture_gives_way_to_another(bot: Bot, sandbox: Sandbox) -> None:
    sent = await bot.send_photo(CHANNEL, PICTURE, caption="One")
    await bot.edit_message_media(InputMediaPhoto(OTHER, "Two"), CHANNEL, sent.message_id)
    (message,) = sandbox.telegram.messages(CHANNEL)
    assert message.photo is not None
    assert (message.photo.url, message.content.text) == (OTHER, "Two")
    sandbox.telegram.state.broken_urls[PICTURE] = "too_large"
    with pytest.raises(BadRequest, match=r"(?i)failed to get http url content"):
        await bot.edit_message_media(InputMediaPhoto(PICTURE), CHANNEL, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)failed to get http url content"):
        await bot.send_photo(CHANNEL, PICTURE)


async def test_typing_shows_where_a_message_could_go(bot: Bot, sandbox: Sandbox) -> None:
    forum = sandbox.telegram.add_chat(-1003333333333, "supergroup")
    forum.topics[7] = False
    assert await bot.send_chat_action(forum.id, "typing", message_thread_id=7)
    for thread in (1, 8):
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_chat_action(forum.id, "typing", message_thread_id=thread)
    sandbox.telegram.state.chats[CHANNEL].everyone = Membership(can_post_messages=False)
    with pytest.raises(BadRequest, match="administrator rights"):
        await bot.send_chat_action(CHANNEL, "typing")


async def test_a_wait_that_was_told_is_held_to(bot: Bot, sandbox: Sandbox, clock: VirtualClock) -> None:
    sandbox.telegram.add_chat(42, "private")
    sandbox.faults.add(Fault(effect="rate_limit", retry_after=38))
    for wait in (0, 37):
        clock.advance(wait)
        with pytest.raises(RetryAfter):
            await bot.send_message(CHANNEL, "x")
        await bot.send_message(42, "another chat's messages go through")
    clock.advance(1)
    await bot.send_message(CHANNEL, "x")


@pytest.fixture
async def hook() -> AsyncIterator[Any]:
    """A place that updates are brought to: what came, with its secret; it refuses as often as it is told to."""

    class Hook:
        def __init__(self) -> None:
            self.came: list[tuple[str | None, dict[str, Any]]] = []
            self.refusals = 0
            self.url = ""

        async def take(self, request: web.Request) -> web.Response:
            self.came.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
            self.refusals -= 1
            return web.Response(status=500 if self.refusals >= 0 else 200)

    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}/hook"
    yield made
    await runner.cleanup()


async def test_a_webhook_is_brought_each_update_until_it_takes_it(bot: Bot, sandbox: Sandbox, hook: Any) -> None:
    hook.refusals = 1
    await bot.set_webhook(hook.url, secret_token="a-secret", allowed_updates=["message", "my_chat_member"])
    sandbox.telegram.user_writes(TOKEN, 42, "one")
    sandbox.telegram.set_membership(TOKEN, CHANNEL, Membership("kicked"))
    async with asyncio.timeout(10):
        while len(hook.came) < 3:  # noqa: ASYNC110 - another task brings them
            await asyncio.sleep(0.01)
    assert {secret for secret, _ in hook.came} == {"a-secret"}
    assert [list(update)[1] for _, update in hook.came] == ["message", "message", "my_chat_member"]
    info = await bot.get_webhook_info()
    assert "500" in (info.last_error_message or "")
    await bot.delete_webhook()


async def test_a_webhook_ends_a_poll_and_others_machines_are_left_alone(bot: Bot, sandbox: Sandbox) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await bot.set_webhook("https://news.example/hook")
    with pytest.raises(Conflict, match=r"(?i)terminated by setwebhook request"):
        await polling
    sandbox.telegram.user_writes(TOKEN, 42, "hello")
    await asyncio.sleep(0.2)
    assert (await bot.get_webhook_info()).pending_update_count == 1, "it leaves this machine for nobody"
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("https://news.example/hook", secret_token="a secret")


async def test_only_the_updates_that_were_asked_for_come(bot: Bot, sandbox: Sandbox) -> None:
    await bot.get_updates(allowed_updates=["my_chat_member"])
    sandbox.telegram.user_writes(TOKEN, 42, "hello")
    sandbox.telegram.set_membership(TOKEN, CHANNEL, Membership("left"))
    (update,) = await bot.get_updates()
    assert update.my_chat_member is not None
    await bot.get_updates(offset=update.update_id + 1, allowed_updates=[])
    sandbox.telegram.push(sandbox.telegram.state.bots[TOKEN], {"message_reaction": {}})
    sandbox.telegram.user_writes(TOKEN, 42, "hello")
    (update,) = await bot.get_updates()
    assert update.message is not None


async def test_the_wall_shows_a_rich_message_and_nothing_dangerous(http: httpx.AsyncClient) -> None:
    await rich(http, '<h2 onclick="alert(1)">Title</h2><p>A <a href="https://news.example.org/1">link</a>.</p>')
    page = (await http.get("/wall")).text
    assert "<h2>Title</h2>" in page
    assert 'href="https://news.example.org/1"' in page
    assert "onclick" not in page
