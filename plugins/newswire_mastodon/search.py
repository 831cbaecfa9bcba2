"""Looking for a post among those of the account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newswire.api import Retry
from newswire_mastodon.statuses import moment, receipt_of, with_link

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from newswire.api import Receipt
    from newswire_mastodon.account import MastodonAccount

PAGE = 40
"""Posts asked for at once; the most Mastodon gives."""
MOST_PAGES = 25
"""Pages after which looking for a post is given up, for now."""
SKEW = timedelta(minutes=1)
"""By how much the server's clock may differ."""
LOOK_BACK = timedelta(days=1)
"""How far back a doubtful post is looked for; doubts are cleared before the account goes on posting."""


class Search:
    """Looks for posts of an account.

    Args:
        account: the account.
    """

    def __init__(self, account: MastodonAccount) -> None:
        self._account = account

    async def newest(
        self, link: str, others: Callable[[], Collection[str]], *, since: datetime | None = None
    ) -> Receipt | None:
        """The newest post of the last day that links to a page; None when there surely is none.

        Args:
            link: the page.
            others: gives the ids of posts that do not count; asked when the posts have come, for another search may
                have found one meanwhile.
            since: only posts made after that; a day ago unless given.

        Raises:
            Outcome: the posts could not be read, or there are too many of them.
        """
        own_id = await self._account.own_id()
        since = self._account.clock() - LOOK_BACK if since is None else since - SKEW
        seen: set[str] = set()
        last: str | None = None
        for _ in range(MOST_PAGES):
            statuses = await self._own_statuses(own_id, last)
            taken = others()
            alone = [one for one in statuses if not one.get("in_reply_to_id")]
            counting = [one for one in alone if str(one["id"]) not in taken and _oldest([one], since) >= since]
            found = with_link(counting, link)
            if found is not None:
                return receipt_of(found, now=self._account.clock())
            new = [str(status["id"]) for status in statuses if str(status["id"]) not in seen]
            if not new or _oldest(statuses, since) < since:
                return None
            seen.update(new)
            last = new[-1]
        raise Retry(f"not among the newest {len(seen)} posts of the last day, and there are more")

    async def replies(self, remote_id: str) -> list[Any]:
        """The account's own replies to a post of its own, as far as they are among its newest posts.

        Raises:
            Outcome: they could not be read.
        """
        own_id = await self._account.own_id()
        found: list[Any] = []
        last: str | None = None
        for _ in range(MOST_PAGES):
            statuses = await self._own_statuses(own_id, last)
            new = [one for one in statuses if last is None or str(one["id"]) != last]
            found += [one for one in new if str(one.get("in_reply_to_id")) == remote_id]
            if not new or any(str(one["id"]) == remote_id for one in new):
                break
            last = str(new[-1]["id"])
        return found

    async def _own_statuses(self, own_id: str, before: str | None) -> list[Any]:
        statuses: Any = await self._account.client.call(
            "read",
            lambda mastodon: mastodon.account_statuses(own_id, exclude_reblogs=True, limit=PAGE, max_id=before),
        )
        if not isinstance(statuses, list):
            raise Retry("the server gives no list of the account's posts")
        return [status for status in statuses if receipt_of(status, now=self._account.clock())]


def _oldest(statuses: Sequence[Any], otherwise: datetime) -> datetime:
    times = [at for status in statuses if (at := moment(status.get("created_at")))]
    return min(times, default=otherwise)
