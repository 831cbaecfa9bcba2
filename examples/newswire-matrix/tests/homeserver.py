"""A stand-in for a homeserver: real HTTP on loopback, and as strict as the Client-Server API."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

from aiohttp import web
from newswire.testing import Platform

from newswire_matrix.kind import MatrixType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

TOKEN = "syt_bmV3cw_the_token_of_these_tests"
USER, ROOM = "@news:matrix.example", "!OGEhHVWSdvArJzumhm:matrix.example"
LARGEST_EVENT = 65_536
REMEMBERED = 1800
"""Seconds for which a transaction id is known."""


@dataclass
class Event:
    """An event of the room."""

    event_id: str
    content: dict[str, Any]
    redacted: bool = False

    @property
    def replaces(self) -> str | None:
        relation = self.content.get("m.relates_to", {})
        return relation["event_id"] if relation.get("rel_type") == "m.replace" else None

    def document(self) -> dict[str, Any]:
        unsigned = {"redacted_because": {"type": "m.room.redaction"}} if self.redacted else {}
        content = {} if self.redacted else self.content
        document = {"event_id": self.event_id, "type": "m.room.message", "sender": USER}
        return {**document, "content": content, "unsigned": unsigned}


@dataclass
class Fault:
    """What the next call that changes something meets."""

    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    cut: bool = False
    taken: bool = False


class Homeserver(Platform):
    """One room on one homeserver, with one user in it."""

    type = MatrixType()
    loggers: ClassVar[Sequence[str]] = ("aiohttp",)
    secrets = (TOKEN,)

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.events: list[Event] = []
        self.transactions: dict[str, tuple[float, str]] = {}
        self.joined = {ROOM}
        self.encrypted = False
        self.faults: list[Fault] = []

    @property
    def account(self) -> Mapping[str, Any]:
        return {"url": self.url, "token": TOKEN}

    @property
    def channel(self) -> Mapping[str, Any]:
        return {"room": ROOM}

    def shown(self) -> Sequence[str]:
        posts = (event for event in self.events if event.replaces is None and not event.redacted)
        return [self._shown(event) for event in posts]

    def _shown(self, event: Event) -> str:
        edits = [one for one in self.events if one.replaces == event.event_id and not one.redacted]
        content = edits[-1].content["m.new_content"] if edits else event.content
        return str(content["body"])

    def strike(self, **fault: Any) -> None:
        self.faults.append(Fault(**fault))

    def redact_all(self) -> None:
        for event in self.events:
            event.redacted = True

    def heal(self) -> None:
        self.faults.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one request."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(401, "M_UNKNOWN_TOKEN", "Unrecognised access token.")
        parts = [unquote(part) for part in request.rel_url.raw_path.removeprefix("/_matrix/client/v3/").split("/")]
        if request.method == "GET":
            return self._read(request, parts)
        fault = self.faults.pop(0) if self.faults else None
        if fault is None:
            return await self._change(request, parts)
        if fault.taken:
            await self._change(request, parts)
        if fault.cut and request.transport:
            request.transport.close()
        return web.json_response(fault.answer, status=fault.status)

    def _read(self, request: web.Request, parts: list[str]) -> web.Response:
        match parts:
            case ["account", "whoami"]:
                return web.json_response({"user_id": USER})
            case ["joined_rooms"]:
                return web.json_response({"joined_rooms": sorted(self.joined)})
            case ["rooms", room, *_] if room not in self.joined:
                return error(403, "M_FORBIDDEN", "You are not in the room.")
            case ["rooms", _, "event", event_id]:
                found = next((event for event in self.events if event.event_id == event_id), None)
                return web.json_response(found.document()) if found else error(404, "M_NOT_FOUND", "No such event.")
            case ["rooms", _, "state", "m.room.encryption"]:
                return web.json_response({}) if self.encrypted else error(404, "M_NOT_FOUND", "No such state.")
            case ["rooms", _, "messages"]:
                return self._page(request)
        return error(404, "M_UNRECOGNIZED", "Unrecognized request")

    def _page(self, request: web.Request) -> web.Response:
        assert request.query["dir"] == "b"
        assert json.loads(request.query["filter"]) == {"senders": [USER], "types": ["m.room.message"]}
        start, limit = int(request.query.get("from", 0)), int(request.query["limit"])
        newest_first = self.events[::-1]
        page: dict[str, Any] = {"chunk": [event.document() for event in newest_first[start : start + limit]]}
        if start + limit < len(newest_first):
            page["end"] = str(start + limit)
        return web.json_response(page)

    async def _change(self, request: web.Request, parts: list[str]) -> web.Response:
        assert request.method == "PUT"
        content = await request.json()
        match parts:
            case ["rooms", room, *_] if room not in self.joined:
                return error(403, "M_FORBIDDEN", "You are not in the room.")
            case ["rooms", _, "send", "m.room.message", transaction]:
                return self._send(transaction, content, len(await request.read()))
            case ["rooms", _, "redact", event_id, transaction]:
                assert transaction
                for event in self.events:
                    if event.event_id == event_id:
                        event.redacted = True
                        return web.json_response({"event_id": "$redaction"})
                return error(404, "M_NOT_FOUND", "Could not find event.")
        return error(404, "M_UNRECOGNIZED", "Unrecognized request")

    def _send(self, transaction: str, content: dict[str, Any], size: int) -> web.Response:
        if size > LARGEST_EVENT:
            return error(413, "M_TOO_LARGE", "event too large")
        for part in (content, content.get("m.new_content", content)):
            if not (isinstance(part.get("body"), str) and part.get("msgtype") in {"m.text", "m.notice"}):
                return error(400, "M_BAD_JSON", "Missing body or msgtype")
        now = self.clock.timestamp()
        at, event_id = self.transactions.get(transaction, (0.0, ""))
        if now - at >= REMEMBERED:
            event_id = f"$event{len(self.events)}"
            self.transactions[transaction] = (now, event_id)
            self.events.append(Event(event_id, content))
        return web.json_response({"event_id": event_id})

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Homeserver]:
        """Serves it on loopback."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = "http://{}:{}".format(*runner.addresses[0][:2])
            yield self
        finally:
            await runner.cleanup()


def error(status: int, code: str, words: str) -> web.Response:
    """An error as the API has it."""
    return web.json_response({"errcode": code, "error": words}, status=status)
