"""One request to a server, as its handlers see it."""

from dataclasses import dataclass, field

from newswire.sandbox.mastodon.errors import ApiError, not_found, outside_scopes, too_many, wrong_token
from newswire.sandbox.mastodon.fields import Fields
from newswire.sandbox.mastodon.limits import DELETES, PER_ACCOUNT, PER_ADDRESS, PER_TOKEN, POSTS, UPLOADS, Standing
from newswire.sandbox.mastodon.state import Account, Server, Status, Token


@dataclass(slots=True)
class Reply:
    """A body and a status; a body of none is empty."""

    body: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Ask:
    """Who asks which server for what.

    Attributes:
        base: The server's address, without a slash at its end.
        secret: The bearer token as it came, or empty.
        identifier: The `:id` of the path, or empty.
        key: The `Idempotency-Key`, or empty.
        standings: How the buckets stand that this request counts in.
        limited: Whether rate limits hold at all.
    """

    server: Server
    base: str
    method: str
    path: str
    fields: Fields
    secret: str
    token: Token | None
    now: float
    identifier: str = ""
    key: str = ""
    limited: bool = True
    standings: list[Standing] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """The account that asks.

        Raises:
            ApiError: 401, when there is none.
        """
        if self.token is None or self.token.account is None:
            raise wrong_token() if self.secret else ApiError(401, "This method requires an authenticated user")
        return self.token.account

    def require(self, scope: str) -> None:
        """Refuse a wrong token, and, when there is a scope, a request without a token or with one that lacks it.

        A scope after "?" is asked of a token only (`authorize_if_got_token!`); without one anybody may read.

        Raises:
            ApiError: 401 or 403.
        """
        needed, scope = bool(scope) and not scope.startswith("?"), scope.removeprefix("?")
        if self.token is None and (needed or self.secret):
            raise wrong_token()
        if self.token is None or not scope:
            return
        if not self.token.allows(scope):
            raise outside_scopes()
        if self.token.account is not None and self.token.account.suspended:
            raise ApiError(403, "Your login is currently disabled")

    def throttle(self) -> None:
        """Count this request in the throttles it belongs to.

        Raises:
            ApiError: 429.
        """
        if not self.limited:
            return
        counters, account = self.server.counters, self.token.account if self.token else None
        if self.token is None:
            self.standings.append(counters.add(PER_ADDRESS, "loopback", self.now))
        else:
            self.standings.append(counters.add(PER_TOKEN, self.secret, self.now))
        if account is not None:
            self.standings.append(counters.add(PER_ACCOUNT, account.id, self.now))
            if self.method == "POST" and self.path.endswith("/media"):
                self.standings.append(counters.add(UPLOADS, account.id, self.now))
            if self.method == "DELETE" and self.path.startswith("/api/v1/statuses/"):
                self.standings.append(counters.add(DELETES, account.id, self.now))
        if any(one.remaining < 0 for one in self.standings):
            raise too_many()

    def check_post(self) -> None:
        """Refuse a post or an edit when the allowance is used up.

        Raises:
            ApiError: 429.
        """
        if not self.limited:
            return
        standing = self.server.counters.standing(POSTS, self.account.id, self.now)
        if standing.remaining <= 0:
            self.standings.append(standing)
            raise too_many()

    def count_post(self) -> None:
        """Count a post or an edit that was made."""
        if self.limited:
            self.standings.append(self.server.counters.add(POSTS, self.account.id, self.now))

    def status(self) -> Status:
        """Give the status the path names, if the asker may see it.

        Raises:
            ApiError: 404.
        """
        status = self.server.status(self.identifier)
        asker = self.token.account if self.token else None
        if status is None or (status.visibility in ("private", "direct") and status.account is not asker):
            raise not_found()
        return status

    def own_status(self) -> Status:
        """Give the status the path names, if it is the asker's own.

        Raises:
            ApiError: 404.
        """
        status = self.status()
        if status.account is not self.account:
            raise not_found()
        return status
