"""One attempt: bring one channel to what it should show of one article."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from newswire import errors, subscription
from newswire.delivery import Operation, Result, Sent, Suppressed, operation, stale
from newswire.dispatch import guard
from newswire.dispatch.settle import clear_up
from newswire.logs import get_logger
from newswire.notice import notice_of
from newswire.publisher import novelty
from newswire.subscription import Choice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

    from newswire.channel import Channel
    from newswire.delivery import Delivery
    from newswire.dispatch.articles import Articles
    from newswire.dispatch.opened import OpenChannel
    from newswire.post import Post, Receipt
    from newswire.store.articles import StoredArticle
    from newswire.story import Story

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
    articles: Articles
    """Gives the article's story."""
    taken: frozenset[str] = frozenset()
    """Of a post in doubt: the ids of the article's posts in other channels of the account."""

    @property
    def doing(self) -> Operation:
        """What is to be done.

        What nobody knows the outcome of is cleared up first, whatever the article says now: a post is found or
        repeated, even when the article was withdrawn; a deletion is done again, even when the article is back.
        """
        if self.delivery.receipt is not None and self.delivery.have is None:
            return Operation.DELETE
        needed = operation(out=self.delivery.receipt is not None, withdrawn=self.stored.withdrawn)
        uncertain = self.delivery.uncertain_since is not None
        return Operation.POST if needed is Operation.NOTHING and uncertain else needed

    @property
    def is_made(self) -> bool:
        """Whether it is about a digest or a notice, made for its channel: nothing is judged any more."""
        return self.stored.digest_for is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of a digest that its channel's readers could have."""
        if not self.is_made or self.stored.is_notice:
            return False
        return not self._story(Choice(self.stored.content.original, None)).digest

    def _story(self, choice: Choice) -> Story:
        if self.is_made:
            return self.articles.digest(self.stored, self.opened.subscription, self.opened.reader_language)
        return self.articles.story(self.stored, choice, self.opened.reader_language)

    def compose(self, choice: Choice) -> tuple[Post, str]:
        """The post of the article in these editions, and its digest.

        Raises:
            Rejected: the plugin's formatter failed.
        """
        try:
            if self.stored.is_notice:
                notice = notice_of(self.stored.content)
                return guard.composed(lambda: self.channel.compose_notice(notice))
            story = self._story(choice)
            return guard.composed(lambda: self.channel.compose(story))
        except errors.Rejected:
            log.exception("the formatter failed")
            raise


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
            return guard.outcome(outcome)

    async def _post(self, job: Job) -> Result:
        if job.is_made:
            return await self._post_made(job)
        verdict = subscription.judge(job.stored.content, job.opened.subscription)
        if job.delivery.uncertain_since is not None:
            return await self._clear_up(job, verdict.choice, job.delivery.uncertain_since)
        if not verdict.matched or verdict.choice is None:
            return Suppressed(f"it does not match any more: {verdict.because}")
        reason = self._stale(job, verdict.choice)
        if reason is not None:
            return Suppressed(reason)
        return await self._send(job, *job.compose(verdict.choice))

    async def _post_made(self, job: Job) -> Result:
        choice = Choice(job.stored.content.original, None)
        if job.delivery.uncertain_since is not None:
            return await self._clear_up(job, choice, job.delivery.uncertain_since)
        if job.is_empty:
            return Suppressed("there is nothing left in the digest")
        return await self._send(job, *job.compose(choice))

    async def _send(self, job: Job, post: Post, digest: str, *, repeated: bool = False) -> Result:
        given = await self._call(lambda: job.channel.post(post, key=job.delivery.key))
        receipt = self._receipt(given)
        if repeated and job.channel.abilities.same_key is not None:
            # The platform may have given back what went out before, in an earlier revision.
            return Sent(rev=0, receipt=receipt, digest=None, language=post.language)
        return Sent(rev=job.stored.rev, receipt=receipt, digest=digest, language=post.language)

    def _stale(self, job: Job, choice: Choice) -> str | None:
        if job.delivery.forced:
            return None
        found = novelty(job.stored, choice, job.opened.subscription.fallback)
        opened = job.opened
        return stale(found, start=opened.start, max_age=opened.max_age, now=self.clock())

    async def _clear_up(self, job: Job, choice: Choice | None, uncertain_since: datetime) -> Result:
        """Finds out about, or repeats, a post whose outcome nobody knows."""
        post, digest = job.compose(choice or Choice(job.stored.content.original, job.stored.content.original))
        cure = clear_up(uncertain_since, job.opened.policy, self.clock())
        if job.stored.withdrawn and cure == "repeat":
            cure = "find" if job.channel.abilities.finds else "hold"
        if cure in {"hold", "drop"}:
            return errors.Unknown(job.delivery.reason or "nobody knows whether it was sent")
        if cure == "find":
            found = await self._find(job, post)
            if found is not None:
                # Nobody knows which revision went out: 0 lets the present one follow as an edit.
                return Sent(rev=0, receipt=found, digest=None, language=post.language)
            if job.stored.withdrawn:
                return Suppressed("withdrawn before it was posted")
        return await self._send(job, post, digest, repeated=True)

    async def _find(self, job: Job, post: Post) -> Receipt | None:
        try:
            found = await self._call(lambda: job.channel.find(post, taken=job.taken))
        except (errors.PostGone, errors.Rejected) as error:
            raise errors.Retry(f"it could not be looked for: {guard.words(error)}") from None
        return None if found is None else self._receipt(found)

    async def _edit(self, job: Job, receipt: Receipt) -> Result:
        delivery, rev = job.delivery, job.stored.rev
        wanted = job.opened.subscription
        choice, why = subscription.choose(job.stored.content, wanted.languages, wanted.fallback)
        if job.is_made:
            left = Choice(job.stored.content.original, None)
            choice, why = (None, "nothing is left in the digest") if job.is_empty else (left, why)
        as_it_was = Sent(rev=rev, receipt=receipt, digest=delivery.digest, language=delivery.language)
        if choice is None:
            return replace(as_it_was, note=f"the post is as it was: {why}")
        post, digest = job.compose(choice)
        if digest == delivery.digest:
            return replace(as_it_was, note="nothing changes for its followers")
        if not job.channel.abilities.edits:
            return replace(as_it_was, note="the post is as it was: this kind of channel cannot edit")
        given = await self._call(lambda: job.channel.edit(receipt, post))
        return Sent(rev=rev, receipt=self._receipt(given), digest=digest, language=post.language)

    async def _delete(self, job: Job, receipt: Receipt) -> Result:
        if not job.channel.abilities.deletes:
            note = "the post is still out: this kind of channel cannot delete"
            return Sent(rev=job.stored.rev, receipt=receipt, digest=None, language=None, note=note)
        await self._call(lambda: job.channel.delete(receipt))
        if not job.stored.withdrawn:
            return Sent(rev=0, receipt=None, digest=None, language=None, note="deleted, to be posted anew")
        return Sent(rev=job.stored.rev, receipt=None, digest=None, language=None, note="withdrawn")

    async def _call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Talks to a platform through the plugin, isolated and timed out."""
        if not self.may_send():
            raise errors.Retry("the lane may have passed to another worker")
        seconds = self.send_timeout.total_seconds()
        try:
            return await guard.call(make, seconds)
        except errors.Outcome:
            raise
        except TimeoutError:
            raise errors.Unknown(f"no answer within {seconds:g} s") from None
        except Exception as error:
            log.exception("the plugin failed")
            raise errors.Unknown(f"the plugin failed: {guard.words(error)}") from error

    @staticmethod
    def _receipt(given: object) -> Receipt:
        try:
            return guard.receipt(given)
        except guard.PluginFailed as error:
            log.warning("the plugin failed", error=str(error))
            raise errors.Unknown(f"the plugin failed: {error}") from None
