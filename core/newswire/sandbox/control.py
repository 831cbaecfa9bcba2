"""The sandbox's own addresses, all below `/sandbox/`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from newswire.sandbox.clock import VirtualClock
from newswire.sandbox.exchange import json_response
from newswire.sandbox.faults import Fault, FaultError
from newswire.sandbox.snapshot import snapshot

if TYPE_CHECKING:
    from starlette.requests import Request

    from newswire.sandbox.app import Sandbox


def control_routes(sandbox: Sandbox) -> list[Route]:
    """Make the routes.

    `GET /sandbox/state` gives a snapshot with an `ETag`, `DELETE` forgets everything. `GET /sandbox/faults` lists the
    faults in line, `POST` adds one (the fields of `Fault` as JSON) and gives its number, `DELETE` removes all, or one
    by `?number=`. `POST /sandbox/telegram/updates` puts an update in a bot's queue: `{"token": ..., "update": {...}}`.
    `POST /sandbox/clock` lets a virtual clock go on: `{"advance": seconds}`.
    """
    control = _Control(sandbox)
    return [
        Route("/sandbox/state", control.state, methods=["GET"]),
        Route("/sandbox/state", control.reset, methods=["DELETE"]),
        Route("/sandbox/faults", control.faults, methods=["GET"]),
        Route("/sandbox/faults", control.add_fault, methods=["POST"]),
        Route("/sandbox/faults", control.remove_faults, methods=["DELETE"]),
        Route("/sandbox/telegram/updates", control.add_update, methods=["POST"]),
        Route("/sandbox/clock", control.advance, methods=["POST"]),
        Route("/sandbox/photos/{id}", control.photo),
    ]


class _Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def state(self, request: Request) -> Response:
        body = orjson.dumps(snapshot(self.sandbox), option=orjson.OPT_NON_STR_KEYS)
        return tagged(request, body, "application/json")

    async def reset(self, request: Request) -> Response:
        del request
        self.sandbox.clear()
        return Response(status_code=204)

    async def faults(self, request: Request) -> Response:
        del request
        return json_response(self.sandbox.faults.as_json())

    async def add_fault(self, request: Request) -> Response:
        try:
            fault = Fault.from_json(await _body(request))
        except FaultError as error:
            return json_response({"error": str(error)}, 400)
        return json_response({"number": self.sandbox.faults.add(fault)}, 201)

    async def remove_faults(self, request: Request) -> Response:
        number = request.query_params.get("number", "")
        if number.isdecimal():
            return Response(status_code=204 if self.sandbox.faults.remove(int(number)) else 404)
        self.sandbox.faults.clear()
        return Response(status_code=204)

    async def add_update(self, request: Request) -> Response:
        body = await _body(request)
        telegram = self.sandbox.telegram
        bot = telegram.state.bots.get(str(body.get("token"))) if isinstance(body, dict) else None
        if bot is None or not isinstance(body.get("update"), dict):
            return json_response({"error": "wants the token of a bot that is there, and an update"}, 400)
        return json_response(telegram.push(bot, body["update"]), 201)

    async def advance(self, request: Request) -> Response:
        body, clock = await _body(request), self.sandbox.clock
        seconds = body.get("advance") if isinstance(body, dict) else None
        if not isinstance(clock, VirtualClock):
            return json_response({"error": "the clock is the real one"}, 409)
        if not isinstance(seconds, int | float) or seconds < 0:
            return json_response({"error": "advance is a number of seconds"}, 400)
        clock.advance(seconds)
        return json_response({"now": clock()})

    async def photo(self, request: Request) -> Response:
        found = self.sandbox.telegram.state.photos.get(request.path_params["id"])
        if found is None or not found.content:
            return Response(status_code=404)
        return Response(found.content, media_type=found.media_type, headers={"X-Content-Type-Options": "nosniff"})


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return None


def tagged(request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Answer with an `ETag`, or with 304 when the client has this already (RFC 9110, section 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    every = {**(headers or {}), "ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=every)
    return Response(body, headers=every, media_type=media_type)
