"""The application: finds the address, lets the request in, and tells what went wrong as a problem."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from newswire.errors import StoreError
from newswire.extension import HttpApp
from newswire.http_api import openapi, problems, routes
from newswire.http_api.call import Call, Desk, tagged
from newswire.http_api.preconditions import Conditions, NotModified, conditions
from newswire.http_api.problems import MEDIA_TYPE, Problem, wrong_parameter
from newswire.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Send

    from newswire.extension import AsgiApp, Message, Scope
    from newswire.http_api.gate import Gate
    from newswire.http_api.routes import Operation
    from newswire.services import Services

log = get_logger(__name__)
_RETRY_AFTER = "5"
# What is answered to one who has a token is nobody else's, and is asked for again each time.
_ALWAYS = ((b"cache-control", b"private, no-cache"), (b"x-content-type-options", b"nosniff"))


class HttpApi(HttpApp):
    """The HTTP API.

    Args:
        desk: what handlers work with.
        gate: who may come in.
    """

    paths: ClassVar[tuple[str, ...]] = ("/api/",)

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate
        self._description = orjson.dumps(openapi.document(desk.site, desk.public_url))

    def open(self, services: Services) -> AsgiApp:
        """Makes the application; what it needs it has already."""
        del services
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI 3 application."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except NotModified as same:
            response = Response(status_code=304, headers=tagged(same.etag))
        except Problem as problem:
            response = self._told(problem)
        except StoreError as error:
            log.warning("the store does not answer", path=request.url.path, error=str(error))
            response = self._told(
                Problem(problems.UNAVAILABLE, "try again in a moment", headers={"Retry-After": _RETRY_AFTER})
            )
        except ClientDisconnect:
            log.info("a client went away before it had sent everything", path=request.url.path)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_ALWAYS]
            elif request.method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await response(scope, receive, with_headers)

    async def _respond(self, request: Request) -> Response:
        raw: bytes = request.scope["raw_path"]
        if raw == b"/api/openapi.json":
            return self._describe(request)
        found = routes.find(raw)
        if found is None:
            hint = "; a slash within an id is written %2F" if raw.startswith(b"/api/articles/") else ""
            raise Problem(problems.UNKNOWN, f"/api/openapi.json tells which addresses there are{hint}")
        route, values = found
        method = "GET" if request.method == "HEAD" else request.method
        operation = route.operations.get(method)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": route.methods})
        if operation is None:
            raise _not_allowed(route.methods)
        await self._gate.admit(request.headers.get("authorization"), operation.scope)
        known = conditions(request.headers) if operation.conditional else Conditions()
        call = Call(request, routes.read(values), _query(request, operation), known)
        return await operation.handler(self._desk, call)

    def _describe(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        if request.method not in {"GET", "HEAD"}:
            raise _not_allowed("GET, HEAD, OPTIONS")
        return Response(self._description, media_type="application/json")

    def _told(self, problem: Problem) -> Response:
        body = orjson.dumps(problem.as_document(self._desk.public_url))
        return Response(body, problem.kind.status, problem.headers, MEDIA_TYPE)


def _not_allowed(methods: str) -> Problem:
    return Problem(problems.METHOD, f"this address knows {methods}", headers={"Allow": methods})


def _query(request: Request, operation: Operation) -> Mapping[str, str]:
    """What stands behind the question mark.

    Raises:
        Problem: it holds what the operation does not know.
    """
    known = {parameter.name: parameter for parameter in operation.parameters}
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        parameter = known.get(name)
        if parameter is None:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known) or 'none'}"
            raise wrong_parameter(name[:100], f"is no parameter of this address; {hint}")
        if name in found:
            raise wrong_parameter(name, "is given twice")
        allowed = parameter.schema.get("enum")
        if allowed and value not in allowed:
            raise wrong_parameter(name, f"must be {' or '.join(allowed)}")
        found[name] = value
    return found
