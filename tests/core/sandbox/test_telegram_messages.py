import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from newswire.sandbox import Membership, Sandbox, VirtualClock

from .conftest import CHANNEL, TOKEN

JPEG = b"\xff\xd8\xff\xe0 a picture"


async def test_a_message_is_stored_and_answered_as_sent(sandbox: Sandbox, bot: Bot, clock: VirtualClock) -> None:
    sent = await bot.send_message(
        "@newschannel",
        "Title 😀 and text",
        entities=[MessageEntity("bold", 0, 8), MessageEntity("text_link", 13, 4, url="https://news.example/a")],
        link_preview_options=LinkPreviewOptions(url="https://news.example/a", prefer_large_media=True),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Read", url="https://news.example/a")]]),
        disable_notification=True,
    )
    assert (sent.message_id, sent.chat.id, sent.chat.type) == (1, CHANNEL, "channel")
    assert sent.date.timestamp() == clock()
    assert sent.sender_chat is not None
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [("bold", 0, 8), ("text_link", 13, 4)]
    assert sent.entities[1].url == "https://news.example/a"
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.prefer_large_media
    assert sent.reply_markup is not None
    stored = sandbox.telegram.messages(CHANNEL)[0]
    assert stored.silent
    assert stored.content.text == "Title 😀 and text"
    assert sandbox.telegram.texts("@newschannel") == ["Title 😀 and text"]


async def test_the_limits_are_code_points(bot: Bot) -> None:
    assert (await bot.send_message(CHANNEL, "😀" * 4096)).text == "😀" * 4096
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(CHANNEL, "😀" * 4097)
    assert (await bot.send_message(CHANNEL, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")).text == "x" * 4096


async def test_a_caption_may_be_1024_long(bot: Bot) -> None:
    sent = await bot.send_photo(CHANNEL, JPEG, caption="😀" * 1024, caption_entities=[MessageEntity("bold", 0, 2)])
    assert sent.caption == "😀" * 1024
    assert sent.caption_entities[0].type == "bold"
    again = await bot.send_photo(CHANNEL, sent.photo[-1].file_id)
    assert again.photo[-1].file_id == sent.photo[-1].file_id
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(CHANNEL, JPEG, caption="😀" * 1025)


async def test_markup_wins_over_entities(bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "<i>x</i>y", parse_mode="HTML", entities=[MessageEntity("bold", 0, 2)])
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [("italic", 0, 1)]


async def test_an_edit_replaces_and_keeps_the_history(sandbox: Sandbox, bot: Bot, clock: VirtualClock) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    sent = await bot.send_message(CHANNEL, "one", reply_markup=keyboard)
    clock.advance(60)
    edited = await bot.edit_message_text("two", CHANNEL, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert edited.edit_date.timestamp() == clock()
    assert edited.reply_markup is None, "an omitted keyboard is taken away"
    stored = sandbox.telegram.messages(CHANNEL)[0]
    assert [(one.content.text, one.until) for one in stored.versions] == [("one", clock())]
    await bot.edit_message_reply_markup(CHANNEL, sent.message_id, reply_markup=keyboard)
    assert len(stored.versions) == 1
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("two", CHANNEL, sent.message_id, reply_markup=keyboard)


async def test_a_caption_is_edited_by_its_own_method(sandbox: Sandbox, bot: Bot) -> None:
    sent = await bot.send_photo(CHANNEL, "https://news.example/a.jpg", caption="one")
    await bot.edit_message_caption(CHANNEL, sent.message_id, caption="two")
    assert sandbox.telegram.texts(CHANNEL) == ["two"]
    with pytest.raises(BadRequest, match="no text in the message to edit"):
        await bot.edit_message_text("three", CHANNEL, sent.message_id)


async def test_deleting(sandbox: Sandbox, bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "one")
    await bot.send_message(CHANNEL, "two")
    assert await bot.delete_message(CHANNEL, sent.message_id)
    assert sandbox.telegram.texts(CHANNEL) == ["two"]
    assert await bot.delete_messages(CHANNEL, [sent.message_id, 2])
    assert sandbox.telegram.texts(CHANNEL) == []
    assert (await bot.send_message(CHANNEL, "three")).message_id == 3, "ids are never used again"


async def test_forwarding_tells_whether_a_message_exists(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.add_chat(42)
    await bot.send_message(CHANNEL, "one")
    found = await bot.forward_message(42, CHANNEL, 1)
    assert found.text == "one"
    assert found.forward_origin is not None
    assert found.forward_origin.to_dict()["message_id"] == 1
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(42, CHANNEL, 2)
    assert (await bot.copy_message(42, CHANNEL, 1)).message_id == 2


async def test_replies_and_topics(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.add_chat(-1009999999999, "supergroup").topics = {5: False}
    first = await bot.send_message(-1009999999999, "one", message_thread_id=5)
    assert first.is_topic_message
    await bot.send_message(-1009999999999, "two", reply_parameters=ReplyParameters(first.message_id))
    forgiving = ReplyParameters(99, allow_sending_without_reply=True)
    await bot.send_message(-1009999999999, "three", reply_parameters=forgiving)


async def test_refusals_as_the_library_raises_them(sandbox: Sandbox, bot: Bot, url: str) -> None:
    sandbox.telegram.add_chat(-5).migrated_to = CHANNEL
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-5, "x")
    assert moved.value.new_chat_id == CHANNEL
    sandbox.telegram.state.chats[CHANNEL].everyone = Membership("kicked")
    with pytest.raises(Forbidden):
        await bot.send_message(CHANNEL, "x")
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{url}/telegram/bot"):
            pass


async def test_chats_and_members(sandbox: Sandbox, bot: Bot) -> None:
    chat = await bot.get_chat(CHANNEL)
    assert (chat.title, chat.username) == ("News", "newschannel")
    member = await bot.get_chat_member(CHANNEL, 4711)
    assert member.status == "administrator"
    assert member.to_dict()["can_post_messages"] is True
    for status in ("member", "kicked"):
        sandbox.telegram.state.chats[CHANNEL].everyone = Membership("member")
        other = sandbox.telegram.add_bot("9:other")
        sandbox.telegram.state.chats[CHANNEL].memberships[other.id] = Membership(
            "kicked" if status == "kicked" else "member"
        )
        assert (await bot.get_chat_member(CHANNEL, other.id)).status == status


async def test_the_bot_describes_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot) == ("news_bot", True)
    await bot.set_my_commands([("start", "Begin")], language_code="en")
    assert [one.command for one in await bot.get_my_commands(language_code="en")] == ["start"]
    assert await bot.get_my_commands() == ()
    await bot.delete_my_commands(language_code="en")
    assert await bot.get_my_commands(language_code="en") == ()
    await bot.set_my_description("Beschreibung", language_code="de")
    assert (await bot.get_my_description("de")).description == "Beschreibung"
    assert (await bot.get_my_name("de")).name == "News"
    assert await bot.send_chat_action(CHANNEL, "typing")


async def test_methods_are_found_in_any_case_and_by_any_body(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    fields = {"chat_id": str(CHANNEL), "text": "x"}
    base = f"/telegram/bot{TOKEN}"
    answers = [
        await http.get(f"{base}/SENDMESSAGE", params=fields),
        await http.post(f"{base}/sendmessage", data=fields),
        await http.post(f"{base}/sendMessage", files={name: (None, value) for name, value in fields.items()}),
    ]
    assert [one.json()["result"]["message_id"] for one in answers] == [1, 2, 3]
    assert [one.method for one in sandbox.journal.accepted] == ["sendMessage"] * 3
    assert (
        await http.post(f"{base}/getMe", content=b"[", headers={"content-type": "application/json"})
    ).status_code == 400


async def test_registering_on_first_use() -> None:
    sandbox = Sandbox(auto_register=True)
    async with sandbox.serving() as url, Bot("77:anything", base_url=f"{url}/telegram/bot") as bot:
        assert (await bot.send_message(CHANNEL, "x")).chat.type == "channel"
        named = (await bot.send_message("@somewhere", "x")).chat
        assert (named.type, named.username) == ("channel", "somewhere")
        assert (await bot.send_message("@SomeWhere", "y")).chat.id == named.id
        assert (await bot.send_message(42, "x")).chat.type == "private"
        assert (await bot.send_message(-42, "x")).chat.type == "group"
    with pytest.raises(ValueError, match="a token is"):
        sandbox.telegram.add_bot("nonsense")


async def test_no_token_is_noted(sandbox: Sandbox, bot: Bot, http: httpx.AsyncClient) -> None:
    await bot.send_message(CHANNEL, "x")
    assert "secret" not in (await http.get("/sandbox/state")).text
    assert "secret" not in repr(sandbox.journal)
