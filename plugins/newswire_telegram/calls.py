"""The calls of the Bot API that write: which method fits, and what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram import InputMediaPhoto, Message, MessageEntity

from newswire_telegram.checking import GENERAL
from newswire_telegram.failures import MethodUnknown
from newswire_telegram.message import caption_of, wire_entities
from newswire_telegram.outcomes import PartRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from telegram import Bot

    from newswire.api import Entity, Post
    from newswire_telegram.fallback import Parts
    from newswire_telegram.message import Kind
    from newswire_telegram.options import TelegramChannelOptions

_NO_PREVIEW = {"is_disabled": True}


def new_message(post: Post, parts: Parts, options: TelegramChannelOptions) -> Callable[[Bot], Awaitable[Message]]:
    """Sends a post as a new message of these parts."""
    common: dict[str, Any] = {
        "chat_id": options.chat,
        # The topic General is reached by naming none: its own id is refused (telegram-bot-api, issue 798).
        "message_thread_id": None if options.thread == GENERAL else options.thread,
        "disable_notification": options.silent,
        "protect_content": options.protect,
        "reply_markup": _keyboard(post, parts),
    }
    if "rich" in parts:
        return lambda bot: _send_rich(bot, {**common, "rich_message": post.details["rich"]})
    told = _entities(post.text, post.entities, parts)
    if "picture" in parts:
        above = bool(post.details.get("caption_above"))
        return lambda bot: bot.send_photo(
            photo=post.media[0].url,
            caption=post.text,
            caption_entities=told,
            show_caption_above_media=above,
            **common,
        )
    return lambda bot: bot.send_message(
        text=post.text, entities=told, link_preview_options=_preview(post, parts), **common
    )


def changed_message(
    post: Post, parts: Parts, kind: Kind, chat: int | str, number: int
) -> Callable[[Bot], Awaitable[Message | bool]]:
    """Lets a message say what a post says.

    Args:
        post: all of the new content.
        parts: what of it is told.
        kind: what the message is.
        chat: where it is.
        number: which one it is.
    """
    place: dict[str, Any] = {"chat_id": chat, "message_id": number, "reply_markup": _keyboard(post, parts)}
    if kind == "photo":
        text, entities = caption_of(post)
        told = _entities(text, entities, parts)
        above = bool(post.details.get("caption_above"))
        if "picture" in parts:
            entities_told = [MessageEntity(**one) for one in told]
            media = InputMediaPhoto(
                post.media[0].url, text, caption_entities=entities_told, show_caption_above_media=above
            )
            return lambda bot: bot.edit_message_media(media=media, **place)
        return lambda bot: bot.edit_message_caption(
            caption=text, caption_entities=told, show_caption_above_media=above, **place
        )
    if "rich" in parts:
        rich = {"rich_message": post.details["rich"]}
        return lambda bot: bot.edit_message_text(text=None, api_kwargs=rich, **place)  # type: ignore[arg-type]  # in place of it
    told = _entities(post.text, post.entities, parts)
    return lambda bot: bot.edit_message_text(
        text=post.text, entities=told, link_preview_options=_preview(post, parts), **place
    )


async def _send_rich(bot: Bot, told: dict[str, Any]) -> Message:
    try:
        # Bot API 10.1; python-telegram-bot has no method for it yet.
        sent: Message = await bot.do_api_request("sendRichMessage", api_kwargs=told, return_type=Message)
    except MethodUnknown as unknown:
        refused = PartRefused(unknown.message, ("rich",))
    else:
        return sent
    raise refused


# python-telegram-bot hands on what is JSON already as it is; its own classes would be made only to be taken apart.


def _entities(text: str, entities: Iterable[Entity], parts: Parts) -> Any:
    return wire_entities(text, entities) if "entities" in parts else []


def _preview(post: Post, parts: Parts) -> Any:
    given = post.details.get("preview")
    return given if "preview" in parts and isinstance(given, dict) else _NO_PREVIEW


def _keyboard(post: Post, parts: Parts) -> Any:
    rows = post.details.get("buttons")
    return {"inline_keyboard": rows} if "buttons" in parts and isinstance(rows, list) else None
