"""What a receiver gets: rightly signed by the word of a library that is not ours, once by its id, and in order."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from newswire.api import AccountRefused, Retry
from newswire.testing import (
    DeliveryState,
    RehearsalRoom,
    RehearsalServices,
    RehearsedAccount,
    RehearsedChannel,
    a_digest,
    a_story,
    sample_stories,
)
from newswire_webhook.options import WebhookAccountOptions, WebhookChannelOptions
from newswire_webhook.plugin import WebhookType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newswire.api import Account, Channel

KEY = "newswire/channel/a/0"
OLD = "whsec_dGhlLXNlY3JldC1iZWZvcmUtb2YtdGhlc2UtdGVzdHM="


class Opened(Protocol):
    """Opens a channel of the receiver."""

    def __call__(self, *, content: Literal["summary", "full"] = "summary", **options: Any) -> tuple[Account, Channel]:
        """Options of the account by name."""
        ...


@pytest.fixture
async def opened(receiver: Any) -> AsyncIterator[Opened]:
    kind, accounts = WebhookType(), []

    def make(*, content: Literal["summary", "full"] = "summary", **options: Any) -> tuple[Account, Channel]:
        given = WebhookAccountOptions.model_validate({**receiver.account, **options})
        account = kind.connect("receiver", given, RehearsalServices(clock=receiver.clock))
        accounts.append(account)
        return account, kind.open(account, WebhookChannelOptions(content=content))

    yield make
    for account in accounts:
        await account.aclose()


def room_of(receiver: Any, **channel: Any) -> RehearsalRoom:
    account = RehearsedAccount(type=WebhookType(), options=receiver.account, channels=[RehearsedChannel(**channel)])
    return RehearsalRoom(account, clock=receiver.clock)


async def test_a_library_that_is_not_ours_verifies_the_message(receiver: Any, opened: Opened) -> None:
    _, channel = opened()
    await channel.post(channel.compose(a_story(title="Ein Titel «ä» 👩‍👩‍👧")), key=KEY)
    (said,) = receiver.said
    message = Webhook(receiver.keys[0]).verify(said.body, dict(said.headers))
    assert message["type"] == "article.published"
    assert message["data"]["title"] == "Ein Titel «ä» 👩‍👩‍👧"
    assert message["timestamp"] == "2026-11-23T12:00:00Z"
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(said.body, dict(said.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(receiver.keys[0]).verify(said.body + b" ", dict(said.headers))


async def test_while_secrets_change_either_fits(receiver: Any, opened: Opened) -> None:
    _, channel = opened(old_secret=OLD)
    await channel.post(channel.compose(a_story()), key=KEY)
    (said,) = receiver.said
    assert len(said.signatures) == 2
    for key in (receiver.keys[0], OLD):
        Webhook(key).verify(said.body, dict(said.headers))


async def test_an_article_from_its_first_message_to_its_last(receiver: Any) -> None:
    async with room_of(receiver) as room:
        room.publish("a")
        await room.deliver()
        room.revise("a", title="Corrected")
        await room.deliver()
        room.withdraw("a")
        await room.deliver()
        room.reinstate("a")
        await room.deliver()
    told = [(said.message["type"], said.message["data"].get("revision")) for said in receiver.said]
    assert told == [
        ("article.published", 1),
        ("article.revised", 2),
        ("article.withdrawn", None),
        ("article.published", 4),
    ]
    assert len({said.id for said in receiver.said}) == 4
    assert receiver.said[2].message["data"] == {"id": "a"}
    assert list(receiver.articles) == ["a"]


async def test_a_message_keeps_its_id_until_it_is_taken(receiver: Any) -> None:
    receiver.strike(cut=True, taken=True)
    receiver.strike(status=500, taken=True)
    async with room_of(receiver) as room:
        room.publish("a")
        for _ in range(3):
            await room.deliver()
            room.forward(hours=2)
        assert room.delivery("a").state is DeliveryState.DONE
    published = [said for said in receiver.said if said.message["type"] == "article.published"]
    assert len(published) == 3
    assert len({said.id for said in published}) == 1
    assert len({said.timestamp for said in published}) == 3
    assert len({said.body for said in published}) == 1


async def test_what_was_taken_in_doubt_and_corrected_since_is_the_newest_in_the_end(receiver: Any) -> None:
    receiver.strike(cut=True, taken=True)
    async with room_of(receiver) as room:
        room.publish("a")
        await room.deliver()
        room.revise("a", title="Corrected")
        room.forward(hours=2)
        await room.deliver()
    assert [article["title"] for article in receiver.articles.values()] == ["Corrected"]


async def test_a_replayed_message_has_the_id_it_had(receiver: Any, opened: Opened) -> None:
    _, channel = opened()
    post = channel.compose(a_story())
    await channel.post(post, key="newswire/channel/a/0")
    await channel.post(post, key="newswire/channel/a/1")  # what `newswire deliveries resend` makes of it
    assert len({said.id for said in receiver.said}) == 1
    await channel.edit(await channel.post(post, key=KEY), post)
    assert len({said.id for said in receiver.said}) == 2


async def test_a_digest_is_one_message_with_its_articles(receiver: Any, opened: Opened) -> None:
    _, channel = opened()
    await channel.post(channel.compose(a_digest(3)), key=KEY)
    data = receiver.said[0].message["data"]
    assert [article["id"] for article in data["digest"]] == ["a1", "a2", "a3"]
    assert data["body"] is None


async def test_the_whole_text_is_sent_where_it_is_asked_for(receiver: Any, opened: Opened) -> None:
    _, channel = opened(content="full")
    await channel.post(channel.compose(sample_stories()["everything"]), key=KEY)
    data = receiver.said[0].message["data"]
    assert data["body"]["html"].startswith("<h1>A heading</h1>")
    assert 'href="https://news.example.org/x"' in data["body"]["html"]
    assert data["questions"] == [{"question": "Why?", "answer": "Because **of that**."}]


async def test_private_networks_are_not_sent_to_unless_allowed(receiver: Any, opened: Opened) -> None:
    _, channel = opened(allow_networks=())
    with pytest.raises(AccountRefused, match=r"not public.*allow_networks") as told:
        await channel.post(channel.compose(a_story()), key=KEY)
    assert receiver.url not in str(told.value)
    assert receiver.said == []


async def test_a_receiver_that_is_not_there_got_nothing(opened: Opened) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        _, channel = opened(url=f"http://127.0.0.1:{taken.getsockname()[1]}/x")
        with pytest.raises(Retry, match="no connection: Connection refused"):
            await channel.post(channel.compose(a_story()), key=KEY)


async def test_a_receiver_that_wants_no_more_is_left_alone(receiver: Any) -> None:
    receiver.strike(status=410)
    async with room_of(receiver) as room:
        room.publish("a")
        await room.deliver()
        room.publish("b")
        room.forward(days=2)
        await room.deliver()
        assert not room.channel().active
        assert room.channel().note == "410: so it is"
    assert receiver.said == []


async def test_a_date_says_when_to_come_back_too(receiver: Any) -> None:
    at = {"date": "Mon, 23 Nov 2026 12:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 12:10:00 GMT"}
    receiver.strike(status=429, headers=at)
    async with room_of(receiver) as room:
        room.publish("a")
        await room.deliver()
        pause = room.account().paused_until
        assert pause is not None
        assert (pause - room.clock()).total_seconds() == pytest.approx(600, abs=5)


async def test_check_says_what_is_known_without_asking(receiver: Any, opened: Opened) -> None:
    account, _ = opened()
    assert [one.level for one in await account.check()] == ["warning"]
    account, _ = opened(url="https://receiver.example/x", old_secret=OLD)
    (found,) = await account.check()
    assert (found.level, "two signatures" in found.message) == ("ok", True)
    assert receiver.said == []
