"""What the stand-in for Telegram holds: bots, chats, messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from newswire.sandbox.telegram.errors import bad_request, unauthorized
from newswire.sandbox.telegram.text import Formatted

ChatType = Literal["private", "group", "supergroup", "channel"]

SUPERGROUP_IDS = -1_000_000_000_000
"""Supergroups and channels have ids below this: `-100` and up to ten digits more."""

_TOKEN = re.compile(r"([0-9]{1,15}):[A-Za-z0-9_-]{1,80}")


@dataclass(slots=True)
class Membership:
    """A bot's place in a chat: its `ChatMember` status and what an administrator's rights are cut down to."""

    status: Literal["administrator", "member", "left", "kicked"] = "administrator"
    can_post_messages: bool = True
    can_edit_messages: bool = True
    can_delete_messages: bool = True
    can_send_text: bool = True
    can_send_photos: bool = True


@dataclass(slots=True)
class Photo:
    """A picture that was sent: its bytes, or where it is said to lie."""

    file_id: str
    url: str = ""
    content: bytes = b""
    media_type: str = ""


@dataclass(slots=True)
class Version:
    """What a message said until it was edited."""

    content: Formatted
    until: float


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a chat.

    Attributes:
        content: The text, or the caption when there is a photo.
        preview: The link preview options it was sent with.
        rich: The rich message it is; then `content` is its plain text.
        versions: What it said before, oldest first.
        deleted: When it was deleted, or none.
    """

    id: int
    bot: int
    date: float
    content: Formatted
    photo: Photo | None = None
    preview: dict[str, Any] = field(default_factory=dict)
    reply_markup: dict[str, Any] | None = None
    thread: int | None = None
    silent: bool = False
    protected: bool = False
    caption_above: bool = False
    rich: dict[str, Any] | None = None
    forwarded_from: tuple[int, int, float] | None = None
    edited: float | None = None
    versions: list[Version] = field(default_factory=list)
    deleted: float | None = None


@dataclass(slots=True, kw_only=True)
class Chat:
    """A chat, and what a test may set to make it refuse.

    Attributes:
        everyone: The membership of each bot that has none of its own in `memberships`.
        started: Private only: the user has written to the bot.
        blocked, deactivated: Private only.
        dissolved: Groups only: the group was deleted.
        migrated_to: Groups only: the supergroup it was upgraded to.
        protected: Its messages cannot be forwarded.
        topics: Forum topics by `message_thread_id`; the value says whether the topic is closed.
    """

    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    everyone: Membership = field(default_factory=Membership)
    memberships: dict[int, Membership] = field(default_factory=dict)
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    dissolved: bool = False
    migrated_to: int | None = None
    protected: bool = False
    topics: dict[int, bool] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0

    def membership(self, bot: int) -> Membership:
        """Give a bot's place in this chat."""
        return self.memberships.get(bot, self.everyone)

    def next_message_id(self) -> int:
        """Give the next message its id; ids run in sequence within a chat."""
        self.last_message_id += 1
        return self.last_message_id

    def message(self, number: int | None) -> Message | None:
        """Give a message that is still there."""
        message = self.messages.get(number or 0)
        return None if message is None or message.deleted is not None else message

    def visible(self) -> Iterator[Message]:
        """Give the messages that were not deleted, oldest first."""
        return (message for message in self.messages.values() if message.deleted is None)


@dataclass(slots=True, kw_only=True)
class Bot:
    """A bot and what it told the server about itself.

    Attributes:
        revoked: Its token is no longer good.
        commands: By scope and language code.
        texts: Name, description, short description by kind and language code.
        updates: What it has not confirmed, oldest first.
        allowed_updates: What it asked for last, by `getUpdates` or `setWebhook`; none is all but a few.
    """

    id: int
    token: str
    username: str
    name: str
    revoked: bool = False
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    last_update_id: int = 0
    allowed_updates: list[str] | None = None
    webhook: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, float] = field(default_factory=dict)


class TelegramState:
    """All bots and chats.

    Args:
        auto_register: Whether a bot or a chat that is named for the first time comes to be: any well-formed token is a
            bot, any `-100...` id or `@name` a channel it may post to, any other negative id a group, any positive id a
            user who has started it.

    Attributes:
        broken_urls: Pictures that cannot be had: the server is not there or says 404, it is no picture, or one of more
            than the 5 MB that Telegram fetches by URL.
        knows_rich_messages: Whether the server is as new as Bot API 10.1.
    """

    def __init__(self, *, auto_register: bool) -> None:
        self.auto_register = auto_register
        self.bots: dict[str, Bot] = {}
        self.chats: dict[int, Chat] = {}
        self.photos: dict[str, Photo] = {}
        self.broken_urls: dict[str, Literal["unreachable", "no_image", "too_large"]] = {}
        self.knows_rich_messages = True

    def clear(self) -> None:
        """Forget everything."""
        self.bots.clear()
        self.chats.clear()
        self.photos.clear()
        self.broken_urls.clear()

    def add_bot(self, token: str, *, username: str = "", name: str = "") -> Bot:
        """Register a bot.

        Raises:
            ValueError: The token is not of the form `123:abc`.
        """
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError("a token is digits, a colon, and letters, digits, _ or -")
        number = int(match[1])
        bot = Bot(id=number, token=token, username=username or f"sandbox_{number}_bot", name=name or f"Bot {number}")
        self.bots[token] = bot
        return bot

    def add_chat(self, number: int, kind: ChatType | None = None, *, title: str = "", username: str = "") -> Chat:
        """Register a chat; its type follows from the id unless given."""
        kind = kind or type_of(number)
        chat = Chat(id=number, type=kind, title=title or f"{kind.capitalize()} {number}", username=username)
        self.chats[number] = chat
        return chat

    def bot(self, token: str) -> Bot:
        """Find the bot of a token.

        Raises:
            BotApiError: 401; the text tells a malformed token from an unknown or revoked one.
        """
        if _TOKEN.fullmatch(token) is None:
            raise unauthorized("invalid token specified")
        bot = self.bots.get(token)
        if bot is None and self.auto_register:
            bot = self.add_bot(token)
        if bot is None or bot.revoked:
            raise unauthorized()
        return bot

    def chat(self, given: str) -> Chat:
        """Find a chat by id or `@name`.

        Raises:
            BotApiError: `chat_id is empty` or `chat not found`.
        """
        given = given.strip()
        if not given:
            raise bad_request("chat_id is empty")
        if given.startswith("@"):
            return self._chat_by_name(given[1:])
        try:
            number = int(given)
        except ValueError:
            raise bad_request("chat not found") from None
        if number in self.chats:
            return self.chats[number]
        if not self.auto_register or number == 0:
            raise bad_request("chat not found")
        return self.add_chat(number)

    def _chat_by_name(self, name: str) -> Chat:
        for chat in self.chats.values():
            if chat.username.lower() == name.lower() and chat.type in ("channel", "supergroup"):
                return chat
        if not self.auto_register or re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", name) is None:
            raise bad_request("chat not found")
        number = SUPERGROUP_IDS - 1_000_000 - len(self.chats)
        while number in self.chats:
            number -= 1
        return self.add_chat(number, "channel", title=name, username=name)


def type_of(number: int) -> ChatType:
    """Tell a chat's type from its id; a supergroup's id looks like a channel's, so it has to be registered."""
    if number > 0:
        return "private"
    return "channel" if number < SUPERGROUP_IDS else "group"
