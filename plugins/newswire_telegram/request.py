"""How python-telegram-bot reaches the Bot API: aiohttp, one session a bot.

The bot's token is part of every address (``/bot<token>/sendMessage``), and python-telegram-bot logs addresses. So the
library is given a stand-in, which gives way to the token here, at the last moment. No address gets into an error or a
log, an error of aiohttp goes no further than this module, and an answer that repeats the token loses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import orjson
from telegram.error import TelegramError
from telegram.request import BaseRequest

from newswire_telegram.answers import checked
from newswire_telegram.failures import MaybeSent, NotSent
from newswire_telegram.webhook import secret_of

if TYPE_CHECKING:
    from telegram.request import RequestData

STAND_IN = "the-secret-is-put-in-by-the-request"
"""What python-telegram-bot is to take for the secret of a webhook, for it logs what it is told."""
_HIDDEN = b"**********"
_POOL_WAIT = 30.0
_UPLOAD_WAIT = 120.0
# Their answers are messages, of which only the receipt is wanted.
_MESSAGES = {
    "sendMessage",
    "sendPhoto",
    "sendRichMessage",
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
}


class AiohttpRequest(BaseRequest):
    """Carries the requests of one bot.

    Args:
        token: the bot's token.
        connect_timeout: seconds to wait for a connection.
        read_timeout: seconds to wait for the next bytes of an answer.
        proxy_from_environment: whether ``HTTPS_PROXY`` and the like are obeyed.
    """

    def __init__(
        self, token: str, *, connect_timeout: float, read_timeout: float, proxy_from_environment: bool
    ) -> None:
        self.stand_in = f"{token.partition(':')[0]}:the-token-is-put-in-by-the-request"
        """What python-telegram-bot is to take for the token; its number is the bot's."""
        self._token = token
        self._webhook_secret = secret_of(token).encode()
        self._hidden = [form.encode() for form in (token, quote(token, safe=""))]
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._proxy_from_environment = proxy_from_environment
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for the next bytes of an answer."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Opens the session; a request does so, too."""
        self._opened()

    async def shutdown(self) -> None:
        """Closes the session with its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": self.USER_AGENT},
                trust_env=self._proxy_from_environment,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def do_request(  # noqa: PLR0917  # the base class calls it so
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Makes a request and gives status and body of an answer that is certain.

        Raises:
            NotSent: the request did not reach the Bot API.
            MaybeSent: it may have, but there is no answer, or none that can be read.
            Flooded: the Bot API asks to wait.
            TooLarge: the request is larger than it takes.
        """
        del write_timeout, pool_timeout
        reading = _given(read_timeout, self._read_timeout)
        timeout = aiohttp.ClientTimeout(
            total=None if reading is None else reading + _POOL_WAIT + _UPLOAD_WAIT,
            connect=_POOL_WAIT,
            sock_connect=_given(connect_timeout, self._connect_timeout),
            sock_read=reading,
        )
        body, headers = _body(request_data)
        if isinstance(body, bytes) and url.endswith("/setWebhook"):
            body = body.replace(STAND_IN.encode(), self._webhook_secret)
        brief = url.rpartition("/")[2] in _MESSAGES
        failure: TelegramError
        try:
            async with self._opened().request(
                method,
                url.replace(self.stand_in, self._token, 1),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answer = await response.read()
                for hidden in self._hidden:
                    answer = answer.replace(hidden, _HIDDEN)
                retry_after = response.headers.get("Retry-After")
                return response.status, checked(response.status, answer, retry_after, brief=brief)
        except TelegramError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever aiohttp raises may carry the address and must not go on
            failure = failure_of(error)
        # Raised out here, so that not even the context of this error holds the one that names the address.
        raise failure


def failure_of(error: Exception) -> NotSent | MaybeSent:
    """What an error of aiohttp says of the request, in words that do not name the address."""
    kind = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError):
        return NotSent(f"no connection to {error.host} ({kind})")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NotSent("no connection in time")
    if isinstance(error, (aiohttp.InvalidURL, aiohttp.ClientHttpProxyError)):
        return NotSent(f"the request could not be made ({kind})")
    if isinstance(error, TimeoutError):
        return MaybeSent("no answer in time")
    if isinstance(error, aiohttp.ClientError):
        return MaybeSent(f"the connection was lost before the answer ({kind})")
    return MaybeSent(f"the request failed ({kind})")


def _given(value: Any, default: float | None) -> float | None:
    if value is BaseRequest.DEFAULT_NONE:
        return default
    return None if value is None else float(value)


def _body(request_data: RequestData | None) -> tuple[aiohttp.FormData | bytes | None, dict[str, str]]:
    """The parameters as JSON (Bot API, "Making requests"), which is cheapest; with files, as a form."""
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return orjson.dumps(request_data.parameters), {"Content-Type": "application/json"}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, media_type) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form, {}
