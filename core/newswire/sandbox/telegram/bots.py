"""The methods about the bot itself and about chats.

Source: Bot API, "Available methods" and "Getting updates" (limits of names and commands).
"""

import re
from collections.abc import Callable
from typing import Any

from newswire.sandbox.telegram.context import Context
from newswire.sandbox.telegram.errors import bad_request
from newswire.sandbox.telegram.forms import full_chat_json, member_json, user_json
from newswire.sandbox.telegram.hooks import on_loopback
from newswire.sandbox.telegram.rights import check_read, check_write

MAX_COMMANDS = 100
MAX_COMMAND = 32
MAX_COMMAND_DESCRIPTION = 256
QUERY_SECONDS = 30
MAX_BOT_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def get_me(context: Context) -> dict[str, Any]:
    """Say who the bot is."""
    return user_json(context.bot, full=True)


def always(context: Context) -> bool:
    """Agree, and do nothing: `logOut`, `close`."""
    del context
    return True


def send_chat_action(context: Context) -> bool:
    """Show "typing" where a message could be sent."""
    if not context.parameters.has("action"):
        raise bad_request("wrong parameter action in request")
    check_write(context.chat(), context.bot, context.parameters.integer("message_thread_id"), photo=False)
    return True


def get_chat(context: Context) -> dict[str, Any]:
    """Describe a chat."""
    chat = context.chat()
    check_read(chat, context.bot)
    return full_chat_json(chat)


def get_chat_member(context: Context) -> dict[str, Any]:
    """Describe a member; only bots are known as members here."""
    chat = context.chat()
    check_read(chat, context.bot)
    number = context.parameters.integer("user_id")
    bot = next((one for one in context.state.bots.values() if one.id == number), None)
    if bot is None:
        raise bad_request("user not found")
    return member_json(bot, chat, chat.membership(bot.id))


def set_my_commands(context: Context) -> bool:
    """Keep a command menu for a scope and a language."""
    commands = context.parameters.json("commands", "can't parse commands JSON array")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad_request("can't parse commands: expected an Array of at most 100")
    for one in commands:
        name = str(one.get("command", "")).removeprefix("/")
        if not 1 <= len(name) <= MAX_COMMAND or not name.replace("_", "a").isalnum() or name != name.lower():
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= MAX_COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    context.bot.commands[_scope(context)] = commands
    return True


def get_my_commands(context: Context) -> list[dict[str, str]]:
    """Give the command menu of a scope and a language."""
    return context.bot.commands.get(_scope(context), [])


def delete_my_commands(context: Context) -> bool:
    """Drop the command menu of a scope and a language."""
    context.bot.commands.pop(_scope(context), None)
    return True


def _scope(context: Context) -> tuple[str, str]:
    return context.parameters.text("scope"), context.parameters.text("language_code")


def setter(kind: str) -> Callable[[Context], bool]:
    """Make `setMyName` and its like."""

    def set_text(context: Context) -> bool:
        text = context.parameters.text(kind)
        if len(text) > MAX_BOT_TEXTS[kind]:
            raise bad_request(f"{kind.replace('_', ' ')} is too long")
        context.bot.texts[kind, context.parameters.text("language_code")] = text
        return True

    return set_text


def getter(kind: str) -> Callable[[Context], dict[str, str]]:
    """Make `getMyName` and its like; a language without its own text has the general one."""

    def get_text(context: Context) -> dict[str, str]:
        texts = context.bot.texts
        general = texts.get((kind, ""), context.bot.name if kind == "name" else "")
        return {kind: texts.get((kind, context.parameters.text("language_code"))) or general}

    return get_text


def answer_callback_query(context: Context) -> bool:
    """Answer a button press, once and soon."""
    asked = context.bot.queries.pop(context.parameters.text("callback_query_id"), None)
    if asked is None or context.now - asked > QUERY_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return True


def set_webhook(context: Context) -> bool:
    """Keep a webhook; an empty URL removes it."""
    url = context.parameters.text("url")
    if not url:
        return delete_webhook(context)
    if not url.startswith("https://") and not on_loopback(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    allowed = context.parameters.json("allowed_updates", "can't parse allowed updates JSON array")
    secret = context.parameters.text("secret_token")
    if secret and re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret) is None:
        raise bad_request("secret token contains unallowed characters")
    context.bot.allowed_updates = allowed if isinstance(allowed, list) else None
    context.bot.webhook = {"url": url, "secret_token": secret, "allowed_updates": allowed}
    if context.parameters.flag("drop_pending_updates"):
        context.bot.updates.clear()
    return True


def delete_webhook(context: Context) -> bool:
    """Remove the webhook."""
    context.bot.webhook = {}
    if context.parameters.flag("drop_pending_updates"):
        context.bot.updates.clear()
    return True


def get_webhook_info(context: Context) -> dict[str, Any]:
    """Describe the webhook."""
    hook = context.bot.webhook
    info = {"url": hook.get("url", ""), "has_custom_certificate": False}
    info["pending_update_count"] = len(context.bot.updates)
    for name in ("allowed_updates", "last_error_date", "last_error_message"):
        if hook.get(name):
            info[name] = hook[name]
    return info
