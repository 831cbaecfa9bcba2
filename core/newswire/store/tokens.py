"""The tokens of HTTP API and dashboard: names, scopes and hashes; the secrets themselves are kept nowhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from newswire.errors import Refused
from newswire.store.schema import token

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection, RowMapping

_PREFIX = "newswire_"
"""How every secret begins, so that people and scanners know one where they see it."""
_FORM = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{43}}")
_NOTED_EVERY = timedelta(hours=1)
_COLUMNS = [token.c[name] for name in ("name", "scopes", "rate", "created", "expires", "used")]


class TokenScope(StrEnum):
    """What a token may do."""

    READ = "read"
    """See articles and deliveries."""
    WRITE = "write"
    """Publish, change and withdraw articles."""
    ADMIN = "admin"
    """Log in to the dashboard, which can do all an admin does by hand."""
    METRICS = "metrics"
    """Read the metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, without its secret."""

    name: str
    scopes: frozenset[TokenScope]
    rate: int
    """How many requests a minute it may make of each process."""
    created: datetime
    expires: datetime | None
    """When it ends; None: never."""
    used: datetime | None
    """When it was last used, within an hour."""

    def lets(self, scope: TokenScope, now: datetime) -> bool:
        """Whether it allows something now."""
        return scope in self.scopes and (self.expires is None or now < self.expires)


def create(
    connection: Connection,
    name: str,
    scopes: Iterable[TokenScope],
    *,
    rate: int,
    expires: datetime | None,
    now: datetime,
) -> str:
    """Makes a token and returns its secret, which is not to be had again.

    Raises:
        Refused: there is one of this name.
    """
    if connection.scalar(select(token.c.name).where(token.c.name == name)) is not None:
        raise Refused(f"there is a token {name!r} already: 'newswire token revoke {name}', or choose another name")
    secret = _PREFIX + secrets.token_urlsafe(32)
    words = " ".join(sorted(set(scopes)))
    values = {"name": name, "hash": _hash(secret), "scopes": words, "rate": rate, "created": now, "expires": expires}
    connection.execute(insert(token).values(**values))
    return secret


def find(connection: Connection, secret: str) -> Token | None:
    """The token of a secret, or None; an expired one is found, too."""
    if not _FORM.fullmatch(secret):
        return None
    row = connection.execute(select(*_COLUMNS).where(token.c.hash == _hash(secret))).mappings().one_or_none()
    return _token(row) if row is not None else None


def named(connection: Connection, name: str) -> Token | None:
    """The token of a name, or None; an expired one is found, too."""
    row = connection.execute(select(*_COLUMNS).where(token.c.name == name)).mappings().one_or_none()
    return _token(row) if row is not None else None


def needs_note(found: Token, now: datetime) -> bool:
    """Whether it is time to note that a token is used."""
    return found.used is None or now - found.used >= _NOTED_EVERY


def note_use(connection: Connection, name: str, now: datetime) -> None:
    """Notes that a token is used."""
    connection.execute(update(token).where(token.c.name == name).values(used=now))


def listing(connection: Connection) -> list[Token]:
    """Every token, by name."""
    return [_token(row) for row in connection.execute(select(*_COLUMNS).order_by(token.c.name)).mappings()]


def revoke(connection: Connection, name: str) -> None:
    """Takes a token back: from now on it opens nothing.

    Raises:
        Refused: there is none of this name.
    """
    if not connection.execute(delete(token).where(token.c.name == name)).rowcount:
        raise Refused(f"there is no token {name!r}; 'newswire token list' shows what there is")


def _token(row: RowMapping) -> Token:
    granted = frozenset(map(TokenScope, row["scopes"].split()))
    return Token(**{**row, "scopes": granted})


def _hash(secret: str) -> str:
    # The secret holds 256 random bits: nobody guesses it from a fast hash, and a slow one would slow every request.
    return hashlib.sha256(secret.encode()).hexdigest()
