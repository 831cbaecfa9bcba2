"""A stand-in for the Telegram Bot API.

Its routes are `/bot{token}/{method}`. What it holds is in `state`, what it refuses in `errors`; methods are plain
functions of a `Context`, listed in `METHODS`.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newswire.sandbox.calls import Call
from newswire.sandbox.exchange import Exchange, json_response
from newswire.sandbox.telegram import bots, messages, updates
from newswire.sandbox.telegram.context import Context
from newswire.sandbox.telegram.errors import TOO_MANY, BotApiError, method_not_found, too_many_requests
from newswire.sandbox.telegram.hooks import Hooks
from newswire.sandbox.telegram.limits import FloodLimits
from newswire.sandbox.telegram.parameters import Parameters, read_parameters
from newswire.sandbox.telegram.state import Bot, Chat, ChatType, Membership, Message, TelegramState
from newswire.sandbox.telegram.text import Entity, fixed, utf16_length

Method = Callable[[Context], Any]

METHODS: dict[str, Method] = {
    "getMe": bots.get_me,
    "logOut": bots.always,
    "close": bots.always,
    "sendChatAction": bots.send_chat_action,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendRichMessage": messages.send_rich_message,
    "editMessageText": messages.edit_message_text,
    "editMessageCaption": messages.edit_message_caption,
    "editMessageMedia": messages.edit_message_media,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "forwardMessage": messages.forward_message,
    "copyMessage": messages.copy_message,
    "getChat": bots.get_chat,
    "getChatMember": bots.get_chat_member,
    "setMyCommands": bots.set_my_commands,
    "getMyCommands": bots.get_my_commands,
    "deleteMyCommands": bots.delete_my_commands,
    "setMyName": bots.setter("name"),
    "getMyName": bots.getter("name"),
    "setMyDescription": bots.setter("description"),
    "getMyDescription": bots.getter("description"),
    "setMyShortDescription": bots.setter("short_description"),
    "getMyShortDescription": bots.getter("short_description"),
    "answerCallbackQuery": bots.answer_callback_query,
    "setWebhook": bots.set_webhook,
    "deleteWebhook": bots.delete_webhook,
    "getWebhookInfo": bots.get_webhook_info,
}
"""Every method but `getUpdates`, which waits and so is a coroutine of its own."""

_BY_LOWER_CASE = {name.lower(): (name, method) for name, method in METHODS.items()}
GET_UPDATES = "getUpdates"
MOST_ACTIVE, OVERLOAD_WAIT = 1000, 60
"""So many calls of one bot at a time are too many (telegram-bot-api, Client.cpp), and how long it has to wait then."""


class Telegram:
    """The stand-in: its state, and what a test may do to it.

    Args:
        exchange: The way calls take.
        auto_register: Whether unknown bots and chats come to be when they are named (see `TelegramState`).
        limits: Whether the flood limits hold.
    """

    def __init__(self, exchange: Exchange, *, auto_register: bool, limits: bool) -> None:
        self.exchange = exchange
        self.state = TelegramState(auto_register=auto_register)
        self.limits = FloodLimits() if limits else None
        self.pollers = updates.Pollers()
        self.hooks = Hooks(exchange.clock)
        self._active: dict[str, int] = {}
        self.routes = [
            Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"]),
            Route("/{path:path}", _nothing, methods=["GET", "POST"]),
        ]

    def clear(self) -> None:
        """Forget everything."""
        self.state.clear()
        if self.limits is not None:
            self.limits.clear()

    def add_bot(self, token: str, *, username: str = "", name: str = "") -> Bot:
        """Register a bot by its token."""
        return self.state.add_bot(token, username=username, name=name)

    def add_chat(self, number: int, kind: ChatType | None = None, *, title: str = "", username: str = "") -> Chat:
        """Register a chat by its id; the type follows from the id unless given."""
        return self.state.add_chat(number, kind, title=title, username=username)

    def chat(self, chat: int | str) -> Chat:
        """Give a chat by id or `@name`, to look at or to make it refuse."""
        return self.state.chat(str(chat))

    def messages(self, chat: int | str) -> list[Message]:
        """Give the messages of a chat that are not deleted, oldest first."""
        return list(self.chat(chat).visible())

    def texts(self, chat: int | str) -> list[str]:
        """Give what the messages of a chat say, oldest first."""
        return [message.content.text for message in self.messages(chat)]

    def user_writes(self, token: str, user: int, text: str, *, language: str = "") -> dict[str, Any]:
        """Let a user write to a bot in private; gives the update."""
        bot, chat = self.state.bot(token), self.state.chats.get(user) or self.state.add_chat(user, "private")
        chat.started = True
        return self.push(bot, updates.written(chat, user, text, self.exchange.clock(), language))

    def user_presses(self, token: str, chat: int, message: int, data: str) -> dict[str, Any]:
        """Let a user press a button under a message; gives the update."""
        bot, place = self.state.bot(token), self.state.chats[chat]
        stored, now = place.messages[message], self.exchange.clock()
        return self.push(bot, updates.pressed(self.state, bot, place, stored, data=data, now=now))

    def somebody_writes(self, chat: int | str, text: str, *, link: str = "") -> Message:
        """Let an administrator who is no bot write to a channel, with all of the text as a link if one is given."""
        place = self.chat(chat)
        linked = [Entity(type="text_link", offset=0, length=utf16_length(text), url=link)] if link else []
        content = fixed(text, linked)
        message = Message(id=place.next_message_id(), bot=0, date=self.exchange.clock(), content=content)
        place.messages[message.id] = message
        return message

    def set_membership(self, token: str, chat: int, new: Membership) -> dict[str, Any]:
        """Change a bot's place in a chat and tell it so; gives the update."""
        bot, place = self.state.bot(token), self.state.chat(str(chat))
        old, place.memberships[bot.id] = place.membership(bot.id), new
        return self.push(bot, updates.member_changed(bot, place, old, new, self.exchange.clock()))

    def push(self, bot: Bot, update: dict[str, Any]) -> dict[str, Any]:
        """Put an update in a bot's queue."""
        numbered = updates.push(bot, update)
        self.pollers.wake(bot)
        return numbered

    async def _serve(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            parameters = await read_parameters(request)
        except BotApiError as error:
            return json_response(error.envelope(), error.code)
        name, act = _BY_LOWER_CASE.get(method.lower(), (method, None))
        known = self.state.bots.get(token)
        call = Call(
            number=self.exchange.journal.next_number(),
            platform="telegram",
            method=GET_UPDATES if method.lower() == GET_UPDATES.lower() else name,
            path=f"/{name}",
            at=self.exchange.clock(),
            account="" if known is None else known.username,
            chat=parameters.text("chat_id"),
            parameters=parameters.noted(),
        )

        async def carried_out() -> Response:
            self._active[token] = self._active.get(token, 0) + 1
            try:
                if self._active[token] > MOST_ACTIVE:
                    raise too_many_requests(OVERLOAD_WAIT)
                result = await self._do(token, call.method, act, parameters)
            except BotApiError as error:
                wait = (error.parameters or {}).get("retry_after")
                headers = {"Retry-After": str(wait)} if wait else None
                return json_response(error.envelope(), error.code, headers)
            finally:
                self._active[token] -= 1
            return json_response({"ok": True, "result": result})

        response = await self.exchange.carry_out(request, call, carried_out)
        self._heed(token, call, response)
        return response

    def _heed(self, token: str, call: Call, response: Response) -> None:
        """Hold a chat to a wait it was told of, also by a scripted fault: whoever comes before gets another 429."""
        wait, bot = response.headers.get("retry-after", ""), self.state.bots.get(token)
        if response.status_code != TOO_MANY or not wait.isdecimal() or self.limits is None or bot is None:
            return
        with contextlib.suppress(BotApiError):
            self.limits.hold(bot.id, self.state.chat(call.chat).id, call.at + int(wait))

    async def _do(self, token: str, name: str, act: Method | None, parameters: Parameters) -> Any:
        bot = self.state.bot(token)
        if name == GET_UPDATES:
            return await self.pollers.updates(bot, parameters, self.exchange.closing)
        if act is None:
            raise method_not_found()
        result = act(Context(self.state, bot, parameters, self.exchange.clock(), self.limits))
        if name == "setWebhook":
            self.pollers.wake(bot)
            self.hooks.begin(bot, self.exchange.closing)
        return result


async def _nothing(request: Request) -> Response:
    del request
    return json_response({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
