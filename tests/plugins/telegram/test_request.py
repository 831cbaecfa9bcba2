"""The way to the Bot API: uploads, proxies, and an account that is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from newswire.api import Retry
from newswire_telegram.request import AiohttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire.sandbox import Sandbox
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

NEWS = -1001234567890
TOKEN = "123456:AAH-the_secret_of_these_tests"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
Served = tuple["Sandbox", str]


async def test_files_are_uploaded_whole(sandbox: Served) -> None:
    request = AiohttpRequest(TOKEN, connect_timeout=5, read_timeout=5, proxy_from_environment=False)
    bot = Bot(request.stand_in, base_url=f"{sandbox[1]}/bot", request=request, get_updates_request=request)
    async with request:
        await bot.send_photo(NEWS, PICTURE, caption="Ünïcode 🎉")
    (message,) = sandbox[0].telegram.messages(NEWS)
    assert message.photo is not None
    assert message.photo.content == PICTURE
    assert message.content.text == "Ünïcode 🎉"


async def test_a_proxy_of_the_environment_is_obeyed_only_when_wanted(
    monkeypatch: pytest.MonkeyPatch,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    direct, around = open_channel(), open_channel(connect(proxy_from_environment=True))
    await direct.post(direct.compose(story()), key="k")
    with pytest.raises(Retry, match="no connection"):
        await around.post(around.compose(story()), key="k")


async def test_a_closed_account_opens_again(
    sandbox: Served,
    connect: Callable[..., TelegramAccount],
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
) -> None:
    account = connect()
    channel = open_channel(account)
    await channel.post(channel.compose(story()), key="1")
    await account.aclose()
    await account.aclose()
    await channel.post(channel.compose(story()), key="2")
    assert len(sandbox[0].telegram.messages(NEWS)) == 2
