"""Mastodon.py, one client and one thread an account."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

import requests
from mastodon import Mastodon

from newswire_mastodon.outcomes import Doing, classify

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from newswire.api import Outcome
    from newswire_mastodon.options import MastodonAccountOptions

Result = TypeVar("Result")

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and seconds without a byte of the answer."""


class Client:
    """Talks to a server for one account, one call at a time.

    The library is synchronous, and its rate limit figures belong to the client; so each account has one client and one
    thread that all its calls run in, in order. That also holds when a caller is cancelled: its call ends before the
    next begins.

    Args:
        name: the account's name in the config.
        options: its options.
        clock: tells the time, in UTC.
        timeout: seconds to connect, and seconds without a byte of the answer.
    """

    def __init__(
        self,
        name: str,
        options: MastodonAccountOptions,
        clock: Callable[[], datetime],
        *,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._session = requests.Session()
        # A redirected POST would be repeated as a GET, and the answer could look like success.
        self._session.max_redirects = 0
        # "wait", the default, sleeps in the thread; "pace" never recovers from a pause. `lang` is never given: the
        # library keeps it in a default argument that all clients of the process share.
        self._mastodon = Mastodon(
            api_base_url=options.url,
            ratelimit_method="throw",
            request_timeout=cast("Any", timeout),  # it says float, and hands requests the pair
            session=self._session,
            user_agent="newswire",
        )
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
            Outcome: it failed. The error it came of is not attached, for its text may hold what was sent.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._call, doing, ask, with_media)

    def _call(self, doing: Doing, ask: Callable[[Mastodon], Result], with_media: bool) -> Result:  # noqa: FBT001  # run_in_executor takes no names
        try:
            return ask(self._mastodon)
        except Exception as error:  # noqa: BLE001  # whatever it is, the post may be out
            outcome = classify(
                error, doing=doing, reset=self._mastodon.ratelimit_reset, now=self._clock(), with_media=with_media
            )
        raise self._without_token(outcome)

    def _without_token(self, outcome: Outcome) -> Outcome:
        token = self._token.get_secret_value()
        if token:
            outcome.args = tuple(str(part).replace(token, "…") for part in outcome.args)
        return outcome

    async def aclose(self) -> None:
        """Waits for a call that runs, drops those that wait, and closes the connections."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._session.close()
