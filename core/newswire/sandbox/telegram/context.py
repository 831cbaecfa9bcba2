"""What a Bot API method gets to work with, and the readings of fields that many of them share."""

from dataclasses import dataclass
from typing import Any

from newswire.sandbox.telegram.errors import bad_request, too_many_requests
from newswire.sandbox.telegram.html import parse_html
from newswire.sandbox.telegram.limits import FloodLimits
from newswire.sandbox.telegram.links import LinkError, checked_link
from newswire.sandbox.telegram.parameters import Parameters
from newswire.sandbox.telegram.state import Bot, Chat, TelegramState
from newswire.sandbox.telegram.text import MAX_RAW_BYTES, Formatted, fixed, read_entities

MAX_BUTTONS = 100
MAX_BUTTONS_IN_ROW = 8
MAX_CALLBACK_BYTES = 64


@dataclass(frozen=True, slots=True)
class Context:
    """One call: who asks, with what, when."""

    state: TelegramState
    bot: Bot
    parameters: Parameters
    now: float
    limits: FloodLimits | None

    def chat(self, name: str = "chat_id") -> Chat:
        """Find the chat the call is about."""
        return self.state.chat(self.parameters.text(name))

    def check_flood(self, chat: Chat) -> None:
        """Count this call.

        Raises:
            BotApiError: 429, when it comes too soon.
        """
        if self.limits is None:
            return
        wait = self.limits.retry_after(self.bot.id, chat.id, self.now, group=chat.type != "private")
        if wait:
            raise too_many_requests(wait)

    def formatted(self, field: str, entities_field: str) -> Formatted:
        """Read a text with its entities or its markup; with both, the markup counts (telegram-bot-api, Client.cpp).

        Raises:
            BotApiError: The text or the markup is refused.
        """
        text = self.parameters.text(field)
        if len(text.encode("utf-8", "surrogatepass")) > MAX_RAW_BYTES:
            raise bad_request("text is too long")
        mode = self.parameters.text("parse_mode").lower()
        if mode == "html":
            return fixed(*parse_html(text))
        if mode not in ("", "none"):
            raise bad_request("unsupported parse_mode")  # the real server has Markdown too; this one is stricter
        given = self.parameters.json(entities_field, "can't parse entities JSON object")
        return fixed(text, read_entities(given) if given is not None else [])

    def preview(self) -> dict[str, Any]:
        """Read `link_preview_options`."""
        options = self.parameters.json("link_preview_options", "can't parse link preview options JSON object")
        if options is None:
            return {"is_disabled": True} if self.parameters.flag("disable_web_page_preview") else {}
        if not isinstance(options, dict):
            raise bad_request("object expected as link preview options")
        if options.get("url"):
            try:
                options = {**options, "url": checked_link(str(options["url"]))}
            except LinkError:
                raise bad_request("wrong HTTP URL specified") from None
        return options

    def reply_markup(self) -> dict[str, Any] | None:
        """Read `reply_markup`; only inline keyboards are checked and kept."""
        markup = self.parameters.json("reply_markup", "can't parse reply keyboard markup JSON object")
        if markup is None:
            return None
        if not isinstance(markup, dict):
            raise bad_request("object expected as reply markup")
        rows = markup.get("inline_keyboard")
        if rows is None:
            return None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad_request('can\'t parse inline keyboard: field "inline_keyboard" must be of type Array')
        for row in rows:
            if len(row) > MAX_BUTTONS_IN_ROW:
                raise bad_request("BUTTONS_TOO_MUCH")
            for button in row:
                check_button(button)
        if sum(len(row) for row in rows) > MAX_BUTTONS:
            raise bad_request("REPLY_MARKUP_TOO_LONG")
        return {"inline_keyboard": rows} if any(rows) else None


def check_button(button: Any) -> None:
    """Refuse an inline keyboard button the server would refuse.

    Source: Bot API, `InlineKeyboardButton` (callback data has 1 to 64 bytes); tdlib, `ReplyMarkup.cpp`.
    """
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: field "text" must be a non-empty String')
    if button.get("url"):
        try:
            checked_link(str(button["url"]))
        except LinkError as error:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: {error}") from error
    elif "callback_data" in button:
        if not 1 <= len(str(button["callback_data"]).encode()) <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not any(key in button for key in ("copy_text", "web_app", "login_url", "switch_inline_query", "pay")):
        raise bad_request("text buttons are unallowed in the inline keyboard")
