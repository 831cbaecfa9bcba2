"""Running the sandbox: on loopback only, with a server that can cut a connection.

uvicorn offers an app no way to close a connection without answering. `CuttingProtocol` adds one as an ASGI extension.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from newswire.sandbox.exchange import CUT_EXTENSION

GRACE = 5
"""Seconds a call under way has to come to its end when the server closes."""


class NotLoopbackError(ValueError):
    """The sandbox was asked to listen where others could reach it."""


class CuttingProtocol(H11Protocol):
    """uvicorn's HTTP protocol with the extension `newswire.sandbox.cut`: close this connection, answer nothing."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._inner: Any = self.app
        self.app = self._app_that_can_cut

    async def _app_that_can_cut(self, scope: Any, receive: Any, send: Any) -> None:
        cycle = self.cycle

        def cut() -> None:
            cycle.disconnected = True  # else uvicorn calls the missing answer a fault of ours
            self.transport.abort()

        await self._inner(dict(scope, extensions={CUT_EXTENSION: cut}), receive, send)


class SandboxServer(uvicorn.Server):
    """A server that ends long polls and hanging calls when it closes, and takes no signals when told so."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event, *, takes_signals: bool) -> None:
        super().__init__(config)
        self._closing = closing
        self._takes_signals = takes_signals
        self._stopping = asyncio.Event()
        self.up = asyncio.Event()

    def stop(self) -> None:
        """End `serve`, when the server takes no signals."""
        self._stopping.set()

    async def main_loop(self) -> None:
        """Wait for the end: for `stop`, or, as the whole process, for a signal."""
        if self._takes_signals:
            await super().main_loop()
        else:
            await self._stopping.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening and say so."""
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wake everything that waits, then close; within a test without uvicorn's fixed tenth of a second."""
        self._closing.set()
        if self._takes_signals:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=GRACE)
        await asyncio.sleep(0)  # lets closed connections say so

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM only when this server is the whole process."""
        if not self._takes_signals:
            yield
            return
        with super().capture_signals():
            yield


def listening_socket(host: str, port: int) -> socket.socket:
    """Open a listening socket on a loopback address; port 0 takes a free one.

    Raises:
        NotLoopbackError: The address is not a loopback address. What the sandbox holds is nobody's business and its
            rehearsal tokens may be real ones.
        OSError: The port is taken.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopbackError(f"the sandbox listens on loopback only, not on '{host}'")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, else asyncio sets no TCP_NODELAY
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1" if host == "localhost" else host, port))
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Give the address of a listening socket as a URL without a slash at its end."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_for(app: ASGIApp, closing: asyncio.Event, *, takes_signals: bool) -> SandboxServer:
    """Make the server for an app."""
    config = uvicorn.Config(
        app,
        http=CuttingProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,  # longer than any client keeps one, else it meets cuts nobody scripted
    )
    return SandboxServer(config, closing, takes_signals=takes_signals)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, closing: asyncio.Event, *, host: str, port: int) -> AsyncIterator[str]:
    """Serve an app within the running event loop and give its URL; closed when the block ends."""
    listener = listening_socket(host, port)
    server = server_for(app, closing, takes_signals=False)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    up = asyncio.create_task(server.up.wait())
    await asyncio.wait([task, up], return_when=asyncio.FIRST_COMPLETED)
    try:
        yield url_of(listener)
    finally:
        up.cancel()
        server.stop()
        await task
        listener.close()
