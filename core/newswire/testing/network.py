"""Seeing to it that what must not talk to anybody does not."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Talked(AssertionError):
    """Somebody went to the network who must not."""


@contextlib.contextmanager
def no_network() -> Iterator[None]:
    """Lets every new connection, and every question for a name, fail with `Talked`."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise Talked("this must not use the network")

    kept = socket.getaddrinfo
    # The class inherits these from the C module, so taking ours away again leaves it as it was.
    socket.socket.connect = refuse  # type: ignore[method-assign]  # for a while, see below
    socket.socket.connect_ex = refuse  # type: ignore[method-assign]
    socket.getaddrinfo = refuse
    try:
        yield
    finally:
        del socket.socket.connect
        del socket.socket.connect_ex
        socket.getaddrinfo = kept
