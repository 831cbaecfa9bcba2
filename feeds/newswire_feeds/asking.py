"""The page at which a reader asks for a translation. Nothing is asked for by going there: only its form does that."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from newswire.api import standardize
from newswire_feeds.catalogue import Catalogue
from newswire_feeds.options import FeedsOptions
from newswire_feeds.pages import Pages
from newswire_feeds.reply import Reply, in_words
from newswire_feeds.words import spoken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newswire.api import AskedTranslation, Message, Scope, Services

    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

ASK_PATH = "/translate/"
"""Its address, before the language."""
STATE = "feeds"
LONGEST_BODY = 2_000
"""Bytes of the form."""
VALID = 3600
"""Seconds for which a page that was opened can ask."""
_LONGEST_ID = 200
_FORM = "application/x-www-form-urlencoded"
_STATUS: dict[AskedTranslation, int] = {"none": 404, "too many": 429}

_NOT_ALLOWED = in_words(405, "Only GET, HEAD and POST are answered here.", allow="GET, HEAD, POST")
_NOWHERE = in_words(404, "There is nothing at this address.", x_robots_tag="noindex")
_NOT_FROM_HERE = in_words(403, "A translation is asked for by the form of this page: please open it again.")
_TOO_LONG = in_words(413, "The form is too long.")


class AskDesk:
    """Answers for the page.

    Args:
        services: the room.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pages = Pages(services, Catalogue(services), services.settings(FeedsOptions).title)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        method = scope["method"]
        if method not in {"GET", "HEAD", "POST"}:
            reply = _NOT_ALLOWED
        elif (asked := self._asked(scope)) is None:
            reply = _NOWHERE
        elif method == "POST":
            reply = await self._take(scope, receive, *asked)
        else:
            reply = await asyncio.to_thread(self._page, *asked)
        await reply.send(send, head=method == "HEAD")

    def _asked(self, scope: Scope) -> tuple[str, str] | None:
        """The language and the article of an address; None where there is nothing."""
        try:
            language = standardize(str(scope["path"]).removeprefix(ASK_PATH))
            query = dict(parse_qsl(scope["query_string"].decode("ascii"), errors="strict", max_num_fields=5))
        except ValueError:
            return None
        article = query.get("article", "")
        known = language in self._services.translations.offered
        return (language, article) if known and 0 < len(article) <= _LONGEST_ID else None

    async def _take(self, scope: Scope, receive: Receive, language: str, article: str) -> Reply:
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        # Fetch Metadata, 2.3: browsers say by themselves whether a page of ours sends the form.
        elsewhere = headers.get(b"sec-fetch-site", b"same-origin") not in {b"same-origin", b"none"}
        if elsewhere or kind != _FORM.encode():
            return _NOT_FROM_HERE
        body = await _body(receive)
        if body is None:
            return _TOO_LONG
        return await asyncio.to_thread(self._ask, body, language, article)

    def _ask(self, body: bytes, language: str, article: str) -> Reply:
        form = dict(parse_qsl(body.decode("latin-1"), max_num_fields=5))
        if not self._holds(form.get("token", ""), language, article):
            return _NOT_FROM_HERE
        became = self._services.translations.ask(article, language)
        if became in _STATUS:
            return self._page(language, article, became)
        # So that going back or loading again asks nothing a second time (RFC 9110, 15.4.4).
        return in_words(303, "It is asked for.", location=_address(language, article))

    def _page(self, language: str, article: str, standing: AskedTranslation | None = None) -> Reply:
        services = self._services
        standing = standing or services.translations.look(article, language)
        told = services.library.stories([article], language).get(article)
        page = self._pages.ask(
            language, told, standing, action=_address(language, article), token=self._token(language, article)
        )
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-language": spoken(language),
            "content-security-policy": self._pages.security_policy,
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
            "x-robots-tag": "noindex, nofollow",
            "x-content-type-options": "nosniff",
        }
        return Reply(_STATUS.get(standing, 200), headers, page)

    def _token(self, language: str, article: str) -> str:
        at = int(self._services.clock().timestamp())
        return f"{at}.{self._sign(at, language, article)}"

    def _holds(self, token: str, language: str, article: str) -> bool:
        at, _, sign = token.partition(".")
        if not at.isascii() or not at.isdecimal() or len(at) > len(str(2**62)):
            return False
        young = 0 <= self._services.clock().timestamp() - int(at) <= VALID
        return young and hmac.compare_digest(sign.encode(), self._sign(int(at), language, article).encode())

    def _sign(self, at: int, language: str, article: str) -> str:
        state = self._services.state(STATE)
        secret = state.get("ask secret")
        if not isinstance(secret, str):
            secret = secrets.token_hex(16)
            state.set("ask secret", secret)
        return hmac.new(secret.encode(), f"{at} {language} {article}".encode(), hashlib.sha256).hexdigest()


def _address(language: str, article: str) -> str:
    return f"{ASK_PATH}{language}?article={quote(article, safe='')}"


async def _body(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)
