import asyncio
import time

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, CommandHandler, ContextTypes

from newswire.sandbox import Membership, Sandbox, VirtualClock

from .conftest import CHANNEL, TOKEN


async def test_updates_come_until_they_are_confirmed(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.user_writes(TOKEN, 42, "/start v1_de_ai", language="de")
    sandbox.telegram.user_writes(TOKEN, 42, "hello")
    first, second = await bot.get_updates()
    assert first.message is not None
    assert first.message.text == "/start v1_de_ai"
    assert first.message.from_user is not None
    assert first.message.from_user.language_code == "de"
    assert first.message.entities[0].length == 6
    assert [one.update_id for one in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == ()
    sandbox.telegram.user_writes(TOKEN, 42, "a")
    last = sandbox.telegram.user_writes(TOKEN, 42, "b")
    assert [one.update_id for one in await bot.get_updates(offset=-1)] == [last["update_id"]]


async def test_a_long_poll_wakes_up(sandbox: Sandbox, bot: Bot) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert not polling.done()
    begin = time.monotonic()
    sandbox.telegram.user_writes(TOKEN, 42, "hello")
    assert len(await polling) == 1
    assert time.monotonic() - begin < 1


async def test_a_second_poll_ends_the_first(bot: Bot, http: httpx.AsyncClient) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(http.get(f"/telegram/bot{TOKEN}/getUpdates", params={"timeout": 1}))
    with pytest.raises(Conflict, match=r"(?i)terminated by other getupdates request"):
        await first
    assert (await second).json() == {"ok": True, "result": []}


async def test_a_webhook_and_polls_exclude_each_other(bot: Bot) -> None:
    await bot.set_webhook("https://news.example/hook", secret_token="s", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.allowed_updates) == ("https://news.example/hook", ("message",))
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
    with pytest.raises(BadRequest, match=r"(?i)https url must be provided"):
        await bot.set_webhook("http://news.example/hook")


async def test_buttons_are_pressed_and_answered_once(sandbox: Sandbox, bot: Bot, clock: VirtualClock) -> None:
    sandbox.telegram.add_chat(42)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="s|t|de")]])
    sent = await bot.send_message(42, "choose", reply_markup=keyboard)
    for late in (False, True):
        sandbox.telegram.user_presses(TOKEN, 42, sent.message_id, "s|t|de")
        update = (await bot.get_updates(offset=-1))[0]
        assert update.callback_query is not None
        assert update.callback_query.data == "s|t|de"
        clock.advance(3600 if late else 1)
        if not late:
            assert await update.callback_query.answer()
        with pytest.raises(BadRequest, match="Query is too old"):
            await update.callback_query.answer()


async def test_a_bot_hears_of_its_place_in_a_chat(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.set_membership(TOKEN, CHANNEL, Membership("kicked"))
    change = (await bot.get_updates())[0].my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("administrator", "kicked")


async def test_an_application_polls_and_answers(sandbox: Sandbox, url: str) -> None:
    answered = asyncio.Event()

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat is not None
        await context.bot.send_message(update.effective_chat.id, f"welcome {(context.args or [''])[0]}")
        answered.set()

    application = Application.builder().token(TOKEN).base_url(f"{url}/telegram/bot").job_queue(None).build()
    application.add_handler(CommandHandler("start", start))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0, timeout=1)
        sandbox.telegram.user_writes(TOKEN, 42, "/start v1_de_ai")
        await asyncio.wait_for(answered.wait(), 5)
        await application.updater.stop()
        await application.stop()
    assert sandbox.telegram.texts(42) == ["welcome v1_de_ai"]


async def test_updates_can_be_put_in_over_http(bot: Bot, http: httpx.AsyncClient) -> None:
    update = {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "x"}}
    answer = await http.post("/sandbox/telegram/updates", json={"token": TOKEN, "update": update})
    assert answer.json()["update_id"] == 1
    assert len(await bot.get_updates()) == 1
    assert (await http.post("/sandbox/telegram/updates", json={"token": "x"})).status_code == 400
