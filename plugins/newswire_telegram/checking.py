"""What ``newswire check`` finds out about a bot and its chats: that they are there, and that the bot may write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telegram import ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatType

from newswire.api import ChannelGone, Finding, NewswireError, Outcome
from newswire_telegram.membership import config_lines, hindrance, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import ChatFullInfo, ChatMember

    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions

GENERAL = 1
"""The topic that every forum has."""


async def check_bot(account: TelegramAccount) -> Sequence[Finding]:
    """Asks who the bot is, and tells of chats that no channel writes to; changes nothing."""
    try:
        user = await account.ask("look", None, lambda bot: bot.get_me())
    except Outcome as refusal:
        return [Finding("error", f"the bot is refused: {refusal}")]
    findings = [Finding("ok", f"the bot is @{user.username}")]
    language = account.services.site.default_language
    try:
        places = await asyncio.to_thread(account.places)
    except NewswireError:
        places = []  # nothing is kept yet: there is no database
    for place in places:
        if not account.channels_of(place.chat, place.name):
            lines = config_lines(place, account.name, language)
            findings.append(Finding("ok", f"the bot may write to {place.told}, and no channel does:\n{lines}"))
    return findings


async def check_chat(account: TelegramAccount, options: TelegramChannelOptions) -> Sequence[Finding]:
    """Looks at the chat and at the bot's rights there; nobody sees anything of it, but for "typing" in a topic."""
    name = options.chat
    try:
        chat = await account.ask("look", name, lambda bot: bot.get_chat(name))
        if chat.type == ChatType.PRIVATE:
            return [Finding("ok", f"{chat_name(chat)}: a private chat"), *await _probe_findings(account, options, chat)]
        number = await account.number()
        member = await account.ask("look", name, lambda bot: bot.get_chat_member(name, number))
    except Outcome as refusal:
        return [Finding("error", f"{name}: {refusal}")]
    return [
        *right_findings(chat, member),
        *await _thread_findings(account, options, chat),
        *await _probe_findings(account, options, chat),
    ]


def right_findings(chat: ChatFullInfo, member: ChatMember) -> list[Finding]:
    """Whether the bot may do in a chat what it is there for. Pure."""
    name, why = chat_name(chat), hindrance(chat, member)
    if why is not None:
        return [Finding("error", f"{name}: the bot {why}")]
    findings = [Finding("ok", f"{name}: the bot may write")]
    if isinstance(member, ChatMemberRestricted) and not member.can_send_photos:
        findings.append(Finding("warning", f"{name}: the bot may not send pictures; posts go out without"))
    if not (isinstance(member, ChatMemberAdministrator) and member.can_delete_messages):
        # Bot API, deleteMessage: without that right "a message can only be deleted if it was sent less than 48 hours
        # ago".
        late = "without the right to delete messages, posts can be withdrawn for 48 hours only"
        findings.append(Finding("warning", f"{name}: {late}"))
    return findings


async def _thread_findings(
    account: TelegramAccount, options: TelegramChannelOptions, chat: ChatFullInfo
) -> list[Finding]:
    """Whether the topic is there: sendChatAction goes where a message would, and leaves none."""
    thread, name = options.thread, chat_name(chat)
    if thread is None:
        return []
    if not chat.is_forum:
        return [Finding("error", f"{name}: thread {thread} is configured, but the chat has no topics")]
    if thread == GENERAL:
        return [Finding("ok", f"{name}: the topic General")]
    try:
        await account.ask(
            "look", options.chat, lambda bot: bot.send_chat_action(options.chat, "typing", message_thread_id=thread)
        )
    except ChannelGone as gone:
        return [Finding("error", f"{name}: thread {thread}: {gone}")]
    except Outcome as refusal:
        return [Finding("warning", f"{name}: thread {thread} could not be looked at: {refusal}")]
    return [Finding("ok", f"{name}: thread {thread} is there")]


async def _probe_findings(
    account: TelegramAccount, options: TelegramChannelOptions, chat: ChatFullInfo
) -> list[Finding]:
    """Whether posts in doubt can be looked for."""
    probe = options.probe
    if probe is None:
        return []
    if options.protect or chat.has_protected_content:
        return [Finding("error", f"probe: what is protected in {chat_name(chat)} cannot be forwarded and compared")]
    try:
        place = await account.ask("look", probe, lambda bot: bot.get_chat(probe))
        if place.type == ChatType.PRIVATE:
            return [Finding("ok", f"probe: {chat_name(place)}")]
        number = await account.number()
        member = await account.ask("look", probe, lambda bot: bot.get_chat_member(probe, number))
    except Outcome as refusal:
        return [Finding("error", f"probe {probe}: {refusal}")]
    why = hindrance(place, member)
    if why is not None:
        return [Finding("error", f"probe: {chat_name(place)}: the bot {why}")]
    return [Finding("ok", f"probe: {chat_name(place)}: the bot may write")]


def chat_name(chat: ChatFullInfo) -> str:
    """What people call a chat, and its id."""
    return f"{title_of(chat)} ({chat.id})"
