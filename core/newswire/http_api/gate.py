"""The gate: who may come in, and how often (RFC 6750)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.http_api.problems import FORBIDDEN, TOO_MANY, UNAUTHORIZED, Problem
from newswire.store import tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from newswire.http_api.rates import Rates
    from newswire.store import Store
    from newswire.store.tokens import Token, TokenScope


class Gate:
    """Lets in who has a token that holds, has the scope, and is not too busy.

    Args:
        store: where the tokens are.
        rates: counts requests.
        clock: tells the time, in UTC.
    """

    def __init__(self, store: Store, rates: Rates, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rates = rates
        self._clock = clock

    async def admit(self, authorization: str | None, scope: TokenScope) -> None:
        """Lets a request in.

        Args:
            authorization: its header field of that name.
            scope: what it needs.

        Raises:
            Problem: it stays outside.
        """
        # RFC 9110, 11.1: the name of a scheme has no case.
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unauthorized("send 'Authorization: Bearer ...' with a token of 'newswire token create'")
        token = await self._store.look(self._find, secret.strip())
        if token is None or (token.expires is not None and token.expires <= self._clock()):
            raise _unauthorized("the token is unknown, was revoked, or has expired", 'error="invalid_token"')
        wait = self._rates.wait(token.name, token.rate)
        if wait:
            told = f"the token {token.name!r} may make {token.rate} requests a minute; try again in {wait} s"
            raise Problem(TOO_MANY, told, headers={"Retry-After": str(wait)})
        if tokens.needs_note(token, self._clock()):
            await self._store.run(self._note, token.name)
        if scope not in token.scopes:
            challenge = {"WWW-Authenticate": _challenge(f'error="insufficient_scope", scope="{scope}"')}
            raise Problem(FORBIDDEN, f"the token {token.name!r} has not the scope {scope.value!r}", headers=challenge)

    def _find(self, secret: str) -> Token | None:
        with self._store.read() as connection:
            return tokens.find(connection, secret)

    def _note(self, name: str) -> None:
        with self._store.write() as connection:
            tokens.note_use(connection, name, self._clock())


def _unauthorized(detail: str, error: str = "") -> Problem:
    return Problem(UNAUTHORIZED, detail, headers={"WWW-Authenticate": _challenge(error)})


def _challenge(error: str) -> str:
    # RFC 6750, section 3: without credentials the challenge names no error.
    return f'Bearer realm="newswire", {error}' if error else 'Bearer realm="newswire"'
