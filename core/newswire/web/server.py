"""Runs an ASGI application beside everything else on the room's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from newswire.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.extension import AsgiApp


class _Server(uvicorn.Server):
    """A server that leaves signals to the room."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop that serves with the least effort: uvloop's where it is installed, which takes a fifth off a poll."""
    return auto_loop_factory()()


async def serve(app: AsgiApp, bind: str, stop: asyncio.Event) -> None:
    """Serves an application until told to stop; requests under way are finished.

    Args:
        app: the application.
        bind: ``host:port``.
        stop: set when it is to stop.

    Raises:
        ConfigError: the address cannot be bound.
    """
    listener = listen(bind)
    config = uvicorn.Config(
        app,
        interface="asgi3",  # else it guesses, and takes a method for something else
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,  # nothing here asks who the client is or which scheme it used; it takes a tenth of a poll
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


def listen(bind: str) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigError: the address cannot be bound.
    """
    host, _, port = bind.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, or the event loop does not know it for TCP and leaves Nagle's delay on: 40 ms for each small answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"[http] bind = {bind!r} cannot be used ({error.strerror}); choose another port or stop what listens there"
        ) from error
    listener.listen(2048)
    return listener


def is_free(bind: str) -> bool:
    """Whether an address can be bound."""
    try:
        listen(bind).close()
    except ConfigError:
        return False
    return True
