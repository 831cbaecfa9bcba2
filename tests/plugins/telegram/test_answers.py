"""Which answers are certain, and how errors of the network are read."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import orjson
import pytest

from newswire_telegram.answers import UNTOLD_WAIT, checked
from newswire_telegram.failures import Flooded, MaybeSent, MethodUnknown, NotSent, TooLarge
from newswire_telegram.request import failure_of


def said(**members: object) -> bytes:
    return orjson.dumps(members)


@pytest.mark.parametrize("status", [400, 401, 403, 409])
def test_refusals_pass_through(status: int) -> None:
    body = said(ok=False, error_code=status, description="Bad Request: chat not found")
    assert checked(status, body, None) == body


def test_a_yes_passes_through() -> None:
    assert checked(200, said(ok=True, result=True), None) == said(ok=True, result=True)


def test_of_a_message_only_the_receipt_is_kept_where_that_is_all_that_is_wanted() -> None:
    receipt = {"message_id": 7, "date": 1, "edit_date": 2, "chat": {"id": -1001, "type": "channel"}}
    whole = said(ok=True, result={**receipt, "text": "All of it", "entities": [], "reply_markup": {}})
    assert orjson.loads(checked(200, whole, None, brief=True)) == {"ok": True, "result": receipt}
    assert checked(200, whole, None) == whole
    for other in (said(ok=True, result=True), said(ok=True, result={"message_id": 7})):
        assert checked(200, other, None, brief=True) == other


def test_a_page_that_says_no_to_the_bot_loses_its_text() -> None:
    assert checked(401, b"<h1>No</h1>", None) == b"{}"


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (200, b"", MaybeSent),
        (200, b'{"ok": tr', MaybeSent),
        (200, b"[]", MaybeSent),
        (200, b'{"ok":false}', MaybeSent),
        (204, b"", MaybeSent),
        (500, said(ok=False, description="Internal Server Error: restart"), MaybeSent),
        (502, b"<html>", MaybeSent),
        (599, b"", MaybeSent),
        (302, b"", NotSent),
        (400, b"<html>", NotSent),
        (403, b"<html>", NotSent),
        (405, b"", NotSent),
        (418, said(description="teapot"), NotSent),
        (413, b"", TooLarge),
        (404, b"", MethodUnknown),
        (404, said(description="Not Found: method not found"), MethodUnknown),
    ],
)
def test_what_is_not_certain(status: int, body: bytes, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        checked(status, body, None)


@pytest.mark.parametrize(
    ("body", "header", "wait"),
    [
        (said(parameters={"retry_after": 7}), "9", timedelta(seconds=7)),
        (said(parameters={"retry_after": 43_837}), None, timedelta(seconds=43_837)),
        (said(parameters={"retry_after": 0}), "9", timedelta(seconds=9)),
        (said(parameters={"retry_after": "x"}), None, UNTOLD_WAIT),
        (said(parameters=[]), "soon", UNTOLD_WAIT),
        (b"<html>", "12", timedelta(seconds=12)),
        (b"<html>", "9" * 400, UNTOLD_WAIT),
        (b"", None, UNTOLD_WAIT),
    ],
)
def test_how_long_to_wait(body: bytes, header: str | None, wait: timedelta) -> None:
    with pytest.raises(Flooded) as flooded:
        checked(429, body, header)
    assert flooded.value.after == wait


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (aiohttp.ConnectionTimeoutError("http://host/bot1:a"), NotSent),
        (aiohttp.InvalidURL("http://host/bot1:a"), NotSent),
        (aiohttp.SocketTimeoutError("http://host/bot1:a"), MaybeSent),
        (TimeoutError(), MaybeSent),
        (aiohttp.ServerDisconnectedError(), MaybeSent),
        (aiohttp.ClientOSError(104, "reset"), MaybeSent),
        (aiohttp.ClientPayloadError("cut"), MaybeSent),
        (ValueError("bot1:a"), MaybeSent),
    ],
)
def test_errors_of_the_network(error: Exception, failure: type[Exception]) -> None:
    read = failure_of(error)
    assert type(read) is failure
    assert "bot1:a" not in str(read)
