"""Several channels on one account, and several accounts: each has its own posts, and its own trouble."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Fault, Quirks, Sandbox
from newswire.testing import DeliveryState, RehearsalClock, RehearsalRoom, RehearsedAccount, RehearsedChannel
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STATUSES = "/api/v1/statuses"
LOUD = RehearsedChannel(name="loud")
QUIET = RehearsedChannel(name="quiet", options={"visibility": "unlisted"})


class Newsroom:
    """A room before the sandbox."""

    def __init__(self, sandbox: Sandbox, url: str, room: RehearsalRoom) -> None:
        self.sandbox = sandbox
        self.url = url
        self.room = room

    async def settle(self, *channels: str) -> None:
        """Moves the clock until all deliveries of the article rest."""
        for _ in range(12):
            await self.room.deliver()
            found = [self.room.delivery("a", name) for name in channels]
            if all(one.state is not DeliveryState.PENDING for one in found):
                return
            self.room.clock.forward(timedelta(minutes=5))

    def account(self, name: str, *channels: RehearsedChannel) -> RehearsedAccount:
        options = {"url": f"{self.url}/mastodon/main", "token": f"token-of-{name}"}
        return RehearsedAccount(type=MastodonType(), name=name, options=options, channels=channels)


@pytest.fixture
async def newsroom(clock: RehearsalClock) -> AsyncIterator[Newsroom]:
    sandbox = Sandbox(clock=clock.timestamp, limits=False)
    for name in ("one", "two"):
        sandbox.mastodon.add_account("main", f"token-of-{name}", name)
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(sandbox.serving())
        made = Newsroom(sandbox, url, RehearsalRoom(clock=clock))
        yield made
        await made.room.aclose()


@pytest.mark.parametrize("struck", [0, 1])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("heeds_keys", [True, False])
async def test_two_channels_on_one_account_and_the_same_page(
    newsroom: Newsroom, *, struck: int, when: Any, heeds_keys: bool
) -> None:
    """A post in doubt is looked for by its page; the other channel's post of the same page is not it."""
    newsroom.sandbox.mastodon.servers["main"].quirks = Quirks(idempotency=heeds_keys)
    room = newsroom.room
    await room.restart(newsroom.account("one", LOUD, QUIET))
    newsroom.sandbox.faults.add(Fault(effect="cut", method="POST", path=STATUSES, when=when, skip=struck))
    room.publish("a")
    await newsroom.settle("loud", "quiet")
    loud, quiet = room.delivery("a", "loud"), room.delivery("a", "quiet")
    assert loud.receipt
    assert quiet.receipt
    standing = {status.id: status for status in newsroom.sandbox.mastodon.statuses("main")}
    assert standing.keys() == {loud.receipt.remote_id, quiet.receipt.remote_id}
    assert len(standing) == 2
    # A new process knows no more than the database does.
    await room.restart()
    newsroom.sandbox.faults.add(Fault(effect="cut", method="PUT", path=f"{STATUSES}*", when=when))
    room.revise("a")
    await newsroom.settle("loud", "quiet")
    assert all("Corrected" in text for text in newsroom.sandbox.mastodon.texts("main"))
    room.withdraw("a")
    await newsroom.settle("loud", "quiet")
    assert newsroom.sandbox.mastodon.texts("main") == []


async def test_both_in_doubt_across_a_restart(newsroom: Newsroom) -> None:
    room = newsroom.room
    await room.restart(newsroom.account("one", LOUD, QUIET))
    newsroom.sandbox.faults.add(Fault(effect="cut", method="POST", path=STATUSES, when="after"))
    newsroom.sandbox.faults.add(Fault(effect="cut", method="POST", path=STATUSES, when="before"))
    newsroom.sandbox.faults.add(Fault(effect="cut", method="GET", path="/api/v1/accounts*", count=4))
    room.publish("a")
    await room.deliver()
    await room.restart()
    await newsroom.settle("loud", "quiet")
    assert len(newsroom.sandbox.mastodon.statuses("main")) == 2
    receipts = [room.delivery("a", name).receipt for name in ("loud", "quiet")]
    assert len({receipt.remote_id for receipt in receipts if receipt}) == 2


@pytest.mark.parametrize("code", [401, 403])
async def test_a_refused_token_pauses_one_account_and_no_other(newsroom: Newsroom, code: int) -> None:
    room = newsroom.room
    await room.restart(newsroom.account("one", LOUD), newsroom.account("two", QUIET))
    newsroom.sandbox.faults.add(Fault(effect="status", status=code, account="one", method="POST", count=None))
    room.publish("a")
    await room.deliver()
    one, two = room.account("one"), room.account("two")
    assert one.paused_until
    assert one.paused_until > room.clock()
    assert f"credential refused: {code}" in (one.note or "")
    assert (two.paused_until, room.delivery("a", "quiet").state) == (None, "done")
    newsroom.sandbox.faults.clear()
    room.forward(hours=1, seconds=1)
    await room.deliver()
    assert room.delivery("a", "loud").state == "done"
    assert len(newsroom.sandbox.mastodon.statuses("main")) == 2


async def test_a_reset_three_hours_ahead_holds_one_account_and_no_worker(newsroom: Newsroom) -> None:
    room = newsroom.room
    await room.restart(newsroom.account("one", LOUD), newsroom.account("two", QUIET))
    newsroom.sandbox.faults.add(Fault(effect="rate_limit", account="one", method="POST", retry_after=3 * 3600))
    room.publish("a")
    await room.deliver()  # it returns: nobody sleeps
    until = room.account("one").paused_until
    assert until
    assert timedelta(hours=2, minutes=59) < until - room.clock() <= timedelta(hours=3, seconds=5)
    assert room.delivery("a", "quiet").state == "done"
    room.clock.forward_to(until)
    await room.deliver()
    assert room.delivery("a", "loud").state == "done"


async def test_a_first_run_with_many_old_articles_posts_nothing(newsroom: Newsroom) -> None:
    room = newsroom.room
    for number in range(60):
        room.publish(f"old-{number}")
    await room.restart(newsroom.account("one", LOUD))
    await room.deliver()
    assert newsroom.sandbox.mastodon.statuses("main") == []
    room.publish("a")
    await room.deliver()
    assert len(newsroom.sandbox.mastodon.statuses("main")) == 1
