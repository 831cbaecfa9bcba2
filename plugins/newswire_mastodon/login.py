"""A token by OAuth, out of band: the server shows a code in the browser, and a person types it in (RFC 6749, 4.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests
from mastodon import Mastodon, MastodonError

from newswire.api import NewswireError
from newswire_mastodon.client import TIMEOUT

SCOPES = ["read:accounts", "read:statuses", "write:accounts", "write:media", "write:statuses"]
"""What newswire asks for, and no more: it reads its own account and posts, and writes posts, pictures and profile."""
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


class LoginFailed(NewswireError):
    """There is no token; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and whose it is."""

    account: str
    secret: str = field(repr=False)


class Login:
    """One attempt to get a token.

    Args:
        address: the server.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.max_redirects = 0
        self._mastodon: Mastodon | None = None

    def begin(self) -> str:
        """Registers newswire with the server; gives the address where a person agrees.

        Raises:
            LoginFailed: the server does not take the registration.
        """
        try:
            number, secret = Mastodon.create_app(
                "newswire",
                scopes=SCOPES,
                redirect_uris=OUT_OF_BAND,
                api_base_url=self._address,
                request_timeout=TIMEOUT[1],
                session=self._session,
                user_agent="newswire",
            )
        except (MastodonError, KeyError, TypeError) as error:
            raise LoginFailed(self._words("does not register newswire", error)) from None
        self._mastodon = self._client(number, secret)
        try:
            address = self._mastodon.auth_request_url(
                redirect_uris=OUT_OF_BAND, scopes=SCOPES, allow_http=self._address.startswith("http://")
            )
        except MastodonError as error:
            raise LoginFailed(self._words("says no address to agree at", error)) from None
        return str(address)

    def finish(self, code: str) -> Token:
        """The token for a code.

        Raises:
            LoginFailed: the server does not take the code.
        """
        if self._mastodon is None:
            raise LoginFailed("a login begins with begin()")
        try:
            secret = self._mastodon.log_in(
                code=code,
                redirect_uri=OUT_OF_BAND,
                scopes=SCOPES,
                allow_http=self._address.startswith("http://"),
            )
            own: Any = self._mastodon.account_verify_credentials()
        except (MastodonError, KeyError, TypeError) as error:
            raise LoginFailed(self._words("takes no such code; begin anew", error, but=code)) from None
        return Token(account=str(own["username"]), secret=str(secret))

    def _client(self, number: str, secret: str) -> Mastodon:
        return Mastodon(
            client_id=number,
            client_secret=secret,
            api_base_url=self._address,
            ratelimit_method="throw",
            request_timeout=TIMEOUT[1],
            session=self._session,
            user_agent="newswire",
        )

    def _words(self, what: str, error: Exception, *, but: str = "") -> str:
        """What went wrong; the code is left out, for it is as good as the token while it lasts."""
        words = " ".join(str(error).split())[:300]
        return f"{self._address} {what}: {words.replace(but, '…') if but else words}"
