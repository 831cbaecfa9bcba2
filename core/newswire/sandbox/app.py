"""The sandbox as a whole: two platforms, one journal, one line of faults, one wall."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Mount

from newswire.sandbox import server
from newswire.sandbox.calls import Journal
from newswire.sandbox.clock import Clock
from newswire.sandbox.control import control_routes
from newswire.sandbox.exchange import Exchange
from newswire.sandbox.faults import Faults
from newswire.sandbox.mastodon import Mastodon
from newswire.sandbox.telegram import Telegram
from newswire.sandbox.wall import wall_routes


class Sandbox:
    """Stand-ins for the Telegram Bot API and the Mastodon API, with the platforms' rules and scripted faults.

    Addresses below the sandbox's URL: `/telegram/bot{token}/{method}`, `/mastodon/{server}/api/...`, `/wall`,
    `/sandbox/state` and `/sandbox/faults`.

    Args:
        clock: The time all limits, windows and dates go by; `time.time` unless a `VirtualClock` is given.
        auto_register: Whether bots, chats, servers and accounts come to be when they are first named. Without it, all
            that was not added is refused, as the platforms do.
        limits: Whether the rate limits hold; without them a bulk test runs unhindered.

    Attributes:
        telegram: The stand-in for the Bot API.
        mastodon: The stand-in for Mastodon servers.
        faults: The scripted faults.
        journal: The calls received, accepted and answered.
        app: The ASGI app. Faults that cut a connection need the sandbox's own server.
    """

    def __init__(self, *, clock: Clock = time.time, auto_register: bool = False, limits: bool = True) -> None:
        self.clock = clock
        self.journal = Journal()
        self.faults = Faults()
        self.exchange = Exchange(clock, self.journal, self.faults)
        self.telegram = Telegram(self.exchange, auto_register=auto_register, limits=limits)
        self.mastodon = Mastodon(self.exchange, auto_register=auto_register, limits=limits)
        self.app = Starlette(
            routes=[
                Mount("/telegram", routes=self.telegram.routes),
                Mount("/mastodon/{server}", routes=self.mastodon.routes),
                *control_routes(self),
                *wall_routes(self),
            ]
        )

    def clear(self) -> None:
        """Forget everything: accounts, posts, calls and faults."""
        self.telegram.clear()
        self.mastodon.clear()
        self.faults.clear()
        self.journal.clear()

    def serving(self, host: str = "127.0.0.1", port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve within the running event loop; `async with` gives the URL, without a slash at its end.

        Raises:
            NotLoopbackError: The host is not loopback.
        """
        self.exchange.reopen()
        return server.serving(self.app, self.exchange.closing, host=host, port=port)

    @contextlib.contextmanager
    def background(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve from a thread of its own, for code that is not asynchronous; `with` gives the URL.

        What is read of the sandbox meanwhile may change while it is read.

        Raises:
            NotLoopbackError: The host is not loopback.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="sandbox") as thread:
            up: Future[str] = Future()
            ends: Future[Callable[[], object]] = Future()
            done = thread.submit(asyncio.run, self._serve_until_told(host, port, up, ends))
            try:
                yield up.result()
            finally:
                if ends.done():
                    ends.result()()
                done.result()

    async def _serve_until_told(
        self, host: str, port: int, up: Future[str], ends: Future[Callable[[], object]]
    ) -> None:
        loop, ending = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self.serving(host, port) as url:
                ends.set_result(partial(loop.call_soon_threadsafe, ending.set))
                up.set_result(url)
                await ending.wait()
        except Exception as error:
            if up.done():
                raise
            up.set_exception(error)


def run(bind: str = "127.0.0.1:8600", *, sandbox: Sandbox | None = None) -> None:
    """Serve until SIGINT or SIGTERM; for the command line.

    Args:
        bind: `host:port`, on loopback.
        sandbox: What to serve; a fresh one that registers everything on first use unless given.

    Raises:
        NotLoopbackError: The host is not loopback.
        ValueError: `bind` is not `host:port`.
    """
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"bind is 'host:port', not '{bind}'")
    served = sandbox or Sandbox(auto_register=True)
    served.exchange.reopen()
    listening = contextlib.closing(server.listening_socket(host.strip("[]"), int(port)))
    with listening as listener, contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        server.server_for(served.app, served.exchange.closing, takes_signals=True).run(sockets=[listener])
