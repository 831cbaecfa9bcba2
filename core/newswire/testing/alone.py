"""The part of the contract that a channel keeps on its own, without a room around it."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import orjson

from newswire.appearance import Appearance
from newswire.channel import Finding
from newswire.errors import Outcome, PostGone
from newswire.languages import standardize
from newswire.post import Entity, Post, Receipt
from newswire.testing.bench import (
    Bench,
    abilities_on,
    connect,
    must,
    must_be_equal,
    must_not,
    open_channel,
    patiently,
    run,
)
from newswire.testing.network import no_network
from newswire.testing.stories import a_notice, a_story, sample_stories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.channel import Channel
    from newswire.story import Story
    from newswire.testing.platform import Platform

KEY = "newswire/contract/{}/0"
_MANY_LINES = tuple(f"A line that tells of the channel number {number}: it is silent." for number in range(400))


class Alone(Bench):
    """Composing, and talking to the platform."""

    def test_opening_and_composing_talk_to_nobody(self) -> None:
        """`connect` and `open` use no network, and neither does `compose`, before a start as after it."""
        run(self._opening_and_composing_talk_to_nobody())

    async def _opening_and_composing_talk_to_nobody(self) -> None:
        async with self.platform() as platform:
            with no_network():
                account = connect(platform)
                channel = open_channel(platform, account)
                _compose_all(channel)
            await account.start()
            with no_network():
                _compose_all(channel)
            await account.aclose()
            must_be_equal(list(platform.shown()), [], "posts after composing only")

    def test_composing_is_pure(self) -> None:
        """Equal stories give equal posts: at another time, and from another channel with the same options."""
        run(self._composing_is_pure())

    async def _composing_is_pure(self) -> None:
        async with self.opened() as (platform, account, channel):
            first = _compose_all(channel)
            platform.clock.forward(timedelta(days=40))
            for again in (_compose_all(channel), _compose_all(open_channel(platform, account))):
                differ = [name for name, post in again.items() if post.digest() != first[name].digest()]
                must_be_equal(differ, [], "stories that gave another post the second time")
            must_not(f"{name!r}: {what}" for name, post in first.items() for what in post_complaints(post))

    def test_notices_are_taken(self) -> None:
        """What newswire tells its admin is composed without any network, and the platform takes it: short and long."""
        run(self._notices_are_taken())

    async def _notices_are_taken(self) -> None:
        async with self.opened() as (platform, _, channel):
            for number, one in enumerate((a_notice(), a_notice(id="notice/long", lines=_MANY_LINES))):
                with no_network():
                    post, again = channel.compose_notice(one), channel.compose_notice(one)
                must_be_equal(again.digest(), post.digest(), "the post of the same notice")
                must_not(post_complaints(post))
                receipt = await patiently(platform, partial(channel.post, post, key=KEY.format(one.id)))
                must_not(receipt_complaints(receipt))
                shown = list(platform.shown())
                must(len(shown) > number and any(one.title in text for text in shown), f"followers see {shown}")

    def test_every_story_is_taken(self) -> None:
        """The platform takes what is composed of every sample story, and the receipts can be kept."""
        run(self._every_story_is_taken())

    async def _every_story_is_taken(self) -> None:
        async with self.opened() as (platform, _, channel):
            receipts = {}
            for name, post in _compose_all(channel).items():
                try:
                    posting = partial(channel.post, post, key=KEY.format(name))
                    receipts[name] = await patiently(platform, posting)
                except Outcome as outcome:
                    raise AssertionError(f"{name!r} is not taken: {type(outcome).__name__}: {outcome}") from outcome
            must_not(f"{name!r}: {what}" for name, one in receipts.items() for what in receipt_complaints(one))
            must_be_equal(len(platform.shown()), len(receipts), "posts that followers see")
            must_be_equal(len({one.remote_id for one in receipts.values()}), len(receipts), "different remote ids")

    def test_edits_and_deletions_may_be_repeated(self) -> None:
        """Doing them twice does no harm, with a receipt that was kept, or was made by hand of the post's id."""
        run(self._edits_and_deletions_may_be_repeated())

    async def _edits_and_deletions_may_be_repeated(self) -> None:
        async with self.opened() as (platform, _, channel):
            post = channel.compose(a_story())
            corrected = channel.compose(a_story(title="Corrected", rev=2))
            receipt = kept(await channel.post(post, key=KEY.format(1)))
            if channel.abilities.edits:
                for one in (post, corrected, corrected):
                    receipt = kept(await patiently(platform, partial(channel.edit, receipt, one)))
                must("Corrected" in "".join(platform.shown()), f"the edit is not seen: {platform.shown()}")
                receipt = kept(channel.receipt_for(receipt.remote_id, platform.clock()))
                await patiently(platform, partial(channel.edit, receipt, corrected))
            must_be_equal(len(platform.shown()), 1, "posts that followers see")
            if channel.abilities.deletes:
                await channel.delete(receipt)
                must_be_equal(list(platform.shown()), [], "posts after a deletion")
                await channel.delete(receipt)
            if channel.abilities.edits and channel.abilities.deletes and PostGone not in self.cannot:
                with contextlib.suppress(PostGone):
                    await patiently(platform, partial(channel.edit, receipt, post))
                    raise AssertionError("an edit of a post that is gone must raise PostGone")

    def test_abilities_are_true(self) -> None:
        """What says that it finds finds, and what says that it knows keys gives one post for one key."""
        run(self._abilities_are_true())

    async def _abilities_are_true(self) -> None:
        async with self.platform() as platform:
            abilities = await abilities_on(platform)
        if abilities.finds:
            await self._it_finds()
        if abilities.same_key is not None:
            await self._it_knows_keys()

    async def _it_finds(self) -> None:
        async with self.opened() as (platform, _, channel):
            posts = [channel.compose(_numbered(number)) for number in range(3)]
            must(await self._found(platform, channel, posts[0]) is None, "it finds a post that was never sent")
            receipts = [
                await patiently(platform, partial(channel.post, post, key=KEY.format(number)))
                for number, post in enumerate(posts[:2])
            ]
            for post, receipt in zip(posts, receipts, strict=False):
                found = await self._found(platform, channel, post)
                must(found is not None, "it does not find a post that is out")
                must_be_equal(found and found.remote_id, receipt.remote_id, "the post that was found")
            corrected = channel.compose(replace(_numbered(0), title="Corrected"))
            found = await self._found(platform, channel, corrected)
            must(found is not None, "it does not find a post whose words were corrected since")
            must(await self._found(platform, channel, posts[2]) is None, "it finds a post of another article")

    @staticmethod
    async def _found(platform: Platform, channel: Channel, post: Post) -> Receipt | None:
        return await patiently(platform, partial(channel.find, post))

    async def _it_knows_keys(self) -> None:
        async with self.opened() as (platform, _, channel):
            post = channel.compose(a_story())
            first = await channel.post(post, key=KEY.format(1))
            window = channel.abilities.same_key or timedelta()
            platform.clock.forward(max(window - timedelta(seconds=1), timedelta()))
            again = await channel.post(post, key=KEY.format(1))
            must_be_equal(again.remote_id, first.remote_id, "the post of the same key")
            must_be_equal(len(platform.shown()), 1, "posts of one key")
            await channel.post(channel.compose(_numbered(2)), key=KEY.format(2))
            must_be_equal(len(platform.shown()), 2, "posts of two keys")

    def test_looking_changes_nothing(self) -> None:
        """`check` of account and channel give findings, and nobody sees anything of it."""
        run(self._looking_changes_nothing())

    async def _looking_changes_nothing(self) -> None:
        async with self.opened() as (platform, account, channel):
            await channel.post(channel.compose(a_story()), key=KEY.format(1))
            before = list(platform.shown())
            findings = [*await account.check(), *await channel.check()]
            must(all(isinstance(one, Finding) for one in findings), f"not all of these are findings: {findings}")
            errors = [one.message for one in findings if one.level == "error"]
            must_be_equal(errors, [], "errors found where all is well")
            must_be_equal(list(platform.shown()), before, "posts after a check")

    def test_closing_may_be_repeated(self) -> None:
        """`aclose` does no harm: twice, and to an account that was never used."""
        run(self._closing_may_be_repeated())

    async def _closing_may_be_repeated(self) -> None:
        async with self.opened() as (platform, account, channel):
            await channel.post(channel.compose(a_story()), key=KEY.format(1))
            await account.aclose()
            await account.aclose()
            unused = connect(platform)
            await unused.aclose()
            await unused.aclose()


def kept(receipt: Receipt) -> Receipt:
    """The receipt as it comes back from the store, where it is kept as JSON.

    Raises:
        AssertionError: it cannot be kept.
    """
    must_not(receipt_complaints(receipt))
    document = orjson.loads(orjson.dumps(asdict(receipt)))
    return Receipt(**{**document, "at": datetime.fromisoformat(document["at"])})


def post_complaints(post: Post) -> Iterator[str]:
    """What is wrong with a post whatever the platform."""
    if not isinstance(post, Post):
        yield f"compose gave no Post but {post!r}"
        return
    if not isinstance(post.text, str) or not post.text.strip():
        yield f"the text is {post.text!r}"
    try:
        standardize(post.language)
    except ValueError as error:
        yield str(error)
    for entity in post.entities:
        end = entity.offset + entity.length
        if not isinstance(entity, Entity) or entity.offset < 0 or entity.length < 1 or end > len(post.text):
            yield f"{entity} does not lie in the text of {len(post.text)} characters"


def receipt_complaints(receipt: Receipt) -> Iterator[str]:
    """What keeps a receipt from being kept, or from being understood later."""
    if not isinstance(receipt, Receipt):
        yield f"{receipt!r} is no Receipt"
        return
    if not isinstance(receipt.remote_id, str) or not receipt.remote_id:
        yield f"remote_id is {receipt.remote_id!r}, and should be a text"
    if not isinstance(receipt.at, datetime) or receipt.at.utcoffset() is None:
        yield f"at is {receipt.at!r}, and should be a time with a zone"
    if receipt.url is not None and not receipt.url.startswith(("http://", "https://")):
        yield f"url is {receipt.url!r}, and should be a web address or None"
    try:
        if orjson.loads(orjson.dumps(receipt.details)) != receipt.details:
            yield f"details are not the same after JSON: {receipt.details!r}"
    except TypeError as error:
        yield f"details are no JSON: {error}"


def _compose_all(channel: Channel) -> dict[str, Post]:
    composed = {}
    for number, (name, story) in enumerate(sample_stories().items()):
        try:
            composed[name] = channel.compose(replace(story, article_id=f"{story.article_id}-{number}"))
        except Exception as error:
            raise AssertionError(f"compose failed for {name!r}: {type(error).__name__}: {error}") from error
        _must_be_seen(channel, name, composed[name])
    return composed


def _must_be_seen(channel: Channel, name: str, post: Post) -> None:
    """Whether the channel says how a post looks, and the same twice."""
    try:
        seen = [tuple(channel.appearances(post)) for _ in range(2)]
    except Exception as error:
        raise AssertionError(f"appearances failed for {name!r}: {type(error).__name__}: {error}") from error
    told = seen[0] and all(isinstance(one, Appearance) for one in seen[0])
    must(bool(told) and seen[0] == seen[1], f"appearances of {name!r} are {seen}")


def _numbered(number: int) -> Story:
    return a_story(
        article_id=f"a{number}", title=f"Title {number}", url=f"https://news.example.org/en/article-{number}"
    )
