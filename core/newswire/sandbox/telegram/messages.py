"""The methods that send, edit, delete and forward messages.

Source: telegram-bot-api 10.0, `Client.cpp`; Bot API, "Updating messages" and `deleteMessage`.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from newswire.sandbox.telegram.context import Context
from newswire.sandbox.telegram.errors import NOT_MODIFIED, BotApiError, bad_request, method_not_found
from newswire.sandbox.telegram.forms import message_json
from newswire.sandbox.telegram.parameters import Parameters
from newswire.sandbox.telegram.photos import photo_of
from newswire.sandbox.telegram.rich import rich_of
from newswire.sandbox.telegram.rights import check_read, check_write
from newswire.sandbox.telegram.state import Chat, Message, Photo, Version
from newswire.sandbox.telegram.text import MAX_CAPTION, MAX_TEXT, Formatted

DELETABLE_SECONDS = 48 * 3600


class Look(NamedTuple):
    """What an edit replaces."""

    content: Formatted
    preview: dict[str, Any]
    reply_markup: dict[str, Any] | None
    photo: Photo | None
    rich: dict[str, Any] | None = None


def send_message(context: Context) -> dict[str, Any]:
    """Send a text."""
    content = _text(context)
    markup, preview = context.reply_markup(), context.preview()
    chat = context.chat()
    message = _post(context, chat, content, None)
    message.preview, message.reply_markup = preview, markup
    return message_json(context.state, context.bot, chat, message)


def send_photo(context: Context) -> dict[str, Any]:
    """Send a picture with a caption."""
    content = _caption(context)
    markup = context.reply_markup()
    chat = context.chat()
    photo = photo_of(context.state, context.parameters)
    message = _post(context, chat, content, photo)
    message.reply_markup = markup
    message.caption_above = context.parameters.flag("show_caption_above_media")
    return message_json(context.state, context.bot, chat, message)


def send_rich_message(context: Context) -> dict[str, Any]:
    """Send a rich message (Bot API 10.1)."""
    if not context.state.knows_rich_messages:
        raise method_not_found()
    rich, content = rich_of(context.parameters.json("rich_message", "can't parse rich message JSON object"))
    markup, chat = context.reply_markup(), context.chat()
    message = _post(context, chat, content, None)
    message.rich, message.reply_markup = rich, markup
    return message_json(context.state, context.bot, chat, message)


def _text(context: Context) -> Formatted:
    if not context.parameters.has("text"):
        raise bad_request("message text is empty")
    content = context.formatted("text", "entities")
    if not content.text:
        raise bad_request("text must be non-empty")
    if len(content.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return content


def _caption(context: Context) -> Formatted:
    content = context.formatted("caption", "caption_entities")
    if len(content.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return content


def _post(context: Context, chat: Chat, content: Formatted, photo: Photo | None) -> Message:
    thread = context.parameters.integer("message_thread_id")
    check_write(chat, context.bot, thread, photo=photo is not None)
    _check_reply(context, chat)
    context.check_flood(chat)
    message = Message(
        id=chat.next_message_id(),
        bot=context.bot.id,
        date=context.now,
        content=content,
        photo=photo,
        thread=thread,
        silent=context.parameters.flag("disable_notification"),
        protected=context.parameters.flag("protect_content"),
    )
    chat.messages[message.id] = message
    return message


def _check_reply(context: Context, chat: Chat) -> None:
    reply = context.parameters.json("reply_parameters", "can't parse reply parameters JSON object")
    if not isinstance(reply, dict) or reply.get("allow_sending_without_reply"):
        return
    if chat.message(reply.get("message_id")) is None:
        raise bad_request("message to be replied not found")


def edit_message_text(context: Context) -> dict[str, Any]:
    """Replace a message's text; what is omitted (keyboard, preview options) is reset."""
    rich: dict[str, Any] | None = None
    if context.parameters.has("rich_message") and context.state.knows_rich_messages:
        rich, content = rich_of(context.parameters.json("rich_message", "can't parse rich message JSON object"))
    else:
        content = _text(context)
    markup, preview = context.reply_markup(), context.preview()
    chat, message = _to_edit(context)
    if message.photo is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit(context, chat, message, Look(content, preview, markup, None, rich))


def edit_message_caption(context: Context) -> dict[str, Any]:
    """Replace a picture's caption."""
    content = _caption(context)
    markup = context.reply_markup()
    chat, message = _to_edit(context)
    if message.photo is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(context, chat, message, Look(content, message.preview, markup, message.photo))


def edit_message_media(context: Context) -> dict[str, Any]:
    """Replace a message's picture and its caption; only pictures are known here."""
    media = context.parameters.json("media", "can't parse InputMedia: can't parse JSON object")
    if not isinstance(media, dict) or media.get("type") != "photo":
        raise bad_request("can't parse InputMedia: wrong type of media")
    within = replace(context, parameters=Parameters({**media, "photo": media.get("media")}, context.parameters.files))
    content, markup = _caption(within), context.reply_markup()
    chat, message = _to_edit(context)
    if message.rich is not None:
        raise bad_request("message can't be edited")
    photo = photo_of(context.state, within.parameters)
    return _edit(context, chat, message, Look(content, {}, markup, photo))


def edit_message_reply_markup(context: Context) -> dict[str, Any]:
    """Replace a message's keyboard."""
    markup = context.reply_markup()
    chat, message = _to_edit(context)
    look = Look(message.content, message.preview, markup, message.photo, message.rich)
    return _edit(context, chat, message, look)


def _to_edit(context: Context) -> tuple[Chat, Message]:
    number = context.parameters.integer("message_id")
    if not context.parameters.has("chat_id") or not number:
        raise bad_request("message identifier is not specified")
    chat = context.chat()
    check_read(chat, context.bot)
    message = chat.message(number)
    if message is None:
        raise bad_request("message to edit not found")
    membership = chat.membership(context.bot.id)
    own = message.bot == context.bot.id and message.forwarded_from is None
    may = membership.status == "administrator" and (membership.can_post_messages or membership.can_edit_messages)
    if not own or (chat.type == "channel" and not may):
        raise bad_request("message can't be edited")
    return chat, message


def _edit(context: Context, chat: Chat, message: Message, new: Look) -> dict[str, Any]:
    context.check_flood(chat)
    if new == Look(message.content, message.preview, message.reply_markup, message.photo, message.rich):
        raise bad_request(NOT_MODIFIED)
    if new.content != message.content:
        message.versions.append(Version(message.content, context.now))
    message.content, message.preview, message.reply_markup, message.photo, message.rich = new
    message.edited = context.now
    return message_json(context.state, context.bot, chat, message)


def delete_message(context: Context) -> bool:
    """Delete a message: a bot's own within 48 hours, any with the right to delete."""
    number = context.parameters.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    chat = context.chat()
    check_read(chat, context.bot)
    _delete(context, chat, number)
    return True


def delete_messages(context: Context) -> bool:
    """Delete several messages; those that cannot be deleted are passed over."""
    numbers = context.parameters.json("message_ids", "can't parse message identifiers JSON array")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:  # noqa: PLR2004 - the Bot API's bound
        raise bad_request("message identifiers are not specified")
    chat = context.chat()
    check_read(chat, context.bot)
    for number in numbers:
        try:
            _delete(context, chat, int(number))
        except BotApiError:
            continue
    return True


def _delete(context: Context, chat: Chat, number: int) -> None:
    message = chat.message(number)
    if message is None:
        raise bad_request("message to delete not found")
    membership = chat.membership(context.bot.id)
    administrator = membership.status == "administrator"
    if chat.type != "private" and administrator and membership.can_delete_messages:
        message.deleted = context.now
        return
    own = message.bot == context.bot.id
    if not own or (chat.type == "channel" and not (administrator and membership.can_post_messages)):
        raise bad_request("message can't be deleted")
    if context.now - message.date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = context.now


def forward_message(context: Context) -> dict[str, Any]:
    """Forward a message; the one way by which a bot can learn whether a message exists."""
    chat, source, message = _source(context, "message to forward not found")
    if message.protected or source.protected:
        raise bad_request("message can't be forwarded")
    forwarded = _post(context, chat, message.content, message.photo)
    forwarded.preview, forwarded.rich = message.preview, message.rich
    forwarded.forwarded_from = message.forwarded_from or (source.id, message.id, message.date)
    return message_json(context.state, context.bot, chat, forwarded)


def copy_message(context: Context) -> dict[str, Any]:
    """Copy a message without a link to where it came from; the answer is its id only."""
    markup = context.reply_markup()
    chat, source, message = _source(context, "message to copy not found")
    if message.protected or source.protected:
        raise bad_request("message can't be copied")
    copied = _post(context, chat, message.content, message.photo)
    copied.preview, copied.reply_markup, copied.rich = message.preview, markup, message.rich
    return {"message_id": copied.id}


def _source(context: Context, missing: str) -> tuple[Chat, Chat, Message]:
    chat = context.chat()
    source = context.chat("from_chat_id")
    check_read(source, context.bot)
    message = source.message(context.parameters.integer("message_id"))
    if message is None:
        raise bad_request(missing)
    return chat, source, message
