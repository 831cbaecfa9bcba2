"""Sessions: who has logged in. The browser keeps a secret, the store its hash, as with tokens."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newswire.store import tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from newswire.store import Store

STATE = "newswire:dashboard"
"""Under which name the store keeps them."""
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in."""

    secret: str
    who: str
    """The name of the token."""
    until: datetime
    """When it ends by itself."""

    def __repr__(self) -> str:
        return f"Session(who={self.who!r}, until={self.until!r})"

    def sign(self, text: str) -> str:
        """Proves that a text comes from this session; nobody who cannot see its pages or cookies can make one."""
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    @property
    def form_key(self) -> str:
        """What every form of the session carries: a page of somebody else cannot know it."""
        return self.sign("form")


class Sessions:
    """The sessions of all processes on a store. Everything blocks.

    A session ends after its time, when the admin logs out, and with its token: when that is revoked or expires.

    Args:
        store: where they are kept.
        clock: tells the time, in UTC.
        length: how long one lasts.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], length: timedelta) -> None:
        self._store = store
        self._state = store.state(STATE)
        self._clock = clock
        self.length = length

    def begin(self, token_secret: str) -> Session | None:
        """Logs in; None where the secret is not that of a token that lets an admin in."""
        now = self._clock()
        with self._store.read() as connection:
            token = tokens.find(connection, token_secret)
        if token is None or not token.lets(TokenScope.ADMIN, now):
            return None
        session = Session(secrets.token_urlsafe(32), token.name, now + self.length)
        kept = {"token": token.name, "made": token.created.isoformat(), "until": session.until.isoformat()}
        over = {key: None for key, value in self._state.all().items() if _over(value, now)}
        self._state.update({**over, _hash(session.secret): kept})
        if tokens.needs_note(token, now):
            with self._store.write() as connection:
                tokens.note_use(connection, token.name, now)
        return session

    def find(self, secret: str) -> Session | None:
        """The session of a browser's secret, while it lasts."""
        if not _FORM.fullmatch(secret):
            return None
        kept: Any = self._state.get(_hash(secret))
        now = self._clock()
        if _over(kept, now):
            return None
        with self._store.read() as connection:
            token = tokens.named(connection, kept["token"])
        # A token that was made again under the same name is another one.
        same = token is not None and token.created.isoformat() == kept["made"]
        if token is None or not same or not token.lets(TokenScope.ADMIN, now):
            return None
        return Session(secret, token.name, datetime.fromisoformat(kept["until"]))

    def end(self, session: Session) -> None:
        """Logs out."""
        self._state.set(_hash(session.secret), None)


def _over(kept: Any, now: datetime) -> bool:
    return not isinstance(kept, dict) or datetime.fromisoformat(kept["until"]) <= now


def _hash(secret: str) -> str:
    # As a token's: the secret holds 256 random bits.
    return hashlib.sha256(secret.encode()).hexdigest()
