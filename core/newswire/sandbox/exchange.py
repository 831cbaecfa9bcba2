"""How one call is carried out: note it, let a fault strike it, do it, answer it.

Both platforms hand their calls to `Exchange.carry_out`; nothing else knows of faults.
"""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from newswire.sandbox.calls import Answer, Call, Journal
from newswire.sandbox.clock import Clock
from newswire.sandbox.faults import LONGEST_HANG, Fault, Faults, Said

CUT_EXTENSION = "newswire.sandbox.cut"
"""Name of the ASGI extension by which our server lets an app close the TCP connection."""

FIRST_ERROR = 400


class Cut(Response):
    """No answer: the TCP connection is closed as it stands.

    Raises:
        RuntimeError: The app runs in a server that is not the sandbox's own and cannot cut.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection."""
        del receive, send
        cut = scope.get("extensions", {}).get(CUT_EXTENSION)
        if cut is None:
            raise RuntimeError("only the sandbox's own server can cut a connection (Sandbox.serving, run)")
        cut()


class Exchange:
    """The way of a call through the sandbox.

    Args:
        clock: The sandbox's time.
        journal: Where calls are noted.
        faults: What may strike them.
    """

    def __init__(self, clock: Clock, journal: Journal, faults: Faults) -> None:
        self.clock = clock
        self.journal = journal
        self.faults = faults
        self.closing = asyncio.Event()

    def reopen(self) -> None:
        """Make ready for a server; its event loop may be another than the last one's."""
        self.closing = asyncio.Event()

    async def carry_out(self, request: Request, call: Call, act: Callable[[], Awaitable[Response]]) -> Response:
        """Carry a call out, unless a fault strikes it first, and give the answer, unless a fault takes that.

        Answers carry a `Date` by the sandbox's clock, since clients correct the times in other headers by it.
        """
        response = await self._exchange(request, call, act)
        response.headers["date"] = formatdate(self.clock(), usegmt=True)
        return response

    async def _exchange(self, request: Request, call: Call, act: Callable[[], Awaitable[Response]]) -> Response:
        self.journal.received.append(call)
        fault = self.faults.take(call)
        if fault is not None and fault.effect == "delay":
            await self.wait(request, fault.seconds)
            fault = None
        if fault is not None and not fault.after_acceptance:
            return await self._strike(request, call, fault)
        response = await act()
        if response.status_code < FIRST_ERROR:
            self.journal.accepted.append(call)
        if fault is not None:
            return await self._strike(request, call, fault)
        self.journal.answered.append(Answer(call, response.status_code))
        return response

    async def _strike(self, request: Request, call: Call, fault: Fault) -> Response:
        if fault.effect == "hang":
            await self.wait(request, fault.seconds)
        said = fault.answer(call, self.clock())
        if said is None:
            return Cut()
        self.journal.answered.append(Answer(call, said.status))
        return response_of(said)

    async def wait(self, request: Request, seconds: float) -> None:
        """Wait in real time, at most a minute, and not beyond the client's leaving or the server's end."""
        waits = [asyncio.ensure_future(self.closing.wait()), asyncio.ensure_future(_left(request))]
        try:
            await asyncio.wait(waits, timeout=min(seconds, LONGEST_HANG), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def response_of(said: Said) -> Response:
    """Turn an answer that was made up into a response."""
    body = said.body if isinstance(said.body, str) else orjson.dumps(said.body)
    return Response(body, said.status, dict(said.headers), media_type=said.content_type)


def json_response(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
