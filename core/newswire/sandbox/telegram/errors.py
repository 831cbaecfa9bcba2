"""The refusals of the Bot API, in its own words.

Source: telegram-bot-api 10.0, `Query.h` (envelope), `Client.cpp` and `ClientManager.cpp` (texts); tdlib, where a text
comes from there. The server lower-cases the first letter after the prefix, save for upper-case codes.
"""

from typing import Any

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY, SERVER_ERROR = 400, 401, 403, 404, 409, 429, 500


class BotApiError(Exception):
    """A call is refused.

    Attributes:
        code: The HTTP status and the `error_code`, which are one.
        description: The whole description, prefix included.
        parameters: `retry_after`, `migrate_to_chat_id`, or nothing.
        delay: Seconds the answer is held back.
    """

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def envelope(self) -> dict[str, Any]:
        """Give the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body if self.parameters is None else {**body, "parameters": self.parameters}


def bad_request(text: str, parameters: dict[str, Any] | None = None) -> BotApiError:
    """Refuse with 400."""
    return BotApiError(BAD_REQUEST, f"Bad Request: {text}", parameters)


def cannot_parse(text: str) -> BotApiError:
    """Refuse a text's markup; unlike elsewhere the first letter keeps its capital here."""
    return bad_request(f"can't parse entities: {text}")


def forbidden(text: str) -> BotApiError:
    """Refuse with 403."""
    return BotApiError(FORBIDDEN, f"Forbidden: {text}")


def unauthorized(text: str = "") -> BotApiError:
    """Refuse a token: revoked when nothing is said, malformed with `invalid token specified`."""
    return BotApiError(UNAUTHORIZED, f"Unauthorized: {text}" if text else "Unauthorized")


def conflict(text: str) -> BotApiError:
    """Refuse a second poller."""
    return BotApiError(CONFLICT, f"Conflict: {text}")


def method_not_found() -> BotApiError:
    """Refuse a method this server does not know."""
    return BotApiError(NOT_FOUND, "Not Found: method not found")


def too_many_requests(retry_after: int) -> BotApiError:
    """Refuse a flood."""
    return BotApiError(TOO_MANY, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
