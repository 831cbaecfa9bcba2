"""Bots, chats and messages as the Bot API writes them."""

import re
from typing import Any

from newswire.sandbox.telegram.state import Bot, Chat, Membership, Message, TelegramState
from newswire.sandbox.telegram.text import Entity, Formatted, utf16_length

_FOUND = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?')\]}])"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})\b"
    r"|(?<![\w#/])(?P<hashtag>#(?=\w*[^\W\d_])\w{1,256})"
)


def all_entities(content: Formatted) -> list[Entity]:
    """Give the entities of a text with those the server finds by itself: URLs, mentions, hashtags.

    Source: tdlib, `find_entities`; they do not appear where the bot put a link or code. This is a simple reading of it.
    """
    taken = [one for one in content.entities if one.type in ("text_link", "text_mention", "pre", "code")]
    found = []
    for match in _FOUND.finditer(content.text):
        offset = utf16_length(content.text[: match.start()])
        entity = Entity(type=str(match.lastgroup), offset=offset, length=utf16_length(match.group()))
        if all(entity.end <= one.offset or one.end <= entity.offset for one in taken):
            found.append(entity)
    return sorted([*content.entities, *found], key=lambda one: (one.offset, -one.length))


def user_json(bot: Bot, *, full: bool = False) -> dict[str, Any]:
    """Write a bot as a `User`; `full` adds what only getMe says."""
    user = {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}
    if full:
        abilities = ("can_connect_to_business", "has_main_web_app", "supports_inline_queries")
        user |= {"can_join_groups": True, "can_read_all_group_messages": False, **dict.fromkeys(abilities, False)}
    return user


def chat_json(chat: Chat) -> dict[str, Any]:
    """Write a `Chat`."""
    body: dict[str, Any] = {"id": chat.id, "type": chat.type}
    body["first_name" if chat.type == "private" else "title"] = chat.title
    if chat.username:
        body["username"] = chat.username
    if chat.topics:
        body["is_forum"] = True
    return body


def full_chat_json(chat: Chat) -> dict[str, Any]:
    """Write a `ChatFullInfo` with the fields no client can do without."""
    body = {**chat_json(chat), "accent_color_id": 0, "max_reaction_count": 11}
    body["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    if chat.protected:
        body["has_protected_content"] = True
    return body


def member_json(bot: Bot, chat: Chat, membership: Membership) -> dict[str, Any]:
    """Write a bot's `ChatMember`."""
    body: dict[str, Any] = {"user": user_json(bot), "status": membership.status}
    if membership.status == "kicked":
        return {**body, "until_date": 0}
    if membership.status != "administrator":
        return body
    rights = ("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info")
    body |= dict.fromkeys((*rights, "can_invite_users", "can_post_stories", "can_edit_stories"), False)
    body |= {"can_be_edited": False, "can_manage_chat": True, "is_anonymous": False, "can_delete_stories": False}
    body["can_delete_messages"] = membership.can_delete_messages
    if chat.type == "channel":
        body["can_post_messages"] = membership.can_post_messages
        body["can_edit_messages"] = membership.can_edit_messages
    return body


def message_json(state: TelegramState, bot: Bot, chat: Chat, message: Message) -> dict[str, Any]:
    """Write a `Message`; dates are whole seconds."""
    body: dict[str, Any] = {"message_id": message.id, "chat": chat_json(chat), "date": int(message.date)}
    if chat.type == "channel":
        body["sender_chat"] = chat_json(chat)
    else:
        body["from"] = user_json(bot)
    if message.thread is not None:
        body |= {"message_thread_id": message.thread, "is_topic_message": True}
    if message.edited is not None:
        body["edit_date"] = int(message.edited)
    if message.protected or chat.protected:
        body["has_protected_content"] = True
    if message.forwarded_from is not None:
        body["forward_origin"] = _origin(state, message.forwarded_from)
    if message.reply_markup is not None:
        body["reply_markup"] = message.reply_markup
    return {**body, **_content(message)}


def _content(message: Message) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if message.rich is not None:
        return {"rich_message": message.rich}
    if message.photo is not None:
        size = {"file_id": message.photo.file_id, "file_unique_id": message.photo.file_id, "width": 800, "height": 450}
        body["photo"] = [size]
        if message.caption_above:
            body["show_caption_above_media"] = True
    elif message.preview:
        body["link_preview_options"] = message.preview
    if message.content.text:
        body["text" if message.photo is None else "caption"] = message.content.text
    entities = [one.as_json() for one in all_entities(message.content)]
    if entities:
        body["entities" if message.photo is None else "caption_entities"] = entities
    return body


def _origin(state: TelegramState, origin: tuple[int, int, float]) -> dict[str, Any]:
    number, message, date = origin
    chat = chat_json(state.chats[number])
    if chat["type"] == "channel":
        return {"type": "channel", "date": int(date), "chat": chat, "message_id": message}
    return {"type": "chat", "date": int(date), "sender_chat": chat}
