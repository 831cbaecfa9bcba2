"""Pictures, buttons and rich messages on their way, and what becomes of what Telegram does not take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Link, StoryImage
from newswire.sandbox.faults import Fault
from newswire.sandbox.telegram.state import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire.sandbox import Sandbox
    from newswire.sandbox.clock import VirtualClock
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
PICTURE, OTHER = "https://images.example.org/1.jpg", "https://images.example.org/2.jpg"
Served = tuple["Sandbox", str]


def image(url: str = PICTURE) -> StoryImage:
    return StoryImage(url, "A picture", "image/jpeg", 0)


def methods(sandbox: Sandbox) -> list[str]:
    return [call.method for call in sandbox.journal.received]


async def test_a_picture_its_caption_and_another_picture(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(style="photo", text_above=True, silent=True, protect=True)
    receipt = await channel.post(channel.compose(story(image=image())), key="k")
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.photo is not None
    assert (message.photo.url, message.caption_above, message.silent, message.protected) == (PICTURE, True, True, True)
    assert message.content.text.startswith("A title")
    assert receipt.details == {"chat": NEWS, "kind": "photo", "picture": PICTURE}

    clock.advance(60)
    edited = await channel.edit(receipt, channel.compose(story(image=image(), title="Corrected")))
    assert edited.details == receipt.details
    clock.advance(60)
    edited = await channel.edit(edited, channel.compose(story(image=image(OTHER), title="Corrected")))
    assert edited.details == {"chat": NEWS, "kind": "photo", "picture": OTHER}
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.photo is not None
    assert (message.photo.url, message.content.text.split("\n")[0]) == (OTHER, "Corrected")
    clock.advance(60)
    assert await channel.edit(edited, channel.compose(story(title="Without"))) != edited
    assert sandbox[0].telegram.texts(NEWS)[0].startswith("Without"), "the picture stays, its caption changes"
    assert methods(sandbox[0]) == ["sendPhoto", "editMessageCaption", "editMessageMedia", "editMessageCaption"]
    await channel.delete(edited)
    assert sandbox[0].telegram.messages(NEWS) == []


@pytest.mark.parametrize("trouble", ["unreachable", "no_image", "too_large"])
async def test_a_picture_that_is_refused_is_left_out(
    sandbox: Served,
    clock: VirtualClock,
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    trouble: Any,
) -> None:
    sandbox[0].telegram.state.broken_urls[PICTURE] = trouble
    channel = open_channel(style="photo")
    receipt = await channel.post(channel.compose(story(image=image())), key="k")
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.photo is None
    assert message.content.text.startswith("A title")
    assert message.preview["url"] == "https://news.example/a1", "the card of the page stands in for the picture"
    assert receipt.details["kind"] == "text"
    assert list(receipt.details["left_out"]) == ["picture"]  # type: ignore[arg-type]  # JSON that is a dict

    clock.advance(60)
    edited = await channel.edit(receipt, channel.compose(story(image=image(), title="Corrected")))
    assert edited.details == {"chat": NEWS, "kind": "text"}, "a text stays one"
    assert methods(sandbox[0]) == ["sendPhoto", "sendMessage", "editMessageText"]


async def test_another_picture_that_is_refused_changes_the_caption_only(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.state.broken_urls[OTHER] = "unreachable"
    channel = open_channel(style="photo")
    receipt = await channel.post(channel.compose(story(image=image())), key="k")
    clock.advance(60)
    edited = await channel.edit(receipt, channel.compose(story(image=image(OTHER), title="Corrected")))
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.photo is not None
    assert (message.photo.url, message.content.text.split("\n")[0]) == (PICTURE, "Corrected")
    assert edited.details["picture"] == PICTURE


async def test_a_chat_without_the_right_to_pictures_gets_the_text(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    group = sandbox[0].telegram.add_chat(-1003333333333, "supergroup")
    group.everyone = Membership(status="member", can_send_photos=False)
    channel = open_channel(chat=group.id, style="photo")
    receipt = await channel.post(channel.compose(story(image=image())), key="k")
    assert receipt.details["kind"] == "text"


async def test_a_style_that_says_more_than_a_caption_holds(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    photo, full = open_channel(style="photo"), open_channel(style="full")
    long = story(image=image(), body="A sentence of the body. " * 200)
    receipt = await photo.post(photo.compose(long), key="k")
    clock.advance(60)
    edited = await full.edit(receipt, full.compose(long))
    (text,) = sandbox[0].telegram.texts(NEWS)
    assert 500 < len(text) <= 1024
    assert text.endswith("Read more")
    assert edited.details == {"chat": NEWS, "kind": "photo", "picture": PICTURE}


async def test_a_receipt_made_by_hand_does_not_know_what_the_message_is(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(style="photo")
    posted = await channel.post(channel.compose(story(image=image())), key="k")
    found = channel.receipt_for(posted.remote_id, datetime(2026, 5, 1, tzinfo=UTC))
    assert found.details["kind"] == "text"
    clock.advance(60)
    edited = await channel.edit(found, channel.compose(story(image=image(OTHER), title="Corrected")))
    assert edited.details == {"chat": NEWS, "kind": "photo", "picture": OTHER}
    assert sandbox[0].telegram.texts(NEWS)[0].startswith("Corrected")


async def test_buttons_are_there_and_stay_there(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(buttons=["read", "related", "languages"])
    told = story(alternates=(Link("Deutsch", "https://news.example/de/a1", "de"),))
    receipt = await channel.post(channel.compose(told), key="k")
    clock.advance(60)
    await channel.edit(receipt, channel.compose(story(title="Corrected", alternates=told.alternates)))
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.reply_markup is not None
    addresses = [button["url"] for row in message.reply_markup["inline_keyboard"] for button in row]
    assert addresses == ["https://news.example/a1", "https://news.example/a2", "https://news.example/de/a1"]


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("inline keyboard button URL 'x' is invalid: Wrong HTTP URL", "buttons"),
        ("BUTTON_URL_INVALID", "buttons"),
        ("can't parse entities: whatever", "entities"),
        ("wrong HTTP URL specified", "preview"),
    ],
)
async def test_what_is_refused_by_name_is_left_out_alone(
    sandbox: Served,
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
    words: str,
    missing: str,
) -> None:
    refusal = {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}
    sandbox[0].faults.add(Fault(effect="status", status=400, body=refusal))
    channel = open_channel(buttons=["read"])
    receipt = await channel.post(channel.compose(story()), key="k")
    (message,) = sandbox[0].telegram.messages(NEWS)
    there = {
        "buttons": message.reply_markup is not None,
        "entities": bool(message.content.entities),
        "preview": "url" in message.preview,
    }
    assert [name for name, is_there in there.items() if not is_there] == [missing]
    left_out: Any = receipt.details["left_out"]
    assert list(left_out) == [missing]


async def test_what_is_refused_without_a_name_leaves_the_plain_text(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    refusal = {"ok": False, "error_code": 400, "description": "Bad Request: SOMETHING_NEW"}
    sandbox[0].faults.add(Fault(effect="status", status=400, body=refusal))
    channel = open_channel(style="photo", buttons=["read"])
    post = channel.compose(story(image=image()))
    await channel.post(post, key="k")
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert (message.content.text, message.content.entities, message.photo) == (post.text, (), None)
    assert (message.reply_markup, message.preview) == (None, {"is_disabled": True})
    assert len(sandbox[0].journal.received) == 2


async def test_a_rich_message_and_its_correction(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    channel = open_channel(style="rich", buttons=["read"])
    body = "## Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    receipt = await channel.post(channel.compose(story(body=body)), key="k")
    assert receipt.details == {"chat": NEWS, "kind": "rich"}
    clock.advance(60)
    edited = await channel.edit(receipt, channel.compose(story(body=body, title="Corrected")))
    assert edited.details == receipt.details
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.rich is not None
    assert "<table" in message.rich["html"]
    assert message.content.text.startswith("Corrected")
    assert message.reply_markup is not None


async def test_a_server_that_knows_no_rich_messages_gets_the_text(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.state.knows_rich_messages = False
    channel = open_channel(style="rich")
    receipt = await channel.post(channel.compose(story(body="A body.")), key="k")
    assert receipt.details["kind"] == "text"
    clock.advance(60)
    edited = await channel.edit(receipt, channel.compose(story(body="A body.", title="Corrected")))
    assert edited.details["kind"] == "text"
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.rich is None
    assert message.content.text.startswith("Corrected")
    assert message.content.entities


async def test_a_rich_message_that_is_refused_becomes_a_text(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    refusal = {"ok": False, "error_code": 400, "description": "Bad Request: rich message has too many blocks"}
    sandbox[0].faults.add(Fault(effect="status", status=400, body=refusal))
    channel = open_channel(style="rich")
    receipt = await channel.post(channel.compose(story(body="A body.")), key="k")
    assert receipt.details["kind"] == "text"


async def test_the_topic_general_is_reached_by_naming_none(
    sandbox: Served, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    forum = sandbox[0].telegram.add_chat(-1003333333333, "supergroup", title="Forum")
    forum.topics[7] = False
    channel = open_channel(chat=forum.id, thread=1)
    await channel.post(channel.compose(story()), key="k")
    assert [message.thread for message in sandbox[0].telegram.messages(forum.id)] == [None]
    assert [finding.level for finding in await channel.check()] == ["ok", "ok"]
