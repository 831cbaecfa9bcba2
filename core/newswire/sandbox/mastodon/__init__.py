"""A stand-in for Mastodon servers.

Each server lies below `/mastodon/{name}` and has its own accounts, statuses and quirks. What its API can do is listed
in `ENDPOINTS`; each endpoint is a coroutine that takes an `Ask` and gives a `Reply`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newswire.sandbox.calls import Call
from newswire.sandbox.clock import iso_microseconds
from newswire.sandbox.exchange import Exchange, json_response
from newswire.sandbox.mastodon import instance, media, oauth, statuses
from newswire.sandbox.mastodon.ask import Ask, Reply
from newswire.sandbox.mastodon.errors import ApiError
from newswire.sandbox.mastodon.fields import read_fields
from newswire.sandbox.mastodon.state import ALL_SCOPES, Account, Quirks, Server, Status


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An HTTP method, a path, the scope it needs (empty: none; after "?": none without a token), and what it does."""

    method: str
    path: str
    scope: str
    act: Callable[[Ask], Awaitable[Reply]]


ENDPOINTS = (
    Endpoint("POST", "/api/v1/statuses", "write:statuses", statuses.post),
    Endpoint("GET", "/api/v1/statuses/{id}", "?read:statuses", statuses.show),
    Endpoint("PUT", "/api/v1/statuses/{id}", "write:statuses", statuses.edit),
    Endpoint("DELETE", "/api/v1/statuses/{id}", "write:statuses", statuses.delete),
    Endpoint("GET", "/api/v1/statuses/{id}/source", "read:statuses", statuses.source),
    Endpoint("GET", "/api/v1/statuses/{id}/history", "", statuses.history),
    Endpoint("GET", "/api/v1/accounts/verify_credentials", "read:accounts", instance.verify_credentials),
    Endpoint("PATCH", "/api/v1/accounts/update_credentials", "write:accounts", instance.update_credentials),
    Endpoint("GET", "/api/v1/accounts/{id}/statuses", "?read:statuses", statuses.of_account),
    Endpoint("GET", "/api/v1/accounts/{id}", "", instance.show_account),
    Endpoint("POST", "/api/v2/media", "write:media", media.upload),
    Endpoint("POST", "/api/v1/media", "write:media", media.upload),
    Endpoint("GET", "/api/v1/media/{id}", "write:media", media.show),
    Endpoint("PUT", "/api/v1/media/{id}", "write:media", media.change),
    Endpoint("GET", "/api/v2/instance", "", instance.v2),
    Endpoint("GET", "/api/v1/instance", "", instance.v1),
    Endpoint("GET", "/api/v1/instance/", "", instance.v1),
    Endpoint("GET", "/api/v2/instance/", "", instance.v2),
    Endpoint("POST", "/api/v1/apps", "", oauth.make_app),
    Endpoint("GET", "/api/v1/apps/verify_credentials", "", oauth.verify_app),
    Endpoint("POST", "/oauth/token", "", oauth.make_token),
)


class Mastodon:
    """The stand-in for any number of servers.

    Args:
        exchange: The way calls take.
        auto_register: Whether unknown servers and tokens come to be when they are named.
        limits: Whether the rate limits hold.
    """

    def __init__(self, exchange: Exchange, *, auto_register: bool, limits: bool) -> None:
        self.exchange = exchange
        self.auto_register = auto_register
        self.limits = limits
        self.servers: dict[str, Server] = {}
        self.routes = [
            *(Route(one.path, partial(self._serve, one), methods=[one.method]) for one in ENDPOINTS),
            Route("/media/{id}", self._file),
            Route("/oauth/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/@{name}", _to_wall),
            Route("/@{name}/{id}", _to_wall),
            Route("/tags/{name}", _to_wall),
            Route("/{path:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]

    def clear(self) -> None:
        """Forget all servers."""
        self.servers.clear()

    def add_server(self, name: str, quirks: Quirks | None = None) -> Server:
        """Set up a server."""
        self.servers[name] = Server(name, quirks or Quirks(), auto_register=self.auto_register)
        return self.servers[name]

    def add_account(
        self,
        server: str,
        token: str,
        username: str,
        *,
        scopes: frozenset[str] = ALL_SCOPES,
        default_language: str = "en",
    ) -> Account:
        """Register an account, on a server that is set up if it is not there."""
        place = self.servers.get(server) or self.add_server(server)
        now = self.exchange.clock()
        return place.add_account(token, username, now=now, scopes=scopes, default_language=default_language)

    def statuses(self, server: str, username: str = "") -> list[Status]:
        """Give a server's statuses that are not deleted, of one account or of all, oldest first."""
        stored = self.servers[server].statuses.values() if server in self.servers else ()
        return [one for one in stored if one.deleted is None and username in ("", one.account.username)]

    def texts(self, server: str, username: str = "") -> list[str]:
        """Give what the statuses say."""
        return [status.now.text for status in self.statuses(server, username)]

    def _server(self, name: str) -> Server | None:
        server = self.servers.get(name)
        return self.add_server(name) if server is None and self.auto_register else server

    async def _serve(self, endpoint: Endpoint, request: Request) -> Response:
        server = self._server(request.path_params["server"])
        if server is None:
            return json_response({"error": "Not Found"}, 404)
        now = self.exchange.clock()
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip() if scheme.lower() == "bearer" else ""
        try:
            fields = await read_fields(request)
        except ApiError as error:
            return json_response({"error": error.text}, error.status)
        identifier = request.path_params.get("id", "")
        path = endpoint.path.replace("{id}", identifier)
        ask = Ask(
            server=server,
            base=f"{str(request.base_url).rstrip('/')}/mastodon/{server.name}",
            method=endpoint.method,
            path=path,
            fields=fields,
            secret=secret,
            token=server.token(secret, now),
            now=now,
            identifier=identifier,
            key=request.headers.get("idempotency-key", ""),
            limited=self.limits,
        )
        account = ask.token.account if ask.token else None
        call = Call(
            number=self.exchange.journal.next_number(),
            platform="mastodon",
            server=server.name,
            method=endpoint.method,
            path=path,
            account=account.username if account else "",
            parameters=fields.noted(),
            at=now,
        )
        return await self.exchange.carry_out(request, call, partial(_carried_out, endpoint, ask))

    async def _authorize(self, request: Request) -> Response:
        server = self._server(request.path_params["server"])
        if server is None:
            return json_response({"error": "Not Found"}, 404)
        fields = await read_fields(request)
        page = oauth.authorize(server, fields, self.exchange.clock(), agreed=request.method == "POST")
        return Response(page.html, page.status, media_type="text/html", headers={"Cache-Control": "no-store"})

    async def _file(self, request: Request) -> Response:
        server = self.servers.get(request.path_params["server"])
        found = server.media.get(request.path_params["id"]) if server else None
        if found is None or found.polls_left or found.failed:
            return json_response({"error": "Record not found"}, 404)
        return Response(found.content, media_type=found.media_type, headers={"X-Content-Type-Options": "nosniff"})


async def _to_wall(request: Request) -> Response:
    """Lead a reader who follows a link of this server to the wall."""
    del request
    return RedirectResponse("/wall", status_code=302)


async def _nothing(request: Request) -> Response:
    del request
    return json_response({"error": "Not Found"}, 404)


async def _carried_out(endpoint: Endpoint, ask: Ask) -> Response:
    try:
        ask.throttle()
        ask.require(endpoint.scope)
        reply = await endpoint.act(ask)
    except ApiError as error:
        reply = Reply({"error": error.text}, error.status)
    headers = {**reply.headers, **_rate_headers(ask)}
    return json_response(reply.body, reply.status, headers)


def _rate_headers(ask: Ask) -> dict[str, str]:
    """Describe the bucket nearest to its end; none without a bucket or on a server without these headers."""
    form = ask.server.quirks.rate_headers
    if form == "none" or not ask.standings:
        return {}
    nearest = min(ask.standings, key=lambda one: one.remaining)
    return {
        "X-RateLimit-Limit": str(nearest.bucket.limit),
        "X-RateLimit-Remaining": str(max(0, nearest.remaining)),
        "X-RateLimit-Reset": str(nearest.reset) if form == "epoch" else iso_microseconds(nearest.reset),
    }


__all__ = ["ENDPOINTS", "Account", "Mastodon", "Quirks", "Server", "Status"]
