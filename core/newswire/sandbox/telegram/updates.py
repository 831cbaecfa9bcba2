"""What comes to a bot: long polling, and the doings of pretended users.

Source: Bot API, `getUpdates` (an offset confirms all before it); telegram-bot-api, `Client.cpp` (the texts of 409).
"""

import asyncio
from typing import Any

from newswire.sandbox.telegram.errors import conflict
from newswire.sandbox.telegram.forms import chat_json, member_json, message_json
from newswire.sandbox.telegram.parameters import Parameters
from newswire.sandbox.telegram.state import Bot, Chat, Membership, Message, TelegramState

LONGEST_POLL = 50
USUAL_LIMIT = 100
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Updates that come only when they are asked for by name."""


class Pollers:
    """The one long poll each bot may have; a second one ends the first."""

    def __init__(self) -> None:
        self._wakers: dict[int, asyncio.Event] = {}
        self._turns: dict[int, int] = {}

    def wake(self, bot: Bot) -> None:
        """Tell a bot's poll that something came."""
        if bot.id in self._wakers:
            self._wakers[bot.id].set()

    async def updates(self, bot: Bot, parameters: Parameters, closing: asyncio.Event) -> list[dict[str, Any]]:
        """Give the updates from an offset on, waiting for the first in real time.

        Raises:
            BotApiError: 409, because of a webhook or of another poll.
        """
        if bot.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        confirm(bot, parameters.integer("offset") or 0)
        turn = self._turns[bot.id] = self._turns.get(bot.id, 0) + 1
        self.wake(bot)
        allowed = parameters.json("allowed_updates", "can't parse allowed updates JSON array")
        if isinstance(allowed, list):
            bot.allowed_updates = allowed
        deadline = min(parameters.integer("timeout") or 0, LONGEST_POLL)
        limit = min(max(parameters.integer("limit") or USUAL_LIMIT, 1), USUAL_LIMIT)
        while not bot.updates and deadline > 0 and not closing.is_set():
            waker = self._wakers[bot.id] = asyncio.Event()
            waits = [asyncio.ensure_future(waker.wait()), asyncio.ensure_future(closing.wait())]
            done, rest = await asyncio.wait(waits, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
            for wait in rest:
                wait.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            if bot.webhook:
                raise conflict("terminated by setWebhook request")
            if self._turns[bot.id] != turn:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            if not done:
                break
        return bot.updates[:limit]


def confirm(bot: Bot, offset: int) -> None:
    """Drop the updates before an offset; a negative one keeps the last few only."""
    if offset < 0:
        bot.updates[:] = bot.updates[offset:]
    elif offset > 0:
        bot.updates[:] = [one for one in bot.updates if one["update_id"] >= offset]


def push(bot: Bot, update: dict[str, Any]) -> dict[str, Any]:
    """Put an update in a bot's queue, if the bot asked for its kind.

    Source: Bot API, `getUpdates`: an empty list of `allowed_updates` means all but a few.
    """
    bot.last_update_id += 1
    numbered = {"update_id": bot.last_update_id, **update}
    kinds = set(update)
    if kinds & set(bot.allowed_updates) if bot.allowed_updates else not kinds & UNASKED:
        bot.updates.append(numbered)
    return numbered


def user_json(number: int, language: str = "") -> dict[str, Any]:
    """Write a pretended user."""
    user: dict[str, Any] = {"id": number, "is_bot": False, "first_name": f"User {number}"}
    return {**user, "language_code": language} if language else user


def written(chat: Chat, user: int, text: str, now: float, language: str = "") -> dict[str, Any]:
    """Make the update of a message written by a user."""
    message: dict[str, Any] = {"message_id": chat.next_message_id(), "date": int(now), "chat": chat_json(chat)}
    message |= {"from": user_json(user, language), "text": text}
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0]
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"message": message}


def pressed(state: TelegramState, bot: Bot, chat: Chat, message: Message, *, data: str, now: float) -> dict[str, Any]:
    """Make the update of a pressed button and remember its query."""
    query = str(1000 + len(bot.queries) + bot.last_update_id)
    bot.queries[query] = now
    body = {"id": query, "from": user_json(abs(chat.id)), "chat_instance": str(chat.id), "data": data}
    return {"callback_query": {**body, "message": message_json(state, bot, chat, message)}}


def member_changed(bot: Bot, chat: Chat, old: Membership, new: Membership, now: float) -> dict[str, Any]:
    """Make the update of a changed place of the bot in a chat."""
    change = {"chat": chat_json(chat), "from": user_json(1), "date": int(now)}
    change |= {"old_chat_member": member_json(bot, chat, old), "new_chat_member": member_json(bot, chat, new)}
    return {"my_chat_member": change}
