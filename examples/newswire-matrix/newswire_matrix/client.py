"""The account: a user on a homeserver. Requests go out here, and every answer is given its outcome."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from newswire.api import (
    Account,
    AccountRefused,
    ChannelGone,
    Finding,
    LanePaused,
    Outcome,
    PostGone,
    Rejected,
    Retry,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newswire_matrix.kind import MatrixAccountOptions

API = "/_matrix/client/v3"
TIMEOUT = aiohttp.ClientTimeout(total=25, sock_connect=10)
USUAL_PAUSE = timedelta(seconds=30)
"""How long an account waits that is asked to and not told for how long."""


class MatrixAccount(Account):
    """A user on a homeserver; all rooms of the account share its connections.

    Args:
        options: the account's options.
        clock: tells the time, in UTC.
    """

    def __init__(self, options: MatrixAccountOptions, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._user: str | None = None

    async def user(self) -> str:
        """The user's id, ``@news:matrix.example``.

        Raises:
            Outcome: it could not be asked for.
        """
        if self._user is None:
            self._user = str((await self.call("GET", "/account/whoami"))["user_id"])
        return self._user

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, query: Mapping[str, str] | None = None
    ) -> Any:
        """What a call gives.

        Args:
            method: of the request.
            path: below ``/_matrix/client/v3``, its parts quoted.
            body: the JSON document.
            query: the parameters behind ``?``.

        Raises:
            Outcome: it failed. The error it came of is not attached: it may hold the token or the address.
        """
        outcome, answer = await self._asked(method, path, body, query or {})
        if outcome is not None:
            raise outcome
        return answer

    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str]
    ) -> tuple[Outcome | None, Any]:
        try:
            async with self._open().request(
                method, f"{self._options.url}{API}{path}", json=body, params=query, allow_redirects=False
            ) as response:
                answer = await response.json(content_type=None)
                return judge(response.status, answer), answer
        except aiohttp.ClientConnectorError as error:
            return Retry(f"no connection: {error.os_error.strerror or type(error.os_error).__name__}"), None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # It was sent, and what became of it nobody knows: a lost answer, or one that is no JSON.
            return Unknown(f"no answer that can be read ({type(error).__name__})"), None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Authorization": f"Bearer {self._options.token.get_secret_value()}"}
            self._session = aiohttp.ClientSession(headers=headers, timeout=TIMEOUT)
        return self._session

    async def check(self) -> Sequence[Finding]:
        """Looks whether the token works."""
        try:
            return [Finding("ok", f"the token is that of {await self.user()}")]
        except Outcome as outcome:
            return [Finding("error", str(outcome))]

    async def aclose(self) -> None:
        """Lets the connections go; it may be called again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def judge(status: int, answer: Any) -> Outcome | None:
    """The outcome of an answer, None where it is a yes. Pure.

    Args:
        status: of the answer.
        answer: its document; "errcode" and "error" say what is wrong (Client-Server API, Standard error response).
    """
    if status == HTTPStatus.OK:
        return None
    told: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
    code = str(told.get("errcode", ""))
    words = f"{status}: {told.get('error') or code or 'no words'}"[:300]
    if code == "M_LIMIT_EXCEEDED" or status == HTTPStatus.TOO_MANY_REQUESTS:
        pause = told.get("retry_after_ms")
        return LanePaused(words, after=timedelta(milliseconds=pause) if isinstance(pause, int) else USUAL_PAUSE)
    if status == HTTPStatus.UNAUTHORIZED or code in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"}:
        return AccountRefused(words)
    if status == HTTPStatus.FORBIDDEN:
        return ChannelGone(words)  # not in the room, or not allowed to write there
    if status == HTTPStatus.NOT_FOUND and code == "M_NOT_FOUND":
        return PostGone(words)
    if status in {400, 404, 405, 413}:
        return Rejected(words)
    return Unknown(words)  # 5xx, or a proxy's word: the homeserver may have taken it
