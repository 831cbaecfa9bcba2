"""A channel: the timeline of an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newswire.api import Abilities, Channel, Finding, Outcome, Post, PostGone, Receipt, Retry, Story, Unknown
from newswire_mastodon import formatter
from newswire_mastodon.statuses import language_of, moment, receipt_for, receipt_of, with_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mastodon import Mastodon

    from newswire_mastodon.account import MastodonAccount
    from newswire_mastodon.options import MastodonChannelOptions

PAGE = 40
"""Posts asked for at once; the most Mastodon gives."""
MOST_PAGES = 25
"""Pages after which looking for a post is given up, for now."""
LOOK_BACK = timedelta(days=1)
"""How far back a doubtful post is looked for; doubts are cleared before the account goes on posting."""

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

    def compose(self, story: Story) -> Post:
        """The post of a story, within the limits the server has told."""
        return formatter.compose(story, self._options, self._account.limits)

    async def post(self, post: Post, *, key: str) -> Receipt:
        """Sends a new post; the key goes with it, so that a server knows a repetition."""
        details = post.details

        def send(mastodon: Mastodon) -> Any:
            return mastodon.status_post(
                post.text,
                visibility=_text(details["visibility"]),
                spoiler_text=_text(details["spoiler_text"]),
                sensitive=bool(details["sensitive"]),
                language=_text(details["language"]),
                idempotency_key=key,
            )

        receipt = self._taken(await self._account.client.call("post", send), post)
        if receipt is None:
            raise Unknown("the server said yes, but not to which post")
        return receipt

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Says all of the post again: what an edit leaves out (pictures, warning), a server takes away.

        The language cannot be changed; the library has no way to send it, and a server then keeps the old one.
        """
        details = post.details
        media_ids = _media_ids(receipt)

        def send(mastodon: Mastodon) -> Any:
            return mastodon.status_update(
                receipt.remote_id,
                post.text,
                spoiler_text=_text(details["spoiler_text"]),
                sensitive=bool(details["sensitive"]),
                media_ids=list(media_ids) or None,
            )

        status = await self._account.client.call("edit", send, with_media=bool(media_ids))
        edited = self._taken(status, post)
        if edited is None:
            raise Retry("the server said yes, but not to which post")
        return replace(edited, details={**edited.details, "media_ids": list(media_ids)})

    async def delete(self, receipt: Receipt) -> None:
        """Deletes a post; that it is gone already is success."""
        try:
            await self._account.client.call("delete", lambda mastodon: mastodon.status_delete(receipt.remote_id))
        except PostGone:
            return

    async def find(self, post: Post) -> Receipt | None:
        """Looks through the account's own posts of the last day for the newest that links to the article.

        Raises:
            Outcome: the posts could not be read, or there are too many of them.
        """
        if post.link is None:
            raise Unknown("the post has no link to find it by")
        own_id = await self._account.own_id()
        since = self._account.clock() - LOOK_BACK
        seen: set[str] = set()
        last: str | None = None
        for _ in range(MOST_PAGES):
            statuses = await self._own_statuses(own_id, last)
            found = with_link(statuses, post.link)
            if found is not None:
                return receipt_of(found, now=self._account.clock())
            new = [str(status["id"]) for status in statuses if str(status["id"]) not in seen]
            if not new or _oldest(statuses, since) < since:
                return None
            seen.update(new)
            last = new[-1]
        raise Retry(f"not among the newest {len(seen)} posts of the last day, and there are more")

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
        if own.get("limited") and self._options.visibility == "public":
            findings.append(Finding("warning", "the server has limited the account: it makes public posts quiet"))
        return findings

    def _taken(self, status: Any, post: Post) -> Receipt | None:
        receipt = receipt_of(status, now=self._account.clock())
        if receipt is not None:
            self._account.heed_language(str(post.details["language"]), language_of(status))
        return receipt

    async def _own_statuses(self, own_id: str, before: str | None) -> list[Any]:
        statuses: Any = await self._account.client.call(
            "read",
            lambda mastodon: mastodon.account_statuses(own_id, exclude_reblogs=True, limit=PAGE, max_id=before),
        )
        if not isinstance(statuses, list):
            raise Retry("the server gives no list of the account's posts")
        return [status for status in statuses if receipt_of(status, now=self._account.clock())]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _media_ids(receipt: Receipt) -> tuple[str, ...]:
    kept = receipt.details.get("media_ids")
    return tuple(str(one) for one in kept) if isinstance(kept, list) else ()


def _oldest(statuses: Sequence[Any], otherwise: datetime) -> datetime:
    times = [at for status in statuses if (at := moment(status.get("created_at")))]
    return min(times, default=otherwise)
