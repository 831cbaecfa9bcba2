"""What ``newswire check`` finds out about a chat: that it is there, and that the bot may write to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatType

from newswire.api import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import ChatFullInfo

    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import TelegramChannelOptions

_OUTSIDE = {ChatMember.LEFT: "is no member of it", ChatMember.BANNED: "was removed from it"}


async def check_chat(account: TelegramAccount, options: TelegramChannelOptions) -> Sequence[Finding]:
    """Looks at the chat and at the bot's rights there; changes nothing."""
    name = options.chat
    try:
        chat = await account.ask("look", name, lambda bot: bot.get_chat(name))
        if chat.type == ChatType.PRIVATE:
            return [Finding("ok", f"{chat_name(chat)}: a private chat")]
        number = await account.number()
        member = await account.ask("look", name, lambda bot: bot.get_chat_member(name, number))
    except Outcome as refusal:
        return [Finding("error", f"{name}: {refusal}")]
    return [write_finding(chat, member), *thread_findings(chat, options.thread)]


def write_finding(chat: ChatFullInfo, member: ChatMember) -> Finding:
    """Whether a member may write to a chat. Pure.

    In a channel only administrators with the right ``can_post_messages`` may (Bot API, ChatMemberAdministrator).
    """
    name = chat_name(chat)
    if member.status in _OUTSIDE:
        return Finding("error", f"{name}: the bot {_OUTSIDE[member.status]}")
    if chat.type == ChatType.CHANNEL and not (isinstance(member, ChatMemberAdministrator) and member.can_post_messages):
        return Finding("error", f"{name}: the bot must be an administrator with the right to post messages")
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return Finding("error", f"{name}: the bot may not send messages")
    return Finding("ok", f"{name}: the bot may write")


def thread_findings(chat: ChatFullInfo, thread: int | None) -> list[Finding]:
    """Whether a chat has topics to write into, where one is configured. Pure."""
    if thread is None or chat.is_forum:
        return []
    return [Finding("error", f"{chat_name(chat)}: thread {thread} is configured, but the chat has no topics")]


def chat_name(chat: ChatFullInfo) -> str:
    """What people call a chat, and its id."""
    title = chat.title or chat.username or chat.first_name or "chat"
    return f"{title} ({chat.id})"
