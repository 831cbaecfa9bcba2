"""The part of the contract that a channel keeps in a room: driven through everything by the real dispatcher."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

from newswire import errors
from newswire.delivery import State
from newswire.testing.bench import Bench, abilities_on, must, must_be_equal, must_not, run
from newswire.testing.expecting import Seen, complaints_at_once, complaints_in_the_end
from newswire.testing.platform import Operation
from newswire.testing.room import RehearsalRoom, RehearsedAccount, RehearsedChannel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newswire.channel import Abilities
    from newswire.testing.platform import Failure, Platform

ARTICLE = "contract-article"
RESTS = 12
"""Pauses and retries after which a delivery that is healed must have come to its end."""


class Driven(Bench):
    """What followers see, and what every outcome leads to."""

    def test_what_followers_see(self) -> None:
        """A post, its correction, its translation, its deletion and its return, each after a restart."""
        run(self._what_followers_see())

    async def _what_followers_see(self) -> None:
        async with self._room() as (platform, room):
            abilities = await abilities_on(platform)
            room.publish(ARTICLE)
            await self._show(platform, room, f"Title of {ARTICLE} (en)")
            room.revise(ARTICLE, title=f"Corrected {ARTICLE}")
            await self._show(platform, room, "Corrected" if abilities.edits else "Title of")
            room.add_edition(ARTICLE, "de")
            await self._show(platform, room, "(de)" if abilities.edits else "Title of")
            must_be_equal(room.delivery(ARTICLE).have, 3, "the revision that the delivery says is out")
            room.withdraw(ARTICLE)
            await self._show(platform, room, None if abilities.deletes else "Title of")
            if abilities.deletes:
                room.reinstate(ARTICLE)
                await self._show(platform, room, "(de)")

    async def _show(self, platform: Platform, room: RehearsalRoom, words: str | None) -> None:
        await room.restart()
        await self._let_it_finish(room, ARTICLE)
        delivery = room.delivery(ARTICLE)
        must_be_equal(delivery.state, State.DONE, f"the delivery ({delivery.reason})")
        posts = _about(platform, ARTICLE)
        must_be_equal(len(posts), 0 if words is None else 1, "posts of the article that followers see")
        must(words is None or words in posts[0], f"followers see {posts}, without {words!r}")

    def test_articles_keep_their_order(self) -> None:
        """Articles go out in the order in which they were published, each once."""
        run(self._articles_keep_their_order())

    async def _articles_keep_their_order(self) -> None:
        async with self._room() as (platform, room):
            keys = [f"{ARTICLE}-{number}" for number in range(5)]
            for key in keys:
                room.publish(key)
            await self._let_it_finish(room, keys[-1])
            must_be_equal(len(platform.shown()), len(keys), "posts that followers see")
            order = [next(key for key in keys if key in text) for text in platform.shown()]
            must_be_equal(order, keys, "the order of the posts")

    def test_a_digest_is_a_post_like_any_other(self) -> None:
        """It goes out when its time has come, once; it follows its articles, and goes with the last of them."""
        run(self._a_digest_is_a_post_like_any_other())

    async def _a_digest_is_a_post_like_any_other(self) -> None:
        async with self._room(digest="hourly") as (platform, room):
            abilities = await abilities_on(platform)
            keys = [f"{ARTICLE}-{number}" for number in range(3)]
            room.forward(minutes=1)  # it may have been the full hour
            for key in keys:
                room.publish(key)
            await room.deliver()
            must_be_equal(len(platform.shown()), 0, "posts before the digest's time")
            room.forward(hours=1)
            await self._let_it_finish(room, digest := await self._made(room, keys[0]))
            shown = len(platform.shown())
            must(shown > 0, "no post of a digest is shown")
            room.withdraw(keys[0])
            await room.restart()
            await self._let_it_finish(room, digest)
            state = room.delivery(digest)
            must_be_equal(state.state, State.DONE, f"the digest when an article of it is withdrawn ({state.reason})")
            must(0 < len(platform.shown()) <= shown, "an edited digest must not be a second one")
            must(
                not abilities.edits or f"Title of {keys[0]}" not in "".join(platform.shown()),
                "it lists what is withdrawn",
            )
            for key in keys[1:]:
                room.withdraw(key)
            await self._let_it_finish(room, digest)
            must_be_equal(len(platform.shown()), 0 if abilities.deletes else shown, "posts of a digest of nothing")

    async def _made(self, room: RehearsalRoom, member: str) -> str:
        await room.deliver()
        digest = room.delivery(member).within
        must(digest is not None, "no digest was made when its time had come")
        return str(digest)

    def test_every_outcome_is_driven(self) -> None:
        """Every outcome has a failure, or a reason why the platform has no cause for it.

        And for each operation that the channel can there is a failure after which nobody knows what was done.
        """
        driven = {failure.means for failure in self.failures}
        left = [one.__name__ for one in errors.Outcome.__subclasses__() if one not in driven | set(self.cannot)]
        must_be_equal(left, [], "outcomes that have no failure and no reason in `cannot`")
        must_be_equal([one.__name__ for one in driven & set(self.cannot)], [], "outcomes that `cannot` be, and are")
        abilities = run(self._abilities())
        can = {"post": True, "edit": abilities.edits, "delete": abilities.deletes}
        for doing in get_args(Operation):
            lost = any(_loses_the_answer(failure, doing) for failure in self.failures)
            must_be_equal(lost, can[doing], f"whether there is a failure to {doing} that leaves open what was done")

    def test_a_failure_leads_where_it_should(self, failure: Failure, doing: Operation) -> None:
        """The state, the pauses and the posts are right at once, and right in the end: nothing lost, nothing twice."""
        run(self._a_failure_leads_where_it_should(failure, doing))

    async def _a_failure_leads_where_it_should(self, failure: Failure, doing: Operation) -> None:
        async with self._room() as (platform, room):
            abilities = await abilities_on(platform)
            room.publish(ARTICLE)
            if doing != "post":
                await room.deliver()
                must_be_equal(len(_about(platform, ARTICLE)), 1, "posts before the failure")
                room.forward(minutes=5)  # so that a plugin that keeps ahead of limits comes as far as to the platform
            if doing == "edit":
                room.revise(ARTICLE)
            elif doing == "delete":
                room.withdraw(ARTICLE)
            failure.script(platform)
            await room.deliver()
            must_not(complaints_at_once(failure, doing, abilities, _seen(platform, room)))
            platform.heal()
            await self._let_it_finish(room, ARTICLE)
            must_not(complaints_in_the_end(failure, doing, abilities, _seen(platform, room)))

    async def _let_it_finish(self, room: RehearsalRoom, article_id: str) -> None:
        """Moves the clock past every pause until the delivery rests."""
        for _ in range(RESTS):
            await room.deliver()
            delivery = room.delivery(article_id)
            if delivery.state is not State.PENDING or not room.channel().active:
                return
            waits = [delivery.due, room.account().paused_until, room.channel().paused_until]
            room.clock.forward_to(max(moment for moment in waits if moment is not None))
            room.clock.forward(timedelta(seconds=1))

    async def _abilities(self) -> Abilities:
        async with self.platform() as platform:
            return await abilities_on(platform)

    @contextlib.asynccontextmanager
    async def _room(self, digest: str | None = None) -> AsyncIterator[tuple[Platform, RehearsalRoom]]:
        async with self.platform() as platform:
            account = RehearsedAccount(
                type=platform.type,
                options=platform.account,
                channels=[RehearsedChannel(options=platform.channel, languages=("de", "en"), digest=digest)],
            )
            async with RehearsalRoom(account, clock=platform.clock, send_timeout=self.send_timeout) as room:
                yield platform, room


def _loses_the_answer(failure: Failure, doing: Operation) -> bool:
    # An edit or a deletion is simply done again, so a plugin may call it a Retry, too.
    means = (errors.Unknown,) if doing == "post" else (errors.Unknown, errors.Retry)
    return doing in failure.on and issubclass(failure.means, means)


def _about(platform: Platform, key: str) -> list[str]:
    return [text for text in platform.shown() if key in text]


def _seen(platform: Platform, room: RehearsalRoom) -> Seen:
    return Seen(
        delivery=room.delivery(ARTICLE),
        account=room.account(),
        channel=room.channel(),
        attempts=room.attempts(ARTICLE),
        posts=_about(platform, ARTICLE),
        now=room.clock(),
    )
