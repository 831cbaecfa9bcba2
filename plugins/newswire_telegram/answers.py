"""Reading an answer of the Bot API before python-telegram-bot does: which answers say nothing certain. Pure."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson

from newswire_telegram.failures import Flooded, MaybeSent, MethodUnknown, NotSent, TooLarge

UNTOLD_WAIT = timedelta(seconds=30)
"""How long to wait after a 429 that does not say."""
_SERVER_ERROR = 500
_REQUIRED = {"message_id", "date", "chat"}
_RECEIPT = ("message_id", "date", "edit_date", "chat")
# What python-telegram-bot makes exceptions of that say what they mean: 400, 401, 403, 409.
_TELLING = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT}


def checked(status: int, body: bytes, retry_after: str | None, *, brief: bool = False) -> bytes:
    """The body of an answer, if it is certain what it says.

    Args:
        status: the HTTP status.
        body: the body.
        retry_after: the header ``Retry-After``.
        brief: whether of a message only that is wanted which makes its receipt. The answer to a message repeats all of
            it, and for python-telegram-bot to make objects of that costs more than the sending.

    Raises:
        Flooded: 429; the Bot API says in ``parameters.retry_after`` (ResponseParameters) how long to wait, in seconds.
        TooLarge: 413.
        MethodUnknown: 404, which the Bot API says of methods (``Not Found: method not found``) and of odd tokens.
        MaybeSent: the server failed, or its "yes" cannot be read.
        NotSent: something that is not the Bot API sent the request away.
    """
    answer = _json(body)
    words = _words(status, answer)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Flooded(words, _wait(answer, retry_after))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise TooLarge(words)
    if status == HTTPStatus.NOT_FOUND:
        raise MethodUnknown(words)
    if status >= _SERVER_ERROR:
        raise MaybeSent(words)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        if answer is None or "result" not in answer:
            raise MaybeSent(f"the answer cannot be read (HTTP {status})")
        return _brief(answer["result"]) or body if brief else body
    if status not in _TELLING:
        raise NotSent(f"not an answer of the Bot API: {words}")
    if answer is not None:
        return body
    if status == HTTPStatus.UNAUTHORIZED:
        return b"{}"
    raise NotSent(f"not an answer of the Bot API: {words}")


def _brief(result: Any) -> bytes | None:
    if not isinstance(result, dict) or not result.keys() >= _REQUIRED:
        return None
    return orjson.dumps({"ok": True, "result": {key: result[key] for key in _RECEIPT if key in result}})


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def _words(status: int, answer: dict[str, Any] | None) -> str:
    words = (answer or {}).get("description")
    if isinstance(words, str) and words:
        return words
    try:
        return f"{HTTPStatus(status).phrase} ({status})"
    except ValueError:
        return f"HTTP {status}"


def _wait(answer: dict[str, Any] | None, header: str | None) -> timedelta:
    parameters = (answer or {}).get("parameters")
    told = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(told, int) and told > 0:
        return timedelta(seconds=told)
    if header is not None and header.isdecimal() and len(header) < len("1000000") and int(header) > 0:
        return timedelta(seconds=int(header))
    return UNTOLD_WAIT
