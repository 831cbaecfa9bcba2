"""What becomes of a bot in its chats: rights it gets or loses. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatType

if TYPE_CHECKING:
    from telegram import Chat, ChatFullInfo, ChatMemberUpdated

    from newswire.api import Json

_OUTSIDE = {ChatMember.LEFT: "is no member of it", ChatMember.BANNED: "was removed from it"}


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, and whether the bot may write there."""

    chat: int
    title: str
    name: str | None
    """Its public name, without ``@``."""
    hindrance: str | None
    """Why the bot may not write; None when it may."""

    @property
    def told(self) -> str:
        """What people call the chat, and its id."""
        return f"{self.title} ({self.chat})"

    def as_json(self) -> Json:
        """For keeping."""
        return asdict(self)


def place_of(change: ChatMemberUpdated) -> Place:
    """The place that an update ``my_chat_member`` tells of."""
    chat = change.chat
    return Place(chat.id, title_of(chat), chat.username, hindrance(chat, change.new_chat_member))


def title_of(chat: Chat | ChatFullInfo) -> str:
    """What people call a chat."""
    return chat.title or chat.username or chat.first_name or "chat"


def hindrance(chat: Chat | ChatFullInfo, member: ChatMember) -> str | None:
    """Why the bot may not write to a chat; None when it may.

    In a channel only administrators with the right ``can_post_messages`` may (Bot API, ChatMemberAdministrator).
    """
    if chat.type == ChatType.PRIVATE:
        return "was blocked by the user" if member.status == ChatMember.BANNED else None
    if member.status in _OUTSIDE:
        return _OUTSIDE[member.status]
    if chat.type == ChatType.CHANNEL and not (isinstance(member, ChatMemberAdministrator) and member.can_post_messages):
        return "must be an administrator with the right to post messages"
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return "may not send messages"
    return None


def config_lines(place: Place, account: str, language: str) -> str:
    """What an admin may paste into the config, to post to a place.

    Args:
        place: where the bot was added.
        account: the bot's account in the config.
        language: one to begin with.
    """
    words = re.sub(r"[^a-z0-9]+", "-", (place.name or "").casefold()).strip("-")
    chat = json.dumps(f"@{place.name}") if place.name else str(place.chat)
    title = " ".join(place.title.split())
    return "\n".join(
        (
            "[[channels]]",
            f"name = {json.dumps(f'{account}-{words or abs(place.chat)}')}",
            f"account = {json.dumps(account)}",
            f'languages = ["{language}"]',
            f"chat = {chat}  # {title}",
        )
    )
