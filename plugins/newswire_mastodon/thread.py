"""The replies of a digest's thread: brought to what they should be, whatever is there of them already.

A delivery knows of one post, the first of the thread. The replies are a level below it: each is compared with what it
should say, and posted, edited or deleted. So a thread that was broken off is taken up by the next edit.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any

from newswire.api import PostGone, Retry, Unknown
from newswire_mastodon.addresses import same_page
from newswire_mastodon.statuses import first_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mastodon import Mastodon

    from newswire.api import Json, Post, Receipt
    from newswire_mastodon.account import MastodonAccount
    from newswire_mastodon.search import Search


class Thread:
    """Replies to posts of an account.

    Args:
        account: the account.
        search: finds replies that nobody noted.
    """

    def __init__(self, account: MastodonAccount, search: Search) -> None:
        self._account = account
        self._search = search

    async def bring(self, head: str, post: Post, known: Any) -> list[Json]:
        """Brings the replies to what a post wants; gives what its receipt is to say of them.

        Args:
            head: the id of the thread's first post.
            post: what the thread should be; one without a thread should have no replies.
            known: what the receipt says of them; None where nobody knows.

        Raises:
            Outcome: not all was done; done again, the rest is.
        """
        wanted = post.details.get("thread")
        replies = [one for one in wanted if isinstance(one, dict)] if isinstance(wanted, list) else []
        out = {str(one["link"]): one for one in known or () if isinstance(one, dict)}
        if len(out) < len(replies):
            out |= await self._there(head, [str(one["link"]) for one in replies if one["link"] not in out])
        kept = [await self._one(head, reply, out.pop(str(reply["link"]), None)) for reply in replies]
        for left in out.values():
            await self._delete(str(left["id"]))
        return kept

    async def delete(self, head: str, known: Any) -> None:
        """Deletes the replies.

        Raises:
            Outcome: not all were deleted; done again, the rest are.
        """
        there = known if isinstance(known, list) else await self._search.replies(head)
        for one in there:
            await self._delete(str(one["id"]))

    async def _there(self, head: str, links: Sequence[str]) -> dict[str, Any]:
        """Replies that are there though no receipt says so: their answers were lost, or the process ended."""
        found = {}
        for status in await self._search.replies(head):
            address = first_address(status)
            link = next((one for one in links if address and same_page(one, address)), None)
            if link is not None:
                found[link] = {"id": str(status["id"]), "link": link, "digest": None}
        return found

    async def _one(self, head: str, reply: dict[str, Any], out: dict[str, Any] | None) -> Json:
        digest = hashlib.blake2b(f"{reply['text']}\0{reply['spoiler_text']}".encode(), digest_size=8).hexdigest()
        if out is not None and out.get("digest") == digest:
            return out

        def edit(mastodon: Mastodon) -> Any:
            return mastodon.status_update(
                str(out["id"]) if out else "",
                reply["text"],
                spoiler_text=reply["spoiler_text"],
                sensitive=bool(reply["sensitive"]),
            )

        def send(mastodon: Mastodon) -> Any:
            return mastodon.status_post(
                reply["text"],
                in_reply_to_id=head,
                visibility=reply["visibility"],
                spoiler_text=reply["spoiler_text"],
                sensitive=bool(reply["sensitive"]),
                language=reply["language"],
                idempotency_key=f"newswire/thread/{head}/{reply['link']}",
            )

        if out is not None:
            with contextlib.suppress(PostGone):  # somebody deleted it: it is not put back against their will
                await self._account.client.call("edit", edit)
            return {**out, "digest": digest}
        try:
            status = await self._account.client.call("post", send)
        except Unknown as error:
            raise Retry(str(error)) from None
        if not isinstance(status, dict) or not status.get("id"):
            raise Retry("the server said yes, but not to which reply")
        return {"id": str(status["id"]), "link": str(reply["link"]), "digest": digest}

    async def _delete(self, remote_id: str) -> None:
        with contextlib.suppress(PostGone):
            await self._account.client.call("delete", lambda mastodon: mastodon.status_delete(remote_id))


def is_thread(post: Post, receipt: Receipt | None = None) -> bool:
    """Whether a post has, or had, replies to be looked after."""
    return "thread" in post.details or (receipt is not None and "replies" in receipt.details)
