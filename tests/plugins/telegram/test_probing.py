"""Looking for a post in doubt, by forwarding what may be one to a chat of the admin's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import ChannelPaused, LanePaused, Retry, StoryImage, Unknown
from newswire.sandbox.faults import Fault
from newswire.sandbox.telegram.state import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Post, Receipt, Story
    from newswire.sandbox import Sandbox
    from newswire.sandbox.clock import VirtualClock
    from newswire_telegram.channel import TelegramChannel

NEWS, DESK = -1001234567890, -1009999999999
Served = tuple["Sandbox", str]


@pytest.fixture
def channel(sandbox: Served, open_channel: Callable[..., TelegramChannel]) -> TelegramChannel:
    """A channel with a desk beside it, where nobody but the admin reads."""
    sandbox[0].telegram.add_chat(DESK, "channel", title="Desk")
    return open_channel(probe=DESK)


@pytest.fixture
def post(channel: TelegramChannel, story: Callable[..., Story]) -> Callable[..., Post]:
    """A post of its own article."""

    def composed(number: int, **changes: Any) -> Post:
        url = f"https://news.example/{number}"
        return channel.compose(story(**{"title": f"No. {number}", "url": url, "related": ()} | changes))

    return composed


async def found(channel: TelegramChannel, clock: VirtualClock, post: Post) -> Receipt | None:
    """What is found when each pause is waited out."""
    while True:
        try:
            return await channel.find(post)
        except (ChannelPaused, LanePaused) as pause:
            clock.advance(pause.after.total_seconds())


async def lost(sandbox: Sandbox, channel: TelegramChannel, post: Post, when: Any) -> None:
    sandbox.faults.add(Fault(effect="cut", when=when))
    with pytest.raises(Unknown):
        await channel.post(post, key="k")


async def test_it_is_off_unless_there_is_a_chat_for_it(open_channel: Callable[..., TelegramChannel]) -> None:
    assert not open_channel().abilities.finds
    assert open_channel(probe=DESK).abilities.finds


async def test_a_post_that_is_out_is_found_and_one_that_is_not_is_not(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    await lost(sandbox[0], channel, post(2), "before")
    assert await found(channel, clock, post(2)) is None
    clock.advance(300)
    await lost(sandbox[0], channel, post(2), "after")
    receipt = await found(channel, clock, post(2))
    assert receipt is not None
    assert (receipt.remote_id, receipt.details) == ("2", {"chat": NEWS, "kind": "text"})
    assert receipt.url == "https://t.me/c/1234567890/2"
    assert sandbox[0].telegram.messages(DESK) == [], "what was forwarded is deleted"
    clock.advance(300)
    await channel.edit(receipt, post(2, title="Corrected"))
    assert [text.split("\n")[0] for text in sandbox[0].telegram.texts(NEWS)] == ["No. 1", "Corrected"]


async def test_others_write_and_messages_are_deleted(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    sandbox[0].telegram.chat(NEWS).last_message_id += 3  # three that were deleted since
    sandbox[0].telegram.somebody_writes(NEWS, "an announcement")
    await lost(sandbox[0], channel, post(2), "after")
    receipt = await found(channel, clock, post(2))
    assert receipt is not None
    assert receipt.remote_id == "6"


async def test_an_earlier_revision_is_known_by_its_card_or_its_last_link(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    await lost(sandbox[0], channel, post(2), "after")
    receipt = await found(channel, clock, post(2, title="Corrected since"))
    assert receipt is not None
    assert receipt.remote_id == "2"


async def test_without_a_card_the_end_tells(
    sandbox: Served, clock: VirtualClock, open_channel: Callable[..., TelegramChannel], story: Callable[..., Story]
) -> None:
    sandbox[0].telegram.add_chat(DESK, "channel", title="Desk")
    channel = open_channel(probe=DESK, preview="off")
    await channel.post(channel.compose(story()), key="k")
    await lost(sandbox[0], channel, channel.compose(story(title="2", url="https://news.example/2")), "after")
    corrected = channel.compose(story(title="Corrected", url="https://news.example/2"))
    receipt = await found(channel, clock, corrected)
    assert receipt is not None
    assert receipt.remote_id == "2"


async def test_a_picture_is_found_by_its_caption(
    sandbox: Served,
    clock: VirtualClock,
    open_channel: Callable[..., TelegramChannel],
    story: Callable[..., Story],
) -> None:
    sandbox[0].telegram.add_chat(DESK, "channel", title="Desk")
    channel = open_channel(probe=DESK, style="photo")
    picture = StoryImage("https://images.example.org/1.jpg", "", "image/jpeg", 0)
    await channel.post(channel.compose(story(image=picture)), key="k")
    second = channel.compose(story(image=picture, title="Second", url="https://news.example/2"))
    await lost(sandbox[0], channel, second, "after")
    receipt = await found(channel, clock, second)
    assert receipt is not None
    assert (receipt.remote_id, receipt.details["kind"]) == ("2", "photo")


async def test_a_message_that_may_be_the_post_is_left_to_a_person(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    sandbox[0].telegram.somebody_writes(NEWS, "as we said", link="https://news.example/2")
    with pytest.raises(Retry, match="a person must look"):
        await found(channel, clock, post(2))


async def test_other_messages_are_not_taken_for_it(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    sandbox[0].telegram.somebody_writes(NEWS, "as we said", link="https://news.example/22")
    sandbox[0].telegram.somebody_writes(NEWS, "Read more", link="https://elsewhere.example/")
    receipt = await found(channel, clock, post(2))
    assert receipt is None


async def test_where_it_cannot_be_looked_for_it_says_why(
    sandbox: Served,
    open_channel: Callable[..., TelegramChannel],
    channel: TelegramChannel,
    post: Callable[..., Post],
) -> None:
    with pytest.raises(Retry, match="no earlier message"):
        await channel.find(post(1))
    sandbox[0].telegram.add_chat(-555, "group")
    with pytest.raises(Retry, match="basic groups"):
        await open_channel(probe=DESK, chat=-555).find(post(1))
    await channel.post(post(1), key="k")
    sandbox[0].telegram.chat(NEWS).protected = True
    with pytest.raises(Retry, match="protected"):
        await channel.find(post(2))
    (wrong,) = [finding for finding in await channel.check() if finding.level == "error"]
    assert "protected" in wrong.message
    sandbox[0].telegram.chat(NEWS).protected = False
    assert [finding.message for finding in await channel.check()][-1] == f"probe: Desk ({DESK}): the bot may write"


async def test_a_desk_that_is_closed_to_the_bot_suspends_no_channel(
    sandbox: Served, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(1), key="k")
    sandbox[0].telegram.somebody_writes(NEWS, "an announcement")
    sandbox[0].telegram.chat(DESK).everyone = Membership(status="kicked")
    with pytest.raises(Retry, match=f"cannot be forwarded to {DESK}"):
        await channel.find(post(2))
    sandbox[0].telegram.chat(DESK).migrated_to = -1
    with pytest.raises(Retry, match=f"cannot be forwarded to {DESK}"):
        await channel.find(post(2))


async def test_a_long_search_goes_on_where_it_had_to_wait(
    sandbox: Served, clock: VirtualClock, channel: TelegramChannel, post: Callable[..., Post]
) -> None:
    await channel.post(post(0), key="k")
    for number in range(30):
        sandbox[0].telegram.somebody_writes(NEWS, f"somebody else's {number}")
    clock.advance(61)
    await lost(sandbox[0], channel, post(2), "after")
    began, pauses = clock(), 0
    while True:
        try:
            receipt = await channel.find(post(2))
            break
        except ChannelPaused as pause:
            pauses += 1
            clock.advance(pause.after.total_seconds())
    assert receipt is not None
    assert receipt.remote_id == "32"
    assert pauses > 2
    assert timedelta(seconds=clock() - began) < timedelta(minutes=4)
    assert len(sandbox[0].journal.calls("forwardMessage")) == 31, "none is looked at twice"
