"""Mastodon.py, one client and one thread an account."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

import requests
from mastodon import Mastodon

from newswire.api import ChannelPaused, LanePaused, Outcome, Unknown
from newswire_mastodon.governor import CALLS, DELETES, POSTS, SPENT_ON, UPLOADS, Bucket, Doing, Governor
from newswire_mastodon.headers import Told, told_by
from newswire_mastodon.outcomes import classify, was_lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from newswire_mastodon.options import MastodonAccountOptions

Result = TypeVar("Result")

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and seconds without a byte of the answer."""

_WORDS = {
    CALLS: "as many calls as a server takes in five minutes",
    POSTS: "as many posts and edits as a server takes in three hours",
    UPLOADS: "as many uploads as a server takes in half an hour",
    DELETES: "as many deletions as a server takes in half an hour",
}


class Session(requests.Session):
    """Counts every request, and reads what each answer says of the rate limits.

    Args:
        governor: keeps the count.
        clock: tells the time, in UTC.
    """

    def __init__(self, governor: Governor, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.doing: Doing = "read"
        self.told: Told | None = None
        self._governor = governor
        self._clock = clock
        # A redirected POST would be repeated as a GET, and the answer could look like success.
        self.max_redirects = 0

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        """Sends a request."""
        self._governor.spend(CALLS, self._clock().timestamp())
        self.told = None
        response = super().send(request, **given)
        now = self._clock().timestamp()
        self.told = told_by(response.headers, now)
        if self.told:
            self._governor.heed(self.told, self.doing, now)
        return response


class Client:
    """Talks to a server for one account, one call at a time.

    The library is synchronous, and its rate limit figures belong to the client; so each account has one client and one
    thread that all its calls run in, in order. That also holds when a caller is cancelled: its call ends before the
    next begins.

    Args:
        name: the account's name in the config.
        options: its options.
        clock: tells the time, in UTC.
        governor: keeps the account's rate limits.
        timeout: seconds to connect, and seconds without a byte of the answer.
    """

    def __init__(
        self,
        name: str,
        options: MastodonAccountOptions,
        clock: Callable[[], datetime],
        governor: Governor,
        *,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._governor = governor
        self._session = Session(governor, clock)
        # "wait", the default, sleeps in the thread; "pace" never recovers from a pause. `lang` is never given: the
        # library keeps it in a default argument that all clients of the process share.
        self._mastodon = Mastodon(
            api_base_url=options.url,
            ratelimit_method="throw",
            mastodon_version="4.0.0",
            request_timeout=cast("Any", timeout),  # it says float, and hands requests the pair
            session=self._session,
            user_agent="newswire",
        )
        # An upload asks for the version first, unless one is known, and recurses without end where that is refused; the
        # constructor heeds what it is given only where it checks every call by it.
        self._mastodon.mastodon_major = 4
        # Given to the constructor, the token would be tried as the name of a file to read the real one from.
        self._token = options.token
        self._mastodon.access_token = self._token.get_secret_value()
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"mastodon-{name}")

    async def call(self, doing: Doing, ask: Callable[[Mastodon], Result], *, with_media: bool = False) -> Result:
        """What a call of the library returns.

        Args:
            doing: what the call asks of the server.
            ask: makes the call.
            with_media: whether it has pictures.

        Raises:
            Outcome: it failed, or a rate limit leaves no room for it. The error it came of is not attached, for its
                text may hold what was sent.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._call, doing, ask, with_media)

    def _call(self, doing: Doing, ask: Callable[[Mastodon], Result], with_media: bool) -> Result:  # noqa: FBT001  # run_in_executor takes no names
        held = self._governor.wait(doing, self._now())
        if held is not None:
            bucket, after = held
            what = _WORDS[bucket] if bucket else "all that the server's rate limit allows"
            raise _paused(f"waiting: {what} have been made", bucket, after)
        spent = SPENT_ON[doing]
        if spent is not None:
            self._governor.spend(spent, self._now())
        self._session.doing = doing
        try:
            return self._asked(doing, ask)
        except Exception as error:  # noqa: BLE001  # whatever it is, the post may be out
            told = self._session.told
            reset = self._now() + told.seconds if told else self._mastodon.ratelimit_reset
            outcome = classify(error, doing=doing, reset=reset, now=self._clock(), with_media=with_media)
        if not isinstance(outcome, Unknown):
            self._governor.give_back(doing, self._now())
        if isinstance(outcome, LanePaused) and spent and self._governor.left(spent, self._now()) <= 0:
            outcome = _paused(str(outcome), spent, outcome.after)
        raise self._without_token(outcome)

    def _asked(self, doing: Doing, ask: Callable[[Mastodon], Result]) -> Result:
        """Asks; what was only to be read is asked for once more where the connection had gone.

        A server closes a connection that was idle, and some drop the first call now and then.
        """
        try:
            return ask(self._mastodon)
        except Exception as error:
            if doing != "read" or not was_lost(error):
                raise
        return ask(self._mastodon)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _without_token(self, outcome: Outcome) -> Outcome:
        token = self._token.get_secret_value()
        if token:
            outcome.args = tuple(str(part).replace(token, "…") for part in outcome.args)
        return outcome

    async def aclose(self) -> None:
        """Waits for a call that runs, drops those that wait, and closes the connections."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        await asyncio.to_thread(self._governor.close, self._now())
        self._session.close()


def _paused(words: str, bucket: Bucket | None, after: timedelta) -> Outcome:
    """What has to wait: for deletions and uploads it is their channel, news goes on in the others."""
    return (ChannelPaused if bucket in {DELETES, UPLOADS} else LanePaused)(words, after=after)
