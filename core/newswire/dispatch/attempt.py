"""One attempt: bring one channel to what it should show of one article."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from newswire import errors, subscription
from newswire.delivery import Operation, Result, Sent, Suppressed, operation, stale
from newswire.dispatch.settle import clear_up
from newswire.logs import get_logger
from newswire.publisher import novelty
from newswire.store.library import tell
from newswire.subscription import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from datetime import datetime, timedelta
    from typing import Any

    from newswire.channel import Channel
    from newswire.delivery import Delivery
    from newswire.dispatch.opened import OpenChannel
    from newswire.post import Post, Receipt
    from newswire.store.articles import StoredArticle
    from newswire.story import Link
    from newswire.taxonomy import Taxonomy

T = TypeVar("T")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What an attempt is about."""

    delivery: Delivery
    """The row, announced as being sent."""
    stored: StoredArticle
    """The article as it is now."""
    opened: OpenChannel
    """The channel's configuration."""
    channel: Channel
    """The channel at its present address."""
    related: Mapping[str, Link]
    """Titles and addresses of related articles, by id."""
    taxonomy: Taxonomy
    """Gives topics their labels."""

    @property
    def doing(self) -> Operation:
        """What is to be done. A post whose outcome nobody knows is cleared up first, even when it was withdrawn."""
        needed = operation(out=self.delivery.receipt is not None, withdrawn=self.stored.withdrawn)
        uncertain = self.delivery.uncertain_since is not None
        return Operation.POST if needed is Operation.NOTHING and uncertain else needed

    def compose(self, choice: Choice) -> Post:
        """The post of the article in these editions.

        Raises:
            Rejected: the plugin's formatter failed.
        """
        try:
            story = tell(self.stored, choice, self.opened.reader_language, self.taxonomy, self.related)
            return self.channel.compose(story)
        except Exception as error:
            log.exception("the formatter failed", channel=self.opened.name, article=self.stored.content.id)
            raise errors.Rejected(f"the formatter failed: {type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Makes attempts.

    Args:
        clock: tells the time, in UTC.
        send_timeout: how long a platform may take to answer.
        may_send: asked right before every call to a platform; False when the lane may be somebody else's by now.
    """

    clock: Callable[[], datetime]
    send_timeout: timedelta
    may_send: Callable[[], bool]

    async def attempt(self, job: Job) -> Result:
        """Makes one attempt. It never raises: what went wrong is in the result."""
        try:
            match job.doing, job.delivery.receipt:
                case Operation.EDIT, receipt if receipt is not None:
                    return await self._edit(job, receipt)
                case Operation.DELETE, receipt if receipt is not None:
                    return await self._delete(job, receipt)
                case Operation.NOTHING, _:
                    return Suppressed("withdrawn before it was posted")
                case _:
                    return await self._post(job)
        except errors.Outcome as outcome:
            return outcome

    async def _post(self, job: Job) -> Result:
        verdict = subscription.judge(job.stored.content, job.opened.subscription)
        if job.delivery.uncertain_since is not None:
            return await self._clear_up(job, verdict.choice, job.delivery.uncertain_since)
        if not verdict.matched or verdict.choice is None:
            return Suppressed(f"it does not match any more: {verdict.because}")
        reason = self._stale(job, verdict.choice)
        if reason is not None:
            return Suppressed(reason)
        return await self._send(job, job.compose(verdict.choice))

    async def _send(self, job: Job, post: Post) -> Result:
        receipt = await self._call(job, job.channel.post(post, key=job.delivery.key))
        return Sent(rev=job.stored.rev, receipt=receipt, digest=post.digest(), language=post.language)

    def _stale(self, job: Job, choice: Choice) -> str | None:
        if job.delivery.forced:
            return None
        found = novelty(job.stored, choice, job.opened.subscription.fallback)
        opened = job.opened
        return stale(found, start=opened.start, max_age=opened.max_age, now=self.clock())

    async def _clear_up(self, job: Job, choice: Choice | None, uncertain_since: datetime) -> Result:
        """Finds out about, or repeats, a post whose outcome nobody knows."""
        post = job.compose(choice or Choice(job.stored.content.original, job.stored.content.original))
        cure = clear_up(uncertain_since, job.opened.policy, self.clock())
        if job.stored.withdrawn and cure == "repeat":
            cure = "find" if job.channel.abilities.finds else "hold"
        if cure in {"hold", "drop"}:
            return errors.Unknown(job.delivery.reason or "nobody knows whether it was sent")
        if cure == "find":
            receipt = await self._call(job, job.channel.find(post))
            if receipt is not None:
                # Nobody knows which revision went out: 0 lets the present one follow as an edit.
                return Sent(rev=0, receipt=receipt, digest=None, language=post.language)
            if job.stored.withdrawn:
                return Suppressed("withdrawn before it was posted")
        return await self._send(job, post)

    async def _edit(self, job: Job, receipt: Receipt) -> Result:
        delivery, rev = job.delivery, job.stored.rev
        wanted = job.opened.subscription
        choice, why = subscription.choose(job.stored.content, wanted.languages, wanted.fallback)
        as_it_was = Sent(rev=rev, receipt=receipt, digest=delivery.digest, language=delivery.language)
        if choice is None:
            return replace(as_it_was, note=f"the post is as it was: {why}")
        post = job.compose(choice)
        if post.digest() == delivery.digest:
            return replace(as_it_was, note="nothing changes for its followers")
        if not job.channel.abilities.edits:
            return replace(as_it_was, note="the post is as it was: this kind of channel cannot edit")
        receipt = await self._call(job, job.channel.edit(receipt, post))
        return Sent(rev=rev, receipt=receipt, digest=post.digest(), language=post.language)

    async def _delete(self, job: Job, receipt: Receipt) -> Result:
        if not job.channel.abilities.deletes:
            note = "the post is still out: this kind of channel cannot delete"
            return Sent(rev=job.stored.rev, receipt=receipt, digest=None, language=None, note=note)
        await self._call(job, job.channel.delete(receipt))
        return Sent(rev=job.stored.rev, receipt=None, digest=None, language=None, note="withdrawn")

    async def _call(self, job: Job, call: Coroutine[Any, Any, T]) -> T:
        """Talks to a platform through the plugin, isolated and timed out."""
        if not self.may_send():
            call.close()
            raise errors.Retry("the lane may have passed to another worker")
        seconds = self.send_timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return await call
        except errors.Outcome:
            raise
        except TimeoutError:
            raise errors.Unknown(f"no answer within {seconds:g} s") from None
        except Exception as error:
            log.exception("the plugin failed", channel=job.opened.name, article=job.stored.content.id)
            raise errors.Unknown(f"the plugin failed: {type(error).__name__}: {error}") from error
