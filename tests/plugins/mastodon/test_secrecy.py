"""The token of an account stands in no log, no outcome and no traceback."""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from typing import Any

import pytest

from newswire.api import Outcome
from newswire.sandbox import Fault, Sandbox
from newswire_mastodon.options import MastodonAccountOptions

TOKEN = "token-of-the-newsroom"


async def outcomes_of(channel: Any, post: Any) -> list[Outcome]:
    raised = []
    for doing in (lambda: channel.post(post, key="k"), lambda: channel.find(post), channel.check):
        try:
            await doing()
        except Outcome as outcome:
            raised.append(outcome)
    return raised


@pytest.fixture
async def places(server: str, raw: Any) -> list[str]:
    """Addresses that fail in all the ways there are, some with the token in what they say."""
    echo = b'{"error": "token-of-the-newsroom is not a token"}'
    return [
        server,
        "http://127.0.0.1:9",
        "http://nobody.invalid",
        await raw(None),
        await raw(b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n" + TOKEN.encode()),
        await raw(b"HTTP/1.1 422 No\r\nContent-Length: %d\r\n\r\n%s" % (len(echo), echo)),
        await raw(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
    ]


async def test_no_token_in_any_log_or_outcome(
    places: list[str], sandbox: Sandbox, connect: Any, make_story: Any, caplog: pytest.LogCaptureFixture
) -> None:
    raised: list[Outcome] = []
    with caplog.at_level(logging.DEBUG):
        for place in places:
            account, channel = connect(place)
            raised += await outcomes_of(channel, channel.compose(make_story()))
            await account.check()
        sandbox.faults.add(Fault(effect="status", status=500, count=None))
        raised += await outcomes_of(connect(places[0])[1], channel.compose(make_story()))
        for broken in (f"{TOKEN}\nx", f"{TOKEN}ö"):
            raised += await outcomes_of(connect(places[0], broken)[1], channel.compose(make_story()))
    assert len(raised) >= 14
    assert "urllib3" in caplog.text
    told = "\n".join("".join(traceback.format_exception(outcome)) for outcome in raised)
    assert TOKEN not in told + caplog.text
    assert all(outcome.__context__ is None and outcome.__cause__ is None for outcome in raised)


def test_options_show_no_token() -> None:
    options = MastodonAccountOptions.model_validate({"url": "https://a.dev", "token": TOKEN})
    assert TOKEN not in f"{options} {options!r} {options.model_dump_json()}"


async def test_calls_of_an_account_never_overlap_even_when_cancelled(connect: Any) -> None:
    account, _ = connect("http://127.0.0.1:9")
    inside, most, release = [], [], threading.Event()

    def call(_: Any) -> None:
        inside.append(threading.get_ident())
        most.append(len(inside))
        release.wait(0.5)
        inside.pop()

    first = asyncio.create_task(account.client.call("read", call))
    await asyncio.sleep(0.05)
    first.cancel()
    rest = [asyncio.create_task(account.client.call("read", call)) for _ in range(3)]
    await asyncio.sleep(0.05)
    release.set()
    await asyncio.gather(*rest)
    assert most == [1, 1, 1, 1]
    assert first.cancelled()
