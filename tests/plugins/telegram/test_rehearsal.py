"""Posts on their way to a rehearsal of Telegram that is at least as strict as the real one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newswire.api import ChannelMoved, PostGone
from newswire.sandbox.faults import Fault
from newswire_telegram.message import TEXT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire.sandbox import Sandbox
    from newswire.sandbox.clock import VirtualClock
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
TOKEN = "123456:AAH-the_secret_of_these_tests"
FAMILY = "👨‍👩‍👧‍👦"
Served = tuple["Sandbox", str]


def spoken(text: str, offset: int, length: int) -> str:
    """The part of a text that UTF-16 units tell."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


async def test_every_written_story_arrives_as_it_was_composed(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], written: tuple[str, Story]
) -> None:
    channel = open_channel()
    post = channel.compose(written[1])
    receipt = await channel.post(post, key="k")
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.content.text == post.text
    told = {(entity.kind, post.text[entity.offset : entity.offset + entity.length]) for entity in post.entities}
    kinds = {"text_link": "link", "bold": "bold", "italic": "italic"}
    arrived = {
        (kinds[entity.type], spoken(post.text, entity.offset, entity.length)) for entity in message.content.entities
    }
    assert arrived == {pair for pair in told if pair[0] != "hashtag"}
    assert message.preview["url"] == written[1].url
    assert receipt.remote_id == str(message.id)
    assert receipt.details == {"chat": NEWS, "kind": "text"}


async def test_post_edit_delete(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(silent=True, protect=True, preview="above")
    posted = await channel.post(channel.compose(story()), key="k")
    assert posted.at == datetime.fromtimestamp(clock(), UTC)
    assert posted.url == "https://t.me/c/1234567890/1"
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert (message.silent, message.protected, message.preview["show_above_text"]) == (True, True, True)

    clock.advance(60)
    edited = await channel.edit(posted, channel.compose(story(title="Corrected")))
    assert (edited.remote_id, edited.details, edited.url) == (posted.remote_id, posted.details, posted.url)
    assert edited.at > posted.at
    (text,) = sandbox[0].telegram.texts(NEWS)
    assert text.startswith("Corrected\n")
    assert await channel.edit(edited, channel.compose(story(title="Corrected"))) == edited

    await channel.delete(edited)
    assert sandbox[0].telegram.texts(NEWS) == []
    await channel.delete(edited)
    with pytest.raises(PostGone):
        await channel.edit(edited, channel.compose(story()))


@pytest.mark.parametrize("unit", ["a", FAMILY, "🇺🇦", "क्षि", "語", "😀"])
async def test_the_longest_posts_are_taken(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story], unit: str
) -> None:
    channel = open_channel()
    post = channel.compose(story(title=unit * 10, summary=unit * 5000))
    assert TEXT_LIMIT - len(unit) < len(post.text) <= TEXT_LIMIT
    await channel.post(post, key="k")
    assert sandbox[0].telegram.texts(NEWS) == [post.text]


async def test_a_public_channel_by_its_name(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.add_chat(-1009876543210, "channel", title="Public", username="example_news")
    channel = open_channel(chat="@example_news")
    receipt = await channel.post(channel.compose(story()), key="k")
    assert receipt.url == "https://t.me/example_news/1"
    assert receipt.details["chat"] == -1009876543210


async def test_an_edit_goes_where_the_post_went(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.add_chat(-1002, "channel", title="Other")
    here, there = open_channel(), open_channel(chat=-1002)
    receipt = await here.post(here.compose(story()), key="k")
    await there.edit(receipt, here.compose(story(title="Changed")))
    assert sandbox[0].telegram.texts(NEWS)[0].startswith("Changed")
    await there.delete(receipt)
    assert sandbox[0].telegram.texts(NEWS) == []


async def test_a_topic_of_a_forum(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    forum = sandbox[0].telegram.add_chat(-1003333333333, "supergroup", title="Forum")
    forum.topics[7] = False
    channel = open_channel(chat=forum.id, thread=7)
    await channel.post(channel.compose(story()), key="k")
    assert [message.thread for message in sandbox[0].telegram.messages(forum.id)] == [7]


async def test_a_private_chat_has_no_address(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.add_chat(42, "private")
    channel = open_channel(chat=42)
    assert (await channel.post(channel.compose(story()), key="k")).url is None


async def test_a_group_that_moved_is_told_and_its_old_posts_are_gone(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    telegram = sandbox[0].telegram
    group, new = telegram.add_chat(-555, "group"), telegram.add_chat(-1005550000000, "supergroup")
    channel = open_channel(chat=group.id)
    old = await channel.post(channel.compose(story()), key="k")
    group.migrated_to = new.id
    for attempt in (
        channel.post(channel.compose(story()), key="k2"),
        channel.edit(old, channel.compose(story(title="Changed"))),
        channel.delete(old),
    ):
        with pytest.raises(ChannelMoved) as moved:
            await attempt
        assert moved.value.address == {"chat": new.id}
    followed = open_channel(chat=new.id)
    assert (await followed.post(followed.compose(story()), key="k2")).details["chat"] == new.id
    with pytest.raises(PostGone):
        await followed.edit(old, followed.compose(story(title="Changed")))
    with pytest.raises(PostGone):
        await followed.delete(old)


@pytest.mark.parametrize("words", ["wrong HTTP URL specified", "failed to get HTTP URL content", "WEBPAGE_URL_INVALID"])
async def test_a_refused_preview_is_left_out(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story], words: str
) -> None:
    refusal = {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}
    channel = open_channel()
    sandbox[0].faults.add(Fault(effect="status", method="sendMessage", status=400, body=refusal))
    receipt = await channel.post(channel.compose(story()), key="k")
    sandbox[0].faults.add(Fault(effect="status", method="editMessageText", status=400, body=refusal))
    await channel.edit(receipt, channel.compose(story(title="Changed")))
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.preview == {"is_disabled": True}
    assert message.content.text.startswith("Changed")
    assert len(sandbox[0].journal.calls()) == 2


async def test_one_account_serves_many_chats(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
) -> None:
    account = connect()
    chats = [sandbox[0].telegram.add_chat(-1007000000000 - number, "channel").id for number in range(5)]
    for chat in chats:
        channel = open_channel(account, chat=chat)
        await channel.post(channel.compose(story(title=f"For {chat}")), key="k")
    assert [sandbox[0].telegram.texts(chat)[0].split("\n")[0] for chat in chats] == [f"For {chat}" for chat in chats]
