"""Messages go out by Apprise's own services over real HTTP; what is not certain is called so."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr, ValidationError

from newswire.api import AccountRefused, ChannelPaused, LanePaused, Retry, Unknown
from newswire.logs import setup_logging
from newswire.secrets import MASK
from newswire.testing import (
    DeliveryState,
    RehearsalRoom,
    RehearsalServices,
    RehearsedAccount,
    RehearsedChannel,
    a_story,
)
from newswire_apprise.options import AppriseAccountOptions, AppriseChannelOptions
from newswire_apprise.plugin import AppriseType

if TYPE_CHECKING:
    from newswire_apprise.account import AppriseAccount
    from newswire_apprise.channel import AppriseChannel

KEY = "newswire/channel/a/0"


def opened(url: str, **options: Any) -> tuple[AppriseAccount, AppriseChannel, RehearsalServices]:
    services = RehearsalServices()
    account = AppriseType().connect("news", AppriseAccountOptions(url=url, read_timeout=2), services)  # type: ignore[arg-type]  # a string, as in the config
    return account, AppriseType().open(account, AppriseChannelOptions(**options)), services


async def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        _, channel, _ = opened(f"json://127.0.0.1:{taken.getsockname()[1]}/secret-path")
        with pytest.raises(Retry, match="Connection error") as told:
            await channel.post(channel.compose(a_story()), key=KEY)
    assert "secret-path" not in str(told.value)


async def test_a_name_that_nobody_has_got_nothing() -> None:
    _, channel, _ = opened("json://nobody.invalid/x")
    with pytest.raises(Retry):
        await channel.post(channel.compose(a_story()), key=KEY)


async def test_of_two_targets_nobody_knows_which_failed(board: Any) -> None:
    account, channel, services = opened(f"ntfy://{board.host}/one/two")
    await account.start()
    board.strike(status=401)
    with pytest.raises(Unknown, match="2 targets"):
        await channel.post(channel.compose(a_story()), key=KEY)
    assert len(board.posts) == 1
    services.clock.forward(timedelta(seconds=10))  # type: ignore[attr-defined]  # a RehearsalClock
    assert [one.level for one in await account.check()] == ["ok", "warning"]


async def test_ntfy_says_its_own_codes(board: Any) -> None:
    _, channel, _ = opened(f"ntfy://{board.host}/news")
    await channel.post(channel.compose(a_story(title="A title", summary="*Words*")), key=KEY)
    assert board.requests[-1][2]["title"] == "A title"
    assert board.requests[-1][2]["message"].startswith("*Words*\n\n")


async def test_the_form_is_what_the_service_takes(board: Any) -> None:
    story = a_story(title="<1> *title*", summary="1 < 2 & *so on*")
    _, channel, _ = opened(f"form://{board.host}/")
    assert channel.compose(story).details["form"] == "html"
    _, channel, _ = opened(f"ntfy://{board.host}/news?format=markdown")
    post = channel.compose(story)
    assert post.details["form"] == "markdown"
    await channel.post(post, key=KEY)
    path, headers, document = board.requests[-1]
    assert (path, headers["x-markdown"]) == ("/", "yes")
    assert document["message"].startswith(r"1 \< 2 \& \*so on\*")
    _, channel, _ = opened(f"gotify://{board.host}/token-of-gotify", format="text")
    await channel.post(channel.compose(story), key=KEY)
    path, headers, document = board.requests[-1]
    assert (path, headers["x-gotify-key"]) == ("/message", "token-of-gotify")
    assert document["message"].startswith("1 < 2 & *so on*")


async def test_pictures_of_apprise_do_not_stand_beside_the_news(board: Any) -> None:
    _, channel, _ = opened(f"ntfy://{board.host}/news")
    await channel.post(channel.compose(a_story()), key=KEY)
    assert "x-icon" not in board.requests[-1][1]
    assert board.requests[-1][1]["user-agent"] == RehearsalServices().site.name


async def test_the_room_waits_instead_of_a_thread(board: Any) -> None:
    _, channel, services = opened(f"ntfy://{board.host}/news")
    await channel.post(channel.compose(a_story()), key=KEY)
    with pytest.raises(LanePaused) as pause:
        await channel.post(channel.compose(a_story()), key=KEY)
    assert pause.value.after == timedelta(seconds=5.5)
    services.clock.forward(pause.value.after)  # type: ignore[attr-defined]  # as above
    await channel.post(channel.compose(a_story()), key=KEY)
    assert len(board.posts) == 2


async def test_what_is_not_begun_is_not_in_doubt(board: Any) -> None:
    _, channel, services = opened(board.url)
    board.strike(hang=0.5, taken=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.post(channel.compose(a_story()), key=KEY), 0.1)
    with pytest.raises(ChannelPaused):
        await channel.post(channel.compose(a_story()), key=KEY)
    services.clock.forward(timedelta(minutes=6))  # type: ignore[attr-defined]  # as above
    with pytest.raises(Retry, match="has not come back"):
        await channel.post(channel.compose(a_story()), key=KEY)
    async with asyncio.timeout(10):
        while True:
            try:
                await channel.post(channel.compose(a_story()), key=KEY)
                break
            except Retry:
                await asyncio.sleep(0.05)
    assert len(board.posts) == 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense://somewhere/with-a-token", "Apprise knows no service 'nonsense://'"),
        ("discrd://somewhere/with-a-token", "Apprise knows no service 'discrd://'; did you mean 'discord://'?"),
        ("discord://no-token-at-all", "that of this service looks like discord://{webhook_id}/{webhook_token}"),
        ("tgram://short", "that of this service looks like tgram://{bot_token}"),
    ],
)
async def test_an_address_that_apprise_cannot_read(url: str, words: str) -> None:
    account, channel, _ = opened(url)
    with pytest.raises(AccountRefused, match=re.escape(words)) as told:
        await account.start()
    with pytest.raises(AccountRefused):
        channel.compose(a_story())
    (found,) = await account.check()
    assert (found.level, found.message) == ("error", str(told.value))
    for secret in ("somewhere", "with-a-token", "no-token-at-all", "short"):
        assert secret not in found.message


def test_without_the_secret_nobody_knows_the_service() -> None:
    # What the config puts in its place, where secrets are not needed.
    options = AppriseAccountOptions.model_construct(url=SecretStr(MASK))
    account = AppriseType().connect("news", options, RehearsalServices())
    with pytest.raises(AccountRefused, match="the account's url is not known here"):
        AppriseType().open(account, AppriseChannelOptions()).compose(a_story())


@pytest.mark.parametrize("url", ["", "discord", "://x", "https:/x"])
def test_what_is_no_address_is_a_mistake_in_the_config(url: str) -> None:
    with pytest.raises(ValidationError) as told:
        AppriseAccountOptions(url=url)  # type: ignore[arg-type]  # as in the config
    assert "must be an address" in str(told.value) or "is empty" in str(told.value)


async def test_followers_keep_what_they_got(board: Any) -> None:
    account = RehearsedAccount(type=AppriseType(), options=board.account, channels=[RehearsedChannel()])
    async with RehearsalRoom(account, clock=board.clock) as room:
        room.publish("a")
        await room.deliver()
        room.revise("a")
        await room.deliver()
        assert room.delivery("a").reason == "the post is as it was: this kind of channel cannot edit"
        room.withdraw("a")
        await room.deliver()
        assert room.delivery("a").reason == "the post is still out: this kind of channel cannot delete"
        assert room.delivery("a").state is DeliveryState.DONE
    assert len(board.posts) == 1
    assert board.posts[0]["title"] == "Title of a (en)"


async def test_nothing_of_an_address_is_in_the_logs(board: Any) -> None:
    stream = StringIO()
    setup_logging("debug", "json", stream)
    for name in ("apprise", "urllib3", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    _, channel, _ = opened(f"gotify://{board.host}/path-with-a-key/gotify-token-123")
    await channel.post(channel.compose(a_story()), key=KEY)
    board.strike(status=500)
    with pytest.raises(Unknown) as told:
        await channel.post(channel.compose(a_story()), key=KEY)
    logging.getLogger("urllib3.connectionpool").debug("said by somebody else")
    said = stream.getvalue() + str(told.value)
    assert "said by somebody else" in said
    assert "error=500" in said
    assert [secret for secret in ("gotify-token-123", "path-with-a-key", board.host) if secret in said] == []
