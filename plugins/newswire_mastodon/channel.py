"""A channel: the timeline of an account."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from newswire.api import Abilities, Channel, Finding, Outcome, Post, PostGone, Receipt, Rejected, Retry, Story, Unknown
from newswire_mastodon import formatter, notices
from newswire_mastodon.appearance import appearances
from newswire_mastodon.checking import look_at_pictures
from newswire_mastodon.pictures import Attached, wanted
from newswire_mastodon.receipts import in_another_language, pictures_out, shown_otherwise, unknown_media
from newswire_mastodon.reposts import Repost
from newswire_mastodon.search import Search
from newswire_mastodon.statuses import language_of, receipt_for, receipt_of
from newswire_mastodon.thread import Thread, is_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from mastodon import Mastodon

    from newswire.api import Appearance, Json, Notice
    from newswire_mastodon.account import MastodonAccount
    from newswire_mastodon.governor import Doing
    from newswire_mastodon.options import MastodonChannelOptions

_NOTES = {
    "public": Finding("ok", "posts are public: followers of their hashtags find them, too"),
    "unlisted": Finding("ok", "posts are quiet public: in no live feed, hashtag page or search"),
    "private": Finding("warning", "posts are private: only who follows the account sees them"),
}


class MastodonChannel(Channel):
    """The timeline of an account, with one style and visibility.

    Args:
        account: the account.
        options: the channel's options.
    """

    # Servers remember a key for an hour; those that do not are asked for the article's address (`find`).
    abilities = Abilities(edits=True, deletes=True, finds=True, same_key=timedelta(minutes=50))

    def __init__(self, account: MastodonAccount, options: MastodonChannelOptions) -> None:
        self._account = account
        self._options = options
        self._search = Search(account)
        self._thread = Thread(account, self._search)

    def compose(self, story: Story) -> Post:
        """The post of a story, within the limits the server has told."""
        return formatter.compose(story, self._options, self._account.limits)

    def appearances(self, post: Post) -> Sequence[Appearance]:
        """The status of a post with the replies of its thread, as the server shows them."""
        return appearances(post, self._account.limits, public_per_hour=self._options.public_per_hour)

    def compose_notice(self, notice: Notice) -> Post:
        """The post of what newswire has to tell its admin, for followers only."""
        return notices.compose(notice, self._account.limits)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a new post; the key goes with it, so that a server knows a repetition."""
        pictures = await self._pictures(post)
        receipt = await self._posted(post, key, pictures)
        if not is_thread(post):
            return receipt
        try:
            return _with_replies(receipt, await self._thread.bring(receipt.remote_id, post, None))
        except Outcome as outcome:
            # The first post is out: it will be found, and an edit takes the thread up where it broke off.
            raise Unknown(f"the thread was begun: {outcome}") from None

    async def _posted(self, post: Post, key: str, pictures: list[Attached]) -> Receipt:
        details, visibility = post.details, await self._visibility(post)

        def send(mastodon: Mastodon, key: str = key) -> Any:
            return mastodon.status_post(
                post.text,
                visibility=visibility,
                spoiler_text=_text(details["spoiler_text"]),
                sensitive=bool(details["sensitive"]),
                language=_text(details["language"]),
                media_ids=[one.id for one in pictures] or None,
                idempotency_key=key,
            )

        status = await self._sent("post", send, pictures, with_media=bool(pictures))
        if isinstance(status, dict) and str(status.get("id")) in self._account.others(self):
            # While it was in doubt, another channel took the post of this key for its own; this one needs another.
            again = partial(send, key=f"{key}/again")
            status = await self._sent("post", again, pictures, with_media=bool(pictures))
        receipt = self._taken(status, post, pictures)
        if receipt is None:
            raise Unknown("the server said yes, but not to which post")
        if visibility == "public" and self._options.public_per_hour is not None:
            await asyncio.to_thread(self._account.public_posts.add, self._account.clock().timestamp())
        self._account.pictures.posted(pictures)
        return receipt

    async def _sent(
        self, doing: Doing, send: Callable[[Mastodon], Any], pictures: Sequence[Attached], *, with_media: bool
    ) -> Any:
        try:
            return await self._account.client.call(doing, send, with_media=with_media)
        except Retry as error:
            # Perhaps the pictures are to blame; with others, uploaded anew, it is tried once more.
            if pictures and str(error).startswith("422") and self._account.pictures.refused(pictures):
                raise Rejected(str(error)) from None
            raise

    async def _visibility(self, post: Post) -> str:
        """Who sees a new post: what the channel says, quieter when there were many within the hour."""
        most = self._options.public_per_hour
        if most is None or post.details["visibility"] != "public":
            return str(post.details["visibility"])
        posted = await asyncio.to_thread(self._account.public_posts.count, self._account.clock().timestamp())
        return "public" if posted < most else "unlisted"

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Says all of the post again: what an edit leaves out (pictures, warning), a server takes away.

        The language cannot be changed; the library has no way to send it, and a server then keeps the old one. The
        channel's options say whether the post is then made anew.
        """
        if self._options.wrong_language == "repost" and in_another_language(receipt, post):
            return await self._post_anew(receipt, post)
        details = post.details
        pictures = await self._pictures(post, receipt)
        numbers = [one.id for one in pictures] or list(unknown_media(receipt))
        changed = [one for one in pictures if shown_otherwise(receipt, one)]

        def send(mastodon: Mastodon) -> Any:
            told = [_media_attributes(mastodon, one) for one in pictures] if changed else None
            return mastodon.status_update(
                receipt.remote_id,
                post.text,
                spoiler_text=_text(details["spoiler_text"]),
                sensitive=bool(details["sensitive"]),
                # Given both, the library fails (it adds two sets); it takes the ids from the attributes, in order.
                media_ids=None if told else numbers or None,
                media_attributes=told,
            )

        status = await self._sent("edit", send, pictures, with_media=bool(numbers))
        edited = self._taken(status, post, pictures)
        if edited is None:
            raise Retry("the server said yes, but not to which post")
        self._account.pictures.posted(pictures)
        kept = {"media_ids": numbers, "asked": receipt.details.get("asked") or edited.details["asked"]}
        if unknown_media(receipt) and not pictures:
            kept["pictures"] = None
        edited = replace(edited, details={**edited.details, **kept})
        if not is_thread(post, receipt):
            return edited
        known = receipt.details.get("replies")
        return _with_replies(edited, await self._thread.bring(receipt.remote_id, post, known))

    async def _post_anew(self, receipt: Receipt, post: Post) -> Receipt:
        """Deletes a post and makes it anew in its language; done twice it does no harm."""
        reposts, language = self._account.reposts, str(post.details["language"])
        pictures = await self._pictures(post)
        new = Repost(str(post.link), self._account.clock())
        repost = await asyncio.to_thread(reposts.begin, receipt.remote_id, new)
        with contextlib.suppress(PostGone):
            await self._account.client.call("delete", lambda mastodon: mastodon.status_delete(receipt.remote_id))
        found = await self._look(repost.link, {receipt.remote_id}, since=repost.begun)
        if found is None:
            key = f"newswire/anew/{self._account.name}/{receipt.remote_id}/{language}"
            try:
                found = await self._posted(post, key, pictures)
            except Unknown as error:
                raise Retry(str(error)) from None
        await asyncio.to_thread(reposts.end, receipt.remote_id)
        return replace(found, details={**found.details, "asked": language})

    async def delete(self, receipt: Receipt) -> None:
        """Deletes a post; that it is gone already is success."""
        if "replies" in receipt.details:
            await self._thread.delete(receipt.remote_id, receipt.details["replies"])
        try:
            await self._account.client.call("delete", lambda mastodon: mastodon.status_delete(receipt.remote_id))
        except PostGone:
            await self._delete_repost(receipt)

    async def _delete_repost(self, receipt: Receipt) -> None:
        """Deletes what was to come in the place of a post, where nobody heard whether it came."""
        repost = await asyncio.to_thread(self._account.reposts.begun, receipt.remote_id)
        if repost is None:
            return
        found = await self._look(repost.link, {receipt.remote_id}, since=repost.begun)
        if found is not None:
            with contextlib.suppress(PostGone):
                await self._account.client.call("delete", lambda mastodon: mastodon.status_delete(found.remote_id))
        await asyncio.to_thread(self._account.reposts.end, receipt.remote_id)

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        """Looks through the account's own posts of the last day for the newest that links to the article.

        Raises:
            Outcome: the posts could not be read, or there are too many of them.
        """
        if post.link is None:
            raise Unknown("the post has no link to find it by")
        for remote_id in taken:
            self._account.give(remote_id, None)
        found = await self._look(post.link, taken)
        return _with_replies(found, None) if found and is_thread(post) else found

    async def _look(self, link: str, taken: Collection[str], since: datetime | None = None) -> Receipt | None:
        found = await self._search.newest(link, lambda: {*taken, *self._account.others(self)}, since=since)
        if found is not None:
            self._account.give(found.remote_id, self)
        return found

    async def _pictures(self, post: Post, receipt: Receipt | None = None) -> list[Attached]:
        """The pictures of a post, on the server; those that cannot be had are left out.

        Args:
            post: what they belong to.
            receipt: what is known of those that are out already.
        """
        out = pictures_out(receipt)
        if receipt is not None and not out and len(unknown_media(receipt)) == len(post.media):
            return []  # they are out, though nobody noted which they are; they stay
        limits, found = self._account.limits, []
        for media in post.media[: limits.max_media]:
            picture = wanted(media, post.details)
            same = next((one.id for one in out if one.wanted.url == picture.url), None)
            if same is not None:
                found.append(Attached(same, picture))
            elif brought := await self._account.pictures.bring(picture, limits):
                found.append(brought)
        return found

    def receipt_for(self, remote_id: str, at: datetime) -> Receipt:
        """The receipt of a post by its id, or by its address (``https://mastodon.example/@news/113...``).

        Raises:
            ValueError: it is neither, or another server's.
        """
        return receipt_for(remote_id.strip(), self._account.url, at)

    async def check(self) -> Sequence[Finding]:
        """Says who will see the posts, and whether the server shows them to fewer."""
        findings = [_NOTES[self._options.visibility]]
        try:
            own = await self._account.profile()
        except Outcome as outcome:
            return [*findings, Finding("error", str(outcome))]
        if self._options.style == "image":
            findings += await self._asked_for_pictures()
        if own.get("limited") and self._options.visibility == "public":
            findings.append(Finding("warning", "the server has limited the account: it makes public posts quiet"))
        return findings

    async def _asked_for_pictures(self) -> Sequence[Finding]:
        try:
            return await look_at_pictures(self._account)
        except Outcome as outcome:
            return [Finding("error", str(outcome))]

    def _taken(self, status: Any, post: Post, pictures: Sequence[Attached]) -> Receipt | None:
        receipt = receipt_of(status, now=self._account.clock())
        if receipt is None:
            return None
        self._account.give(receipt.remote_id, self)
        self._account.heed_language(str(post.details["language"]), language_of(status))
        more = {"asked": post.details["language"], "pictures": [one.kept() for one in pictures]}
        return replace(receipt, details={**receipt.details, **more})


def _with_replies(receipt: Receipt, replies: list[Json] | None) -> Receipt:
    return replace(receipt, details={**receipt.details, "replies": replies})


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _media_attributes(mastodon: Mastodon, picture: Attached) -> Any:
    return mastodon.generate_media_edit_attributes(
        picture.id, description=picture.wanted.alt, focus=picture.wanted.focus
    )
