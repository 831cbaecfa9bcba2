"""The part of the contract that is about secrets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.testing.bench import Bench, must, must_be_equal, options, run, secrets_of
from newswire.testing.secrecy import everything_logged, told_by
from newswire.testing.stories import a_story

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from newswire.channel import Account, Channel
    from newswire.post import Post
    from newswire.testing.platform import Failure, Operation, Platform

KEY = "newswire/contract/secrets/{}"
REST = timedelta(days=1)
"""Between two failures, so that a plugin that keeps ahead of limits comes as far as to the platform."""


class Discretion(Bench):
    """Being silent about secrets."""

    def test_no_secret_is_told(self) -> None:
        """No secret stands in any log at the level DEBUG, any error, receipt, finding or repr, whatever goes wrong."""
        run(self._no_secret_is_told())

    async def _no_secret_is_told(self) -> None:
        secrets: set[str] = set()
        told: list[str] = []
        for doing in ("post", "edit", "delete"):
            async with self.platform() as platform:
                configured = set(secrets_of(options(platform)))
                must(configured <= set(platform.secrets), "a secret of the account's options is not in `secrets`")
                secrets |= set(platform.secrets)
            with everything_logged(but=platform.loggers) as said:
                await self._talk(doing, said)
            told += said
        everything = "\n".join(told)
        found = [everything[max(everything.index(one) - 80, 0) :][:80] for one in secrets if one in everything]
        must_be_equal(found, [], "what stands before a secret that was told")

    async def _talk(self, doing: Operation, said: list[str]) -> None:
        """Does it, with each thing that can go wrong, and says all that can be read of it."""
        async with self.opened() as (platform, account, channel):
            said += await _when_all_is_well(account, channel)
            given = options(platform)
            said += [repr(given), str(given), given.model_dump_json()]
            for number, failure in enumerate(self.failures):
                if doing in failure.on:
                    said += await self._when_it_fails((platform, channel), failure, doing, number)
            said += [repr(account), repr(vars(account)), repr(channel), repr(vars(channel))]

    async def _when_it_fails(
        self, opened: tuple[Platform, Channel], failure: Failure, doing: Operation, number: int
    ) -> list[str]:
        platform, channel = opened
        platform.clock.forward(REST)
        post = channel.compose(a_story(title=f"Title {number}", url=f"https://news.example.org/en/{number}"))
        receipt = None if doing == "post" else await channel.post(post, key=KEY.format(number))
        corrected = channel.compose(a_story(title=f"Corrected {number}", url=f"https://news.example.org/en/{number}"))
        failure.script(platform)
        call: Awaitable[object]
        if receipt is None:
            call = channel.post(post, key=KEY.format(number))
        else:
            call = channel.edit(receipt, corrected) if doing == "edit" else channel.delete(receipt)
        try:
            async with asyncio.timeout(self.send_timeout.total_seconds()):
                return [repr(await call)]
        except Exception as error:  # noqa: BLE001  # whatever it is, what it says is what this is about
            # Who was asked to wait may keep to it, and make no call before.
            platform.clock.forward(getattr(error, "after", None) or timedelta())
            return [told_by(error), repr(await _checked(channel))]
        finally:
            platform.heal()


async def _when_all_is_well(account: Account, channel: Channel) -> list[str]:
    post: Post = channel.compose(a_story())
    receipt = await channel.post(post, key=KEY.format("first"))
    said = [repr(post), repr(receipt), repr(await account.check()), repr(await channel.check())]
    if channel.abilities.finds:
        said.append(repr(await channel.find(post)))
    if channel.abilities.edits:
        receipt = await channel.edit(receipt, channel.compose(a_story(title="Corrected")))
        said.append(repr(receipt))
    if channel.abilities.deletes:
        await channel.delete(receipt)
    return said


async def _checked(channel: Channel) -> object:
    try:
        return await channel.check()
    except Exception as error:  # noqa: BLE001  # as above
        return told_by(error)
